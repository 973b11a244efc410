//! EXIF metadata.

use super::tiff::{BIG_ENDIAN, Entry, LITTLE_ENDIAN, Value, byte, fraction, short};

/// A structure in little-endian byte order with this orientation in IFD0, and another orientation
/// in IFD1, which describes the thumbnail.
pub(crate) fn little_endian(orientation: u16) -> Vec<u8> {
    let directory = |orientation| (0, vec![(0x0112, short(orientation))]);
    LITTLE_ENDIAN.chain(&[directory(orientation), directory(9 - orientation)])
}

pub(crate) fn big_endian(orientation: u16) -> Vec<u8> {
    BIG_ENDIAN.structure(&[(0x0112, short(orientation))])
}

/// A structure with orientation 6 in IFD0. `gap` filler bytes lie between the header and IFD0.
pub(crate) fn far(gap: usize) -> Vec<u8> {
    LITTLE_ENDIAN.chain(&[(gap, vec![(0x0112, short(6))])])
}

pub(crate) fn camera(model: &'static [u8]) -> Vec<u8> {
    LITTLE_ENDIAN.structure(&[(0x0110, Value::Text(model))])
}

/// EXIF entries of a photo from a camera: orientation 6, 300 dots per inch, taken on 1 May 2024 in
/// Paris.
pub(crate) fn photo() -> Vec<Entry> {
    let exif = vec![
        (0x9003, Value::Text(b"2024:05:01 12:00:00\0")),
        (0x9004, Value::Text(b"2024:05:02 00:00:00\0")),
        (0x9011, Value::Text(b"+02:00\0")),
        (0xA434, Value::Text(b"EF50mm f/1.8 STM\0")),
    ];
    let gps = vec![
        (1, Value::Text(b"N\0")),
        (2, Value::Fractions(vec![(48, 1), (51, 1), (2964, 100)])),
        (3, Value::Text(b"E\0")),
        (4, Value::Fractions(vec![(2, 1), (17, 1), (402, 10)])),
        (5, byte(0)),
        (6, fraction(3525, 100)),
    ];
    vec![
        (0x010F, Value::Text(b"Canon\0")),
        (0x0110, Value::Text(b"Canon EOS R5\0")),
        (0x0112, short(6)),
        (0x011A, fraction(300, 1)),
        (0x011B, fraction(300, 1)),
        (0x0128, short(2)),
        (0x8769, Value::Directory(exif)),
        (0x8825, Value::Directory(gps)),
    ]
}
