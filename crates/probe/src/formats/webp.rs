//! WebP (Google, "WebP Container Specification"; RFC 6386; RFC 9649).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif};

/// Bytes before a chunk's data: its name and its size.
const CHUNK_HEADER: u64 = 8;

/// Reads the first chunk, whose name tells lossy, lossless and extended files apart.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    match &source.array::<4>(12)? {
        b"VP8 " => lossy(source),
        b"VP8L" => lossless(source),
        b"VP8X" => extended(source),
        _ => corrupt("the first chunk is not VP8, VP8L or VP8X", 12),
    }
}

/// Reads a VP8 frame header (RFC 6386, 9.1): frame tag, start code, and 14-bit dimensions. The two
/// bits above each dimension ask for upscaling, which decoders ignore.
fn lossy(source: &Source<'_>) -> Parsed<Image> {
    let [tag, _, _, start_code @ .., w0, w1, h0, h1] = source.array::<10>(20)?;
    if tag & 1 != 0 || start_code != [0x9D, 0x01, 0x2A] {
        return corrupt("the image does not start with a key frame", 20);
    }
    let width = u16::from_le_bytes([w0, w1]) & 0x3FFF;
    let height = u16::from_le_bytes([h0, h1]) & 0x3FFF;
    let mut image = Image::new(Format::Webp, width.into(), height.into()).with_samples(8, 3);
    image.animated = Some(false);
    Ok(image)
}

/// Reads a VP8L header (RFC 9649, 3.4): signature, two 14-bit dimensions minus one, alpha, version.
fn lossless(source: &Source<'_>) -> Parsed<Image> {
    let [signature, packed @ ..] = source.array::<5>(20)?;
    let packed = u32::from_le_bytes(packed);
    if signature != 0x2F || packed >> 29 != 0 {
        return corrupt("the lossless image has a wrong signature or version", 20);
    }
    let (width, height) = ((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1);
    let channels = if packed >> 28 & 1 == 1 { 4 } else { 3 };
    let mut image = Image::new(Format::Webp, width, height).with_samples(8, channels);
    image.animated = Some(false);
    Ok(image)
}

/// Reads a VP8X header (RFC 9649, 2.7): flags, then two 24-bit dimensions minus one.
fn extended(source: &Source<'_>) -> Parsed<Image> {
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = source.array::<10>(20)?;
    let width = u32::from_le_bytes([w0, w1, w2, 0]) + 1;
    let height = u32::from_le_bytes([h0, h1, h2, 0]) + 1;
    let channels = if flags & 0x10 == 0 { 3 } else { 4 };
    let mut image = Image::new(Format::Webp, width, height).with_samples(8, channels);
    image.animated = Some(flags & 0x02 != 0);
    if flags & 0x08 != 0 {
        image.orientation = known_exif(source).and_then(exif::orientation);
    }
    Ok(image)
}

/// The EXIF chunk's data, if it is among the known chunks: all of it that is known.
fn known_exif<'a>(source: &Source<'a>) -> Option<&'a [u8]> {
    let mut position = 12;
    loop {
        let (name, rest) = source.known(position).split_first_chunk::<4>()?;
        let (size, data) = rest.split_first_chunk::<4>()?;
        if name == b"EXIF" {
            // Some writers leave the prefix that EXIF metadata has in JPEG files.
            return Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data));
        }
        let size = u64::from(u32::from_le_bytes(*size));
        // Chunks are padded to an even size.
        position = position.saturating_add(CHUNK_HEADER + size + size % 2);
    }
}
