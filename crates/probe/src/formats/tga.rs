//! TGA (Truevision TGA File Format Specification 2.0), which has an 18-byte header and no
//! signature.

use crate::source::{Parsed, Source};
use crate::{Format, Image};

/// True if `start` may be a TGA header. Unless the hint suggests TGA, only common header values are
/// accepted, because almost any bytes would pass a lenient test.
pub(crate) fn is_plausible(start: &[u8], hinted: bool) -> bool {
    let Some(header) = start.get(..18) else { return false };
    let (map_type, image_type, map_entry) = (header[1], header[2], header[7]);
    let (depth, descriptor) = (header[16], header[17]);
    let is_mapped = matches!(image_type, 1 | 9);
    let is_known = is_mapped || matches!(image_type, 2 | 3 | 10 | 11);
    let has_map = match map_type {
        0 => !is_mapped && (hinted || header[3..8] == [0; 5]),
        1 => matches!(map_entry, 15 | 16 | 24 | 32),
        _ => false,
    };
    let has_depth = matches!(depth, 8 | 15 | 16 | 24 | 32) || hinted && depth == 1;
    let is_common = descriptor & 0xC0 == 0 && header[12..16] != [0; 4];
    is_known && has_map && has_depth && (hinted || is_common)
}

/// Reads the little-endian width and height at byte 12.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u16_le(12)?, source.u16_le(14)?);
    Ok(Image::new(Format::Tga, width.into(), height.into()))
}
