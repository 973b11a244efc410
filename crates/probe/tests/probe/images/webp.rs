//! WebP files.

use super::tiff::LITTLE_ENDIAN;
use super::{exif, icc};

/// A chunk: its name and its data.
pub(crate) type Chunk = (&'static [u8; 4], Vec<u8>);

/// A WebP file with these chunks.
pub(crate) fn file(chunks: &[Chunk]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(if data.len() % 2 == 1 { &[0] } else { &[] });
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

/// A lossy file. `scale`, a request for upscaling, is stored in the two bits above each dimension.
pub(crate) fn lossy(width: u16, height: u16, scale: u16) -> Vec<u8> {
    file(&[lossy_chunk(width | scale << 14, height | scale << 14, 8)])
}

/// The chunk of a lossy image, with `length` bytes after the dimensions.
pub(crate) fn lossy_chunk(width: u16, height: u16, length: usize) -> Chunk {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    (b"VP8 ", [&[0x10, 0, 0, 0x9D, 1, 0x2A][..], &sides, &vec![0; length]].concat())
}

pub(crate) fn lossless(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    file(&[lossless_chunk(width, height, alpha)])
}

pub(crate) fn lossless_chunk(width: u32, height: u32, alpha: bool) -> Chunk {
    let packed = (width - 1) | (height - 1) << 14 | u32::from(alpha) << 28;
    (b"VP8L", [&[0x2F][..], &packed.to_le_bytes(), &[0; 8]].concat())
}

/// A frame of an animation: a lossy image with `length` bytes after its dimensions.
pub(crate) fn frame(width: u16, height: u16, length: usize) -> Chunk {
    let minus_one = |side: u16| [&(side - 1).to_le_bytes()[..], &[0]].concat();
    let (name, data) = lossy_chunk(width, height, length);
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let sides = [minus_one(width), minus_one(height)].concat();
    let header = [&[0; 6][..], &sides, &[100, 0, 0, 0]].concat();
    (b"ANMF", [&header[..], name, &size, &data].concat())
}

/// The header chunk of an extended file.
pub(crate) fn extended(flags: u8, width: u32, height: u32) -> Chunk {
    let (w, h) = ((width - 1).to_le_bytes(), (height - 1).to_le_bytes());
    (b"VP8X", [&[flags, 0, 0, 0][..], &w[..3], &h[..3]].concat())
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let exif = || (b"EXIF", exif::little_endian(5));
    vec![
        ("webp-lossy", lossy(40, 30, 1)),
        ("webp-lossless", lossless(40, 30, true)),
        (
            "webp-photo",
            file(&[
                extended(0x38, 40, 30),
                (b"ICCP", icc::display_p3()),
                lossy_chunk(40, 30, 9),
                (b"EXIF", LITTLE_ENDIAN.structure(&exif::photo())),
            ]),
        ),
        ("webp-extended", file(&[extended(0x08, 40, 30), lossy_chunk(40, 30, 9), exif()])),
        (
            "webp-animated",
            file(&[extended(0x1A, 40, 30), (b"ANIM", vec![0; 6]), frame(40, 30, 8), exif()]),
        ),
    ]
}
