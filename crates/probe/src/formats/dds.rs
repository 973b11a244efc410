//! DDS (Microsoft, "Programming Guide for DDS").

use imagesize::{DdsCompression, ImageType};

use super::through_imagesize;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of `DDS_HEADER` in bytes. The first field of the header states it.
const HEADER: u32 = 124;

/// Size of `DDS_PIXELFORMAT` in bytes. The first field of the pixel format states it.
const PIXEL_FORMAT: u32 = 32;

/// Reads `DDS_HEADER` after the signature: sizes, height, width, pixel format. The flags that say
/// which fields are present are not checked, because some writers omit them.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    if source.u32_le(4)? != HEADER || source.u32_le(76)? != PIXEL_FORMAT {
        return corrupt("the header or its pixel format has a wrong size", 4);
    }
    source.bytes(4, HEADER as usize)?;
    through_imagesize::parse(source, Format::Dds, ImageType::Dds(DdsCompression::Unknown))
}
