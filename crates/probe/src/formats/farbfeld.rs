//! farbfeld (suckless, manual page `farbfeld(5)`).

use super::expect_room;
use crate::image::ColorSpace;
use crate::source::{Parsed, Source};
use crate::{Format, Image};

/// Size of the header in bytes.
const HEADER: u64 = 16;

/// Size of a pixel in bytes: four channels of 16 bits.
const PIXEL: u64 = 8;

/// Reads the width and height after the signature. The raster must follow in full, because the
/// header offers nothing else to check.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u32_be(8)?, source.u32_be(12)?);
    let pixels = u64::from(width) * u64::from(height);
    expect_room(source, HEADER, pixels.saturating_mul(PIXEL))?;
    let mut image = Image::new(Format::Farbfeld, width, height).with_samples(16, 4);
    image.animated = Some(false);
    image.has_alpha = Some(true);
    image.color_space = Some(ColorSpace::Rgb);
    Ok(image)
}
