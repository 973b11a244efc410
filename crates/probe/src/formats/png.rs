//! PNG (W3C PNG, third edition), APNG, and Apple's `CgBI` variant.

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif};

/// Size of a chunk without its data, in bytes: length, type, CRC.
const CHUNK_OVERHEAD: u64 = 12;

/// Reads IHDR. It must be the first chunk (11.2.1), but Apple's tools write a `CgBI` chunk before
/// it.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut start = 8;
    if source.array::<4>(start + 4)? == *b"CgBI" {
        start += CHUNK_OVERHEAD + u64::from(source.u32_be(start)?);
    }
    let header = source.bytes(start, 25)?;
    let [0, 0, 0, 13, b'I', b'H', b'D', b'R', fields @ ..] = header else {
        return corrupt("the first chunk is not IHDR", start);
    };
    let (data, crc) = fields.split_at(13);
    if crc32(&header[4..21]).to_be_bytes() != crc {
        return corrupt("the checksum of IHDR is wrong", start + 21);
    }
    let mut image = header_image(data, start + 8)?;
    walk_ancillary(source, start + 13 + CHUNK_OVERHEAD, &mut image);
    Ok(image)
}

/// Reads the 13 bytes of IHDR's data (11.2.1): width, height, bit depth, colour type, …
fn header_image(data: &[u8], offset: u64) -> Parsed<Image> {
    let &[w3, w2, w1, w0, h3, h2, h1, h0, depth, colour_type, ..] = data else {
        return corrupt("IHDR is too short", offset);
    };
    let Some(channels) = channels(colour_type, depth) else {
        return corrupt("the colour type does not allow this bit depth", offset + 8);
    };
    let width = u32::from_be_bytes([w3, w2, w1, w0]);
    let height = u32::from_be_bytes([h3, h2, h1, h0]);
    Ok(Image::new(Format::Png, width, height).with_samples(depth, channels))
}

/// Samples per pixel, or `None` if table 11.1 does not allow the combination.
fn channels(colour_type: u8, depth: u8) -> Option<u8> {
    match (colour_type, depth) {
        (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) => Some(1),
        (2, 8 | 16) => Some(3),
        (4, 8 | 16) => Some(2),
        (6, 8 | 16) => Some(4),
        _ => None,
    }
}

/// Sets orientation and animation by the known chunks between IHDR and the image data. acTL must
/// precede IDAT (11.3.6), eXIf may.
fn walk_ancillary(source: &Source<'_>, mut position: u64, image: &mut Image) {
    while let Some(([l3, l2, l1, l0], rest)) = source.known(position).split_first_chunk() {
        let Some((kind, data)) = rest.split_first_chunk::<4>() else { return };
        match kind {
            b"acTL" => image.animated = Some(true),
            b"eXIf" => image.orientation = exif::orientation(data),
            b"IDAT" => {
                image.animated.get_or_insert(false);
                return;
            }
            _ => {}
        }
        let length = u64::from(u32::from_be_bytes([*l3, *l2, *l1, *l0]));
        position = position.saturating_add(length + CHUNK_OVERHEAD);
    }
}

/// The CRC of annex D, computed bit by bit: for 17 bytes, a table would cost more than it saves.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}
