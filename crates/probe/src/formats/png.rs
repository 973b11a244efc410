//! PNG (W3C PNG, third edition), APNG, and Apple's `CgBI` variant.

mod named;
mod profile;
mod raw_profile;

use crate::image::{ColorSpace, Density, Unit};
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif};

/// Size of a chunk without its data, in bytes: length, type, CRC.
const CHUNK_OVERHEAD: u64 = 12;

/// Size of the IHDR chunk in bytes.
const IHDR: u64 = 13 + CHUNK_OVERHEAD;

/// Number of bytes to request in one read from the start of a chunk. These bytes usually include
/// the next chunk, because most chunks before the image data are small.
const NEIGHBORHOOD: u64 = 16 << 10;

/// Reads the chunks up to the image data. IHDR must be the first (11.2.1), but Apple's tools write
/// a `CgBI` chunk before it.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut start = 8;
    if source.array::<4>(start + 4)? == *b"CgBI" {
        start += CHUNK_OVERHEAD + u64::from(source.u32_be(start)?);
    }
    let mut image = header(source, start)?;
    ancillary(source, start + IHDR, &mut image)?;
    Ok(image)
}

/// Reads the IHDR chunk at `start`.
pub(super) fn header(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let header = source.bytes(start, 25)?;
    let [0, 0, 0, 13, b'I', b'H', b'D', b'R', fields @ ..] = header else {
        return corrupt("the first chunk is not IHDR", start);
    };
    let (data, crc) = fields.split_at(13);
    if crc32(&header[4..21]).to_be_bytes() != crc {
        return corrupt("the checksum of IHDR is wrong", start + 21);
    }
    header_image(data, start + 8)
}

/// Reads the 13 bytes of IHDR's data (11.2.1): width, height, bit depth, color type, compression,
/// filter and interlacing.
fn header_image(data: &[u8], offset: u64) -> Parsed<Image> {
    let &[w3, w2, w1, w0, h3, h2, h1, h0, depth, color_type, _, _, interlace] = data else {
        return corrupt("IHDR is too short", offset);
    };
    let Some(channels) = channels(color_type, depth) else {
        return corrupt("the color type does not allow this bit depth", offset + 8);
    };
    let width = u32::from_be_bytes([w3, w2, w1, w0]);
    let height = u32::from_be_bytes([h3, h2, h1, h0]);
    let mut image = Image::new(Format::Png, width, height).with_samples(depth, channels);
    image.color_space = Some(if color_type & 2 == 0 { ColorSpace::Gray } else { ColorSpace::Rgb });
    image.has_alpha = (color_type & 4 != 0).then_some(true);
    image.progressive = Some(interlace != 0);
    Ok(image)
}

/// Samples per pixel, or `None` if table 11.1 does not allow this combination of color type and bit
/// depth.
fn channels(color_type: u8, depth: u8) -> Option<u8> {
    match (color_type, depth) {
        (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) => Some(1),
        (2, 8 | 16) => Some(3),
        (4, 8 | 16) => Some(2),
        (6, 8 | 16) => Some(4),
        _ => None,
    }
}

/// Reads the chunks from `position` to the image data, and adds the facts that they state. The
/// standard also allows an eXIf chunk after the image data (11.3.2). Such a chunk is not read.
///
/// If the object ends before the image data, it is measured without the missing chunks. A second
/// IHDR is an error, because some decoders use the first and others the last.
fn ancillary(source: &Source<'_>, mut position: u64, image: &mut Image) -> Parsed<()> {
    let (mut metadata, mut raw_metadata, mut profile) = (None, None, None);
    while position + 8 <= source.size() {
        source.bytes_until(position, 8, position + NEIGHBORHOOD)?;
        let [l3, l2, l1, l0, kind @ ..] = source.array::<8>(position)?;
        let data = position + 8;
        let end = data + u64::from(u32::from_be_bytes([l3, l2, l1, l0]));
        // Like decoders, ignores acTL and pHYs chunks of a wrong length.
        match &kind {
            b"IHDR" => return corrupt("a second IHDR chunk follows", position),
            b"IDAT" => {
                image.animated.get_or_insert(false);
                image.has_alpha.get_or_insert(false);
                break;
            }
            b"acTL" if image.animated.is_none() && end - data == 8 => {
                // Decoders ignore acTL (11.3.6.2) if the number of frames is zero. The number is
                // `None` if it cannot be read.
                match source.optional(source.u32_be(data))? {
                    Some(0) | None => {}
                    Some(frames) => image.set_frames(frames),
                }
            }
            b"eXIf" if metadata.is_none() => metadata = Some(exif::read(source, data, end)?),
            // tRNS adds transparency to color types without an alpha channel (11.3.1.1).
            b"tRNS" => image.has_alpha = Some(true),
            b"pHYs" if end - data == 9 => {
                image.density = source.optional(density(source, data))?.flatten();
            }
            // Decoders ignore all profiles but the first.
            b"iCCP" if profile.is_none() => {
                profile = source.optional(profile::read(source, data, end))?;
            }
            b"tEXt" | b"zTXt" if raw_metadata.is_none() => {
                let is_compressed = kind == *b"zTXt";
                let found = raw_profile::read(source, data, end, is_compressed);
                raw_metadata = source.optional(found)?.flatten();
            }
            // C2PA Technical Specification, "Embedding manifests into PNG".
            b"caBX" => image.content_credentials = true,
            _ => {}
        }
        position = end + 4;
    }
    image.take_exif(metadata.or(raw_metadata).unwrap_or_default());
    if let Some(profile) = profile {
        image.take_profile(profile);
    }
    Ok(())
}

/// The density in a pHYs chunk (11.3.4.3): two numbers of pixels per unit, and the unit. Unit 0
/// means that only the ratio of the two numbers is known.
fn density(source: &Source<'_>, data: u64) -> Parsed<Option<Density>> {
    let (x, y) = (source.u32_be(data)?, source.u32_be(data + 4)?);
    Ok(match source.u8(data + 8)? {
        1 => Density::of_integers(x, y, Unit::Meter),
        _ => None,
    })
}

/// The CRC of annex D, computed bit by bit. It is computed only for the 17 bytes of IHDR's type and
/// data, for which a table would cost more than it saves.
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
