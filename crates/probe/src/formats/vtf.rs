//! VTF (Valve Texture Format).

use imagesize::ImageType;

use super::through_imagesize;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size in bytes of the smallest header, which is that of version 7.0.
const HEADER: u32 = 64;

/// Reads the version, the size of the header, and the width and height of the image.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (major, minor, size) = (source.u32_le(4)?, source.u32_le(8)?, source.u32_le(12)?);
    if major != 7 || minor > 6 || size < HEADER {
        return corrupt("the version or the size of the header makes no sense", 4);
    }
    source.bytes(0, HEADER as usize)?;
    if u64::from(size) > source.size() {
        return corrupt("the object ends within its header", source.size());
    }
    through_imagesize::parse(source, Format::Vtf, ImageType::Vtf)
}
