//! TIFF structures, which TIFF files, BigTIFF files and EXIF metadata consist of.

/// The byte order of a structure, and whether it is BigTIFF, whose offsets are wider.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    little: bool,
    big_tiff: bool,
}

pub(crate) const LITTLE_ENDIAN: Layout = Layout { little: true, big_tiff: false };
pub(crate) const BIG_ENDIAN: Layout = Layout { little: false, big_tiff: false };
pub(crate) const LAYOUTS: [Layout; 4] = [
    LITTLE_ENDIAN,
    BIG_ENDIAN,
    Layout { big_tiff: true, ..LITTLE_ENDIAN },
    Layout { big_tiff: true, ..BIG_ENDIAN },
];

/// The values of a directory entry.
#[derive(Clone)]
pub(crate) enum Value {
    Text(&'static [u8]),
    /// The integers' TIFF type, such as 3 for SHORT, and the integers.
    Integers(u16, Vec<u64>),
    Fractions(Vec<(u32, u32)>),
    /// Bytes of the type UNDEFINED (7).
    Bytes(Vec<u8>),
    /// A pointer to another directory, which has these entries.
    Directory(Vec<Entry>),
}

pub(crate) type Entry = (u16, Value);

pub(crate) fn integer(kind: u16, value: u64) -> Value {
    Value::Integers(kind, vec![value])
}

pub(crate) fn byte(value: u8) -> Value {
    integer(1, value.into())
}

pub(crate) fn short(value: u16) -> Value {
    integer(3, value.into())
}

pub(crate) fn long(value: u32) -> Value {
    integer(4, value.into())
}

pub(crate) fn fraction(numerator: u32, denominator: u32) -> Value {
    Value::Fractions(vec![(numerator, denominator)])
}

impl Layout {
    /// A structure with one directory, which directly follows the header and has these entries.
    pub(crate) fn structure(self, entries: &[Entry]) -> Vec<u8> {
        self.chain(&[(0, entries.to_vec())])
    }

    /// A structure with these directories, each of which links to the next. The number in a pair is
    /// how many filler bytes to insert directly before the directory.
    pub(crate) fn chain(self, directories: &[(usize, Vec<Entry>)]) -> Vec<u8> {
        let order = if self.little { b"II" } else { b"MM" };
        let version: &[u64] = if self.big_tiff { &[43, 8, 0] } else { &[42] };
        let mut bytes = order.to_vec();
        bytes.extend(version.iter().flat_map(|number| self.number(*number, 2)));
        let slot = self.slot();
        let mut link = bytes.len();
        bytes.resize(link + slot, 0);
        for (gap, entries) in directories {
            bytes.resize(bytes.len() + gap, 0xAB);
            let start = self.number(bytes.len() as u64, slot);
            bytes[link..link + slot].copy_from_slice(&start);
            link = self.append_directory(&mut bytes, entries);
        }
        bytes
    }

    /// Appends a directory, then the values that do not fit in its entries. Returns the position of
    /// the directory's last field. This field contains 0 until the caller replaces it with the
    /// offset of the next directory.
    fn append_directory(self, bytes: &mut Vec<u8>, entries: &[Entry]) -> usize {
        let slot = self.slot();
        let length = 4 + 2 * slot;
        bytes.extend(self.number(entries.len() as u64, if self.big_tiff { 8 } else { 2 }));
        let start = bytes.len();
        let end = start + length * entries.len();
        bytes.resize(end + slot, 0);
        for (index, (tag, value)) in entries.iter().enumerate() {
            let (kind, count, mut data) = match value {
                Value::Text(text) => (2, text.len(), text.to_vec()),
                Value::Integers(kind, values) => {
                    let size = integer_size(*kind);
                    let data = values.iter().flat_map(|value| self.number(*value, size));
                    (*kind, values.len(), data.collect())
                }
                Value::Fractions(parts) => {
                    let numbers = parts.iter().flat_map(|(a, b)| [*a, *b]);
                    let data = numbers.flat_map(|number| self.number(number.into(), 4));
                    (5, parts.len(), data.collect())
                }
                Value::Bytes(bytes) => (7, bytes.len(), bytes.clone()),
                Value::Directory(entries) => {
                    let offset = self.number(bytes.len() as u64, 4);
                    self.append_directory(bytes, entries);
                    (4, 1, offset)
                }
            };
            if data.len() > slot {
                let offset = self.number(bytes.len() as u64, slot);
                bytes.extend(std::mem::replace(&mut data, offset));
            }
            data.resize(slot, 0);
            let head = [self.number((*tag).into(), 2), self.number(kind.into(), 2)].concat();
            let entry = [head, self.number(count as u64, slot), data].concat();
            let at = start + length * index;
            bytes[at..at + length].copy_from_slice(&entry);
        }
        end
    }

    /// Size in bytes of an offset or a count. Values of at most this size fit in an entry.
    fn slot(self) -> usize {
        if self.big_tiff { 8 } else { 4 }
    }

    fn number(self, value: u64, length: usize) -> Vec<u8> {
        if self.little {
            value.to_le_bytes()[..length].to_vec()
        } else {
            value.to_be_bytes()[8 - length..].to_vec()
        }
    }
}

fn integer_size(kind: u16) -> usize {
    match kind {
        1 | 6 => 1,
        3 | 8 => 2,
        16 | 17 => 8,
        _ => 4,
    }
}

/// Directory entries of an RGB image with 8 bits per channel.
pub(crate) fn rgb(width: u32, height: u16, orientation: u16) -> Vec<Entry> {
    let bits = [(258, short(8)), (274, short(orientation)), (277, short(3))];
    [&[(256, long(width)), (257, short(height))][..], &bits].concat()
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let names =
        ["tiff-little-endian", "tiff-big-endian", "bigtiff-little-endian", "bigtiff-big-endian"];
    let files = LAYOUTS.map(|layout| layout.chain(&[(10, rgb(40, 30, 6))]));
    names.into_iter().zip(files).collect()
}
