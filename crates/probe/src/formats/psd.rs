//! PSD and PSB (Adobe Photoshop File Formats Specification, file header section).

mod resources;

use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the file header in bytes.
const HEADER: u64 = 26;

/// Maximum number of channels.
const MAX_CHANNELS: u16 = 56;

/// Reads the file header (signature, version, six zero bytes, channels, height, width, depth, color
/// mode), then the image resources if they can be read.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let largest_side = match source.u16_be(4)? {
        1 => 30_000,
        2 => 300_000,
        _ => return corrupt("the version is neither 1 (PSD) nor 2 (PSB)", 4),
    };
    let (channels, depth) = (source.u16_be(12)?, source.u16_be(22)?);
    let (height, width) = (source.u32_be(14)?, source.u32_be(18)?);
    if width > largest_side || height > largest_side {
        return corrupt("the dimensions are implausibly large", 14);
    }
    let mode = source.u16_be(24)?;
    let is_mode = matches!(mode, 0..=4 | 7..=9);
    if !(1..=MAX_CHANNELS).contains(&channels) || !matches!(depth, 1 | 8 | 16 | 32) || !is_mode {
        return corrupt("the channels, the depth or the color mode make no sense", 12);
    }
    let mut image = Image::new(Format::Psd, width, height);
    image.channels = u8::try_from(channels).ok();
    image.bits_per_channel = u8::try_from(depth).ok();
    image.color_space = color_space(mode);
    source.optional(resources::read(source, HEADER, &mut image))?;
    Ok(image)
}

/// The color space of a color mode; `None` for multichannel images.
fn color_space(mode: u16) -> Option<ColorSpace> {
    match mode {
        // Bitmap, grayscale and duotone. Decoders treat duotone like grayscale.
        0 | 1 | 8 => Some(ColorSpace::Gray),
        // Indexed and RGB.
        2 | 3 => Some(ColorSpace::Rgb),
        4 => Some(ColorSpace::Cmyk),
        9 => Some(ColorSpace::Lab),
        _ => None,
    }
}
