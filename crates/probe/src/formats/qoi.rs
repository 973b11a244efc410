//! QOI (The Quite OK Image Format, specification version 1.0).

use super::expect_room;
use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the header in bytes.
const HEADER: u64 = 14;

/// Length in pixels of the longest run that one byte of data can encode.
const LONGEST_RUN: u64 = 62;

/// Reads the header.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u32_be(4)?, source.u32_be(8)?);
    let [channels, color_space] = source.array(12)?;
    if !matches!(channels, 3 | 4) {
        return corrupt("the number of channels is neither 3 nor 4", 12);
    }
    if color_space > 1 {
        return corrupt("the color space is neither 0 nor 1", 13);
    }
    expect_room(source, HEADER, (u64::from(width) * u64::from(height)).div_ceil(LONGEST_RUN))?;
    let mut image = Image::new(Format::Qoi, width, height).with_samples(8, channels);
    image.animated = Some(false);
    image.has_alpha = Some(channels == 4);
    image.color_space = Some(ColorSpace::Rgb);
    Ok(image)
}
