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

/// The values of a directory entry.
#[derive(Clone)]
pub(crate) enum Value {
    Text(&'static [u8]),
    Byte(u8),
    Short(u16),
    Long(u32),
    Fractions(Vec<(u32, u32)>),
    /// Bytes without a type.
    Bytes(Vec<u8>),
    /// The entries of another directory, to which the entry points.
    Directory(Vec<(u16, Value)>),
}

/// A TIFF structure with these entries in IFD0, in little-endian byte order if `little`, or else in
/// big-endian.
pub(crate) fn structure(entries: &[(u16, Value)], little: bool) -> Vec<u8> {
    let order = if little { &b"II"[..] } else { b"MM" };
    let mut bytes = [order, &number(42, 2, little), &number(8, 4, little)].concat();
    append_directory(&mut bytes, entries, little);
    bytes
}

/// Appends a directory and the values that do not fit in its entries.
fn append_directory(bytes: &mut Vec<u8>, entries: &[(u16, Value)], little: bool) {
    let start = bytes.len();
    bytes.extend(number(entries.len() as u64, 2, little));
    bytes.resize(start + 2 + 12 * entries.len() + 4, 0);
    for (index, (tag, value)) in entries.iter().enumerate() {
        let (kind, count, mut data) = match value {
            Value::Text(text) => (2, text.len(), text.to_vec()),
            Value::Byte(byte) => (1, 1, vec![*byte]),
            Value::Short(short) => (3, 1, number((*short).into(), 2, little)),
            Value::Long(long) => (4, 1, number((*long).into(), 4, little)),
            Value::Fractions(parts) => {
                let parts = parts.iter().flat_map(|(a, b)| [*a, *b]);
                let data: Vec<u8> = parts.flat_map(|part| number(part.into(), 4, little)).collect();
                (5, data.len() / 8, data)
            }
            Value::Bytes(bytes) => (7, bytes.len(), bytes.clone()),
            Value::Directory(entries) => {
                let offset = number(bytes.len() as u64, 4, little);
                append_directory(bytes, entries, little);
                (4, 1, offset)
            }
        };
        if data.len() > 4 {
            let offset = number(bytes.len() as u64, 4, little);
            bytes.extend(std::mem::replace(&mut data, offset));
        }
        data.resize(4, 0);
        let entry = [
            number((*tag).into(), 2, little),
            number(kind, 2, little),
            number(count as u64, 4, little),
            data,
        ];
        let at = start + 2 + 12 * index;
        bytes[at..at + 12].copy_from_slice(&entry.concat());
    }
}

fn number(value: u64, length: usize, little: bool) -> Vec<u8> {
    if little {
        value.to_le_bytes()[..length].to_vec()
    } else {
        value.to_be_bytes()[8 - length..].to_vec()
    }
}

/// The entries of a photo from a camera: orientation 6, 300 dots per inch, taken on 1 May 2024 in
/// Paris.
pub(crate) fn photo() -> Vec<(u16, Value)> {
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
        (5, Value::Byte(0)),
        (6, Value::Fractions(vec![(3525, 100)])),
    ];
    vec![
        (0x010F, Value::Text(b"Canon\0")),
        (0x0110, Value::Text(b"Canon EOS R5\0")),
        (0x0112, Value::Short(6)),
        (0x011A, Value::Fractions(vec![(300, 1)])),
        (0x011B, Value::Fractions(vec![(300, 1)])),
        (0x0128, Value::Short(2)),
        (0x8769, Value::Directory(exif)),
        (0x8825, Value::Directory(gps)),
    ]
}
