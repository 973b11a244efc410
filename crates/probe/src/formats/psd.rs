//! PSD and PSB (Adobe Photoshop File Formats Specification, file header section).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Reads the file header: version, channels, height, width, depth.
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
    let mut image = Image::new(Format::Psd, width, height);
    image.channels = u8::try_from(channels).ok();
    image.bits_per_channel = u8::try_from(depth).ok();
    Ok(image)
}
