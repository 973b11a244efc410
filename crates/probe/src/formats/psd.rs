//! PSD and PSB (Adobe Photoshop File Formats Specification, file header section).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Largest side of a PSB; a PSD ends at 30,000.
const MAX_SIDE: u32 = 300_000;

/// Reads the file header: version, channels, height, width, depth.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    if !matches!(source.u16_be(4)?, 1 | 2) {
        return corrupt("the version is neither 1 (PSD) nor 2 (PSB)", 4);
    }
    let (channels, depth) = (source.u16_be(12)?, source.u16_be(22)?);
    let (height, width) = (source.u32_be(14)?, source.u32_be(18)?);
    if width > MAX_SIDE || height > MAX_SIDE {
        return corrupt("the dimensions are absurdly large", 14);
    }
    let mut image = Image::new(Format::Psd, width, height);
    image.channels = u8::try_from(channels).ok();
    image.bits_per_channel = u8::try_from(depth).ok();
    Ok(image)
}
