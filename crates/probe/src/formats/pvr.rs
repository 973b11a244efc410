//! PVR textures (Imagination Technologies, PVR file format, versions 2 and 3).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Reads the header, in which the height precedes the width.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let start = if source.array::<4>(0)? == *b"PVR\x03" { version_3(source)? } else { 4 };
    let (height, width) = (source.u32_le(start)?, source.u32_le(start + 4)?);
    Ok(Image::new(Format::Pvr, width, height))
}

/// Checks the fields of a version 3 header, and returns the offset of the height field.
///
/// The fields after the version are flags, pixel format (8 bytes), color space, channel type,
/// height, width, depth, surfaces, faces, mipmaps, and size of the metadata.
fn version_3(source: &Source<'_>) -> Parsed<u64> {
    let field = |offset: u64| source.u32_le(offset);
    let (channel_type, depth, surfaces) = (field(20)?, field(32)?, field(36)?);
    let (faces, mipmaps, metadata) = (field(40)?, field(44)?, field(48)?);
    let is_whole = channel_type <= 16
        && depth > 0
        && surfaces > 0
        && (1..=6).contains(&faces)
        && (1..=32).contains(&mipmaps)
        && u64::from(metadata) < source.size();
    if is_whole { Ok(24) } else { corrupt("the header makes no sense", 4) }
}
