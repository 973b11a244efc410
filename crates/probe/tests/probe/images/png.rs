//! PNG files.

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

/// A file with these chunks.
pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat()].concat()
}

/// A plain file with 8 bits per channel, which ends after one IDAT chunk.
pub(crate) fn plain(width: u32, height: u32) -> Vec<u8> {
    file(&[header(width, height, 8, 2), chunk(b"IDAT", b"data")])
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let data = chunk(b"IDAT", b"data");
    let exif = chunk(b"eXIf", &super::exif::big_endian(8));
    vec![
        ("png-plain", plain(40, 30)),
        (
            "png-cgbi",
            file(&[chunk(b"CgBI", &[0x50, 0, 0x20, 2]), header(40, 30, 8, 6), data.clone()]),
        ),
        ("png-animated", file(&[header(40, 30, 4, 3), animation(2), data.clone()])),
        ("png-exif", file(&[header(40, 30, 16, 0), exif, data])),
    ]
}
