//! The object that the stand-in for S3 has under every key that does not end in a slash.

/// Name: the key without `uploads/`.
pub(crate) const NAME: &str = "cat.jpg";

/// Size in bytes.
pub(crate) const SIZE: usize = 828_201;

/// ETag, without quotes.
pub(crate) const ETAG: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// Width and height in pixels.
pub(super) const PIXELS: (u16, u16) = (1680, 1050);

/// A JPEG of [`SIZE`] bytes with valid headers, and noise as image data (ITU-T T.81, annex B).
pub(super) fn jpeg() -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8];
    jpeg.extend(b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    jpeg.extend([&[0xff, 0xdb, 0, 67, 0][..], &[16; 64]].concat());
    let (width, height) = PIXELS;
    jpeg.extend([0xff, 0xc0, 0, 17, 8]);
    jpeg.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    jpeg.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    jpeg.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
    let mut noise = 1_u32;
    while jpeg.len() < SIZE - 2 {
        // A linear congruential generator (Numerical Recipes). The noise must not contain 0xff,
        // which would begin a marker.
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        jpeg.push(noise.to_be_bytes()[0].min(0xfe));
    }
    jpeg.extend([0xff, 0xd9]);
    jpeg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_its_length_and_the_markers_of_a_jpeg() {
        let jpeg = jpeg();
        assert_eq!(jpeg.len(), SIZE);
        assert!(jpeg.starts_with(b"\xff\xd8\xff") && jpeg.ends_with(b"\xff\xd9"));
    }
}
