//! Images whose headers state the given dimensions, but whose data has at most one pixel.

/// A PNG with correct checksums and no pixels: signature, IHDR, an IDAT of `padding` zero bytes,
/// and IEND (W3C PNG, third edition, section 5).
#[must_use]
pub fn png(width: u32, height: u32, padding: usize) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(chunk(*b"IHDR", &header));
    png.extend(chunk(*b"IDAT", &vec![0; padding]));
    png.extend(chunk(*b"IEND", &[]));
    png
}

/// A JPEG with at least `padding` bytes of comment segments before its frame header (ITU-T T.81,
/// annex B).
#[must_use]
pub fn jpeg(width: u16, height: u16, padding: usize) -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8];
    for _ in 0..padding.div_ceil(60_000) {
        jpeg.extend([0xff, 0xfe, 0xea, 0x62]);
        jpeg.extend(vec![b'.'; 60_000]);
    }
    jpeg.extend([0xff, 0xc0, 0, 17, 8]);
    jpeg.extend(height.to_be_bytes());
    jpeg.extend(width.to_be_bytes());
    jpeg.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    jpeg.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 0, 0xff, 0xd9]);
    jpeg
}

/// A GIF of these dimensions whose only frame has a single pixel (specification of `GIF89a`).
#[must_use]
pub fn gif(width: u16, height: u16) -> Vec<u8> {
    let mut gif = b"GIF89a".to_vec();
    gif.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    gif.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    gif.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]);
    gif
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend(data);
    let checksum = crc32fast::hash(&chunk);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    [length.to_be_bytes().to_vec(), chunk, checksum.to_be_bytes().to_vec()].concat()
}
