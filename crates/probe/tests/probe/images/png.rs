//! PNG files.

use super::tiff::BIG_ENDIAN;
use super::{exif, icc};

/// A chunk with its checksum.
pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

/// An IHDR chunk.
pub(crate) fn header(width: u32, height: u32, depth: u8, color_type: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[depth, color_type, 0, 0, 0]].concat())
}

/// An acTL chunk, which announces this number of frames.
pub(crate) fn animation(frames: u32) -> Vec<u8> {
    chunk(b"acTL", &[frames.to_be_bytes(), [0; 4]].concat())
}

/// A pHYs chunk. If `unit` is 1 (the meter), the density is 300 × 150 dots per inch.
pub(crate) fn density(unit: u8) -> Vec<u8> {
    let sides = [11_811_u32.to_be_bytes(), 5906_u32.to_be_bytes()].concat();
    chunk(b"pHYs", &[&sides[..], &[unit]].concat())
}

/// A file with an IHDR chunk, these chunks, and image data. The IHDR chunk states 3 × 2 RGB pixels.
pub(crate) fn with(chunks: &[Vec<u8>]) -> Vec<u8> {
    file(&[header(3, 2, 8, 2), chunks.concat(), data()])
}

pub(crate) fn data() -> Vec<u8> {
    chunk(b"IDAT", b"data")
}

pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat()].concat()
}

/// An RGB file with 8 bits per channel. It ends after one IDAT chunk.
pub(crate) fn plain(width: u32, height: u32) -> Vec<u8> {
    file(&[header(width, height, 8, 2), data()])
}

/// An iCCP, zTXt or other chunk with a name and compressed data.
pub(crate) fn compressed(kind: &[u8; 4], name: &[u8], data: &[u8]) -> Vec<u8> {
    let data = miniz_oxide::deflate::compress_to_vec_zlib(data, 6);
    chunk(kind, &[name, &[0, 0], &data].concat())
}

/// A text in which EXIF metadata is stored as hexadecimal digits.
pub(crate) fn raw_profile(tiff: &[u8]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = format!("\nexif\n{:8}\n", tiff.len() + 6);
    for (index, byte) in [b"Exif\0\0", tiff].concat().into_iter().enumerate() {
        let end = if index % 36 == 35 { "\n" } else { "" };
        write!(text, "{byte:02x}{end}").unwrap();
    }
    text.into_bytes()
}

/// An interlaced file with ICC profiles, a density, EXIF metadata in a zTXt chunk, a transparent
/// color, and content credentials.
pub(crate) fn with_metadata() -> Vec<u8> {
    let head = [&[0, 0, 0, 40, 0, 0, 0, 30][..], &[8, 3, 0, 0, 1]].concat();
    let exif = BIG_ENDIAN.structure(&exif::photo());
    file(&[
        chunk(b"IHDR", &head),
        compressed(b"iCCP", b"icc", &icc::display_p3()),
        compressed(b"iCCP", b"second", b"is ignored"),
        density(1),
        compressed(b"zTXt", b"Raw profile type exif", &raw_profile(&exif)),
        chunk(b"tRNS", &[0]),
        chunk(b"caBX", b"\0\0\0\0jumb"),
        data(),
    ])
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let exif = chunk(b"eXIf", &exif::big_endian(8));
    let cgbi = chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    vec![
        ("png-plain", plain(40, 30)),
        ("png-cgbi", file(&[cgbi, header(40, 30, 8, 6), data()])),
        ("png-animated", file(&[header(40, 30, 4, 3), animation(2), data()])),
        ("png-metadata", with_metadata()),
        ("png-exif", file(&[header(40, 30, 16, 0), exif, data()])),
    ]
}
