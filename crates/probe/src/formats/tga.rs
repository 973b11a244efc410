//! TGA (Truevision TGA File Format Specification 2.0), whose 18-byte header has no signature.

use crate::image::ColorSpace;
use crate::source::{Parsed, Source};
use crate::{Format, Image};

/// Size of the header in bytes.
const HEADER: usize = 18;

/// True if `start` may be a TGA header. `hinted` is true if the object's key or claimed type
/// suggests TGA; if not, only common header values are accepted. The header has no signature, so a
/// lenient test would accept other binary data that begins with small numbers.
pub(crate) fn is_plausible(start: &[u8], hinted: bool) -> bool {
    let Some(header) = start.first_chunk::<HEADER>() else { return false };
    let (map_type, image_type, map_entry) = (header[1], header[2], header[7]);
    let (depth, descriptor) = (header[16], header[17]);
    let is_mapped = matches!(image_type, 1 | 9);
    let has_map = match map_type {
        0 => !is_mapped && (hinted || header[3..8] == [0; 5]),
        1 => matches!(map_entry, 15 | 16 | 24 | 32) && (hinted || header[5..7] != [0; 2]),
        _ => false,
    };
    let has_common_depth = match image_type {
        1 | 9 => matches!(depth, 8 | 15 | 16),
        2 | 10 => matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => matches!(depth, 8 | 16),
        _ => return false,
    };
    let has_depth = has_common_depth || hinted && matches!(depth, 1 | 8 | 15 | 16 | 24 | 32);
    // The highest two bits of the descriptor are unused, and the lowest four are the number of bits
    // of the alpha channel. Width and height begin at bytes 12 and 14.
    let is_common = descriptor & 0xC0 == 0
        && descriptor & 0x0F <= 8
        && header[12..14] != [0; 2]
        && header[14..16] != [0; 2];
    has_map && has_depth && (hinted || is_common)
}

/// Reads the header. The width at byte 12 and the height at byte 14 are little-endian.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u16_le(12)?, source.u16_le(14)?);
    let mut image = Image::new(Format::Tga, width.into(), height.into());
    image.animated = Some(false);
    // The lowest four bits of the descriptor are the number of bits of the alpha channel.
    image.has_alpha = Some(source.u8(17)? & 0x0F != 0);
    let is_gray = matches!(source.u8(2)?, 3 | 11);
    image.color_space = Some(if is_gray { ColorSpace::Gray } else { ColorSpace::Rgb });
    // In a color image with 15 or 16 bits per pixel, red, green and blue have five bits each, and
    // alpha has one bit or none. The samples then have no common size, so neither the size nor the
    // number of the samples is reported.
    Ok(match (source.u8(2)?, source.u8(16)?) {
        (3 | 11, 16) => image.with_samples(8, 2),
        (1 | 3 | 9 | 11, bits) => image.with_samples(bits, 1),
        (_, 24) => image.with_samples(8, 3),
        (_, 32) => image.with_samples(8, 4),
        _ => image,
    })
}
