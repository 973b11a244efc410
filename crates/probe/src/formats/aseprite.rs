//! Aseprite (Aseprite File Format Specifications).

use imagesize::ImageType;

use super::through_imagesize;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the file header in bytes.
const HEADER: u64 = 128;

/// Reads the file header: frames, width, height, bits per pixel. The header of the first frame must
/// follow, with the right signature.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let frames = source.u16_le(6)?;
    let depth = source.u16_le(12)?;
    if frames == 0 || !matches!(depth, 8 | 16 | 32) {
        return corrupt("the number of frames or the color depth makes no sense", 6);
    }
    if source.u16_le(HEADER + 4)? != 0xF1FA {
        return corrupt("no frame follows the header", HEADER);
    }
    let mut image = through_imagesize::parse(source, Format::Aseprite, ImageType::Aseprite)?;
    image.set_frames(frames.into());
    Ok(image)
}
