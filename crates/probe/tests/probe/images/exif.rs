//! EXIF metadata.

/// A little-endian TIFF structure with one orientation in IFD0 and another in IFD1, which describes
/// the thumbnail.
pub(crate) fn little_endian(orientation: u8, thumbnail_orientation: u8) -> Vec<u8> {
    let ifd = |orientation: u8, next: u8| {
        [&[1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0][..], &[next, 0, 0, 0]].concat()
    };
    [b"II*\0\x08\0\0\0".to_vec(), ifd(orientation, 26), ifd(thumbnail_orientation, 0)].concat()
}

/// A big-endian TIFF structure whose IFD0 contains an orientation.
pub(crate) fn big_endian(orientation: u8) -> Vec<u8> {
    let ifd = [0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
    [&b"MM\0*\0\0\0\x08"[..], &ifd].concat()
}

/// A little-endian TIFF structure whose IFD0 follows `gap` bytes.
pub(crate) fn far(orientation: u8, gap: u32) -> Vec<u8> {
    let ifd = [&[1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0][..], &[0; 4]].concat();
    [b"II*\0", &(8 + gap).to_le_bytes()[..], &vec![0xAB; gap as usize], &ifd].concat()
}
