//! The image file directories of TIFF files and EXIF metadata, in both byte orders (TIFF 6.0,
//! section 2, and BigTIFF, its 64-bit sibling).

use crate::source::{Parsed, Source, corrupt};

/// Maximum number of entries in a directory. No writer makes that many.
const MAX_ENTRIES: u64 = 16_384;

/// Number of bytes to request in one read from a directory's start. These bytes usually contain the
/// directory and the values to which it points.
const DIRECTORY: u64 = 4 << 10;

/// Maximum number of bytes to request in one read from the start of EXIF metadata. The metadata is
/// usually shorter, so the read returns both the directories and the values to which they point.
const EMBEDDED: u64 = 64 << 10;

/// Maximum number of bytes to read of a text. Reported texts are shorter.
const MAX_TEXT: u64 = 256;

/// A TIFF structure: a whole TIFF file, or EXIF metadata within another file.
pub(crate) struct Structure<'a> {
    source: &'a Source<'a>,
    /// Offset of the byte order mark, in bytes from the object's start. Offsets within the
    /// structure count from here.
    start: u64,
    /// End (exclusive) of the structure, in bytes from the object's start.
    end: u64,
    /// Minimum end of each read that the method `bytes` suggests, in bytes from the object's start.
    /// 0 if the structure extends to the object's end, as a TIFF file does.
    likely_end: u64,
    little: bool,
    big_tiff: bool,
}

impl<'a> Structure<'a> {
    /// The structure from `start` to `end`. It begins with the byte order mark and a magic number,
    /// which states the size of offsets.
    pub(crate) fn new(source: &'a Source<'a>, start: u64, end: u64) -> Parsed<Self> {
        // Some writers swap the two bytes of the magic number 42. Readers accept this, and use the
        // byte order that the mark states.
        let (little, big_tiff) = match &source.array::<4>(start)? {
            b"II*\0" | b"II\0*" => (true, false),
            b"MM\0*" | b"MM*\0" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return corrupt("the byte order mark is missing", start),
        };
        let likely_end = if end < source.size() { end.min(start + EMBEDDED) } else { 0 };
        Ok(Self { source, start, end, likely_end, little, big_tiff })
    }

    /// The entries of IFD0, the first directory.
    pub(crate) fn first_directory(&self) -> Parsed<Entries<'_>> {
        self.directory(self.first_offset()?)
    }

    /// Offset of IFD0, in bytes from the structure's start.
    pub(crate) fn first_offset(&self) -> Parsed<u64> {
        let (at, length) = if self.big_tiff { (8, 8) } else { (4, 4) };
        Ok(self.number(self.bytes(self.start + at, length, 0)?))
    }

    /// The entries of the directory at `offset` bytes from the structure's start.
    pub(crate) fn directory(&self, offset: u64) -> Parsed<Entries<'_>> {
        let offset = self.start.saturating_add(offset);
        let length: u8 = if self.big_tiff { 8 } else { 2 };
        let likely_end = offset.saturating_add(DIRECTORY);
        let left = self.number(self.bytes(offset, length.into(), likely_end)?);
        if !(1..=MAX_ENTRIES).contains(&left) {
            return corrupt("a directory has an implausible number of entries", offset);
        }
        Ok(Entries { structure: self, position: offset + u64::from(length), left })
    }

    /// Exactly `length` bytes at `offset` bytes from the object's start. Bytes outside the
    /// structure are an error. If some of the bytes have not been read yet, the result suggests a
    /// read. The read ends at `likely_end` or at the structure's own `likely_end`, whichever is
    /// later, but not after the structure's end.
    fn bytes(&self, offset: u64, length: usize, likely_end: u64) -> Parsed<&'a [u8]> {
        if self.end < self.source.size() && offset.saturating_add(length as u64) > self.end {
            return corrupt("a directory or value lies outside the metadata", offset);
        }
        let likely_end = likely_end.max(self.likely_end).min(self.end);
        self.source.bytes_until(offset, length, likely_end)
    }

    /// An unsigned number of up to 8 bytes, in the structure's byte order.
    fn number(&self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
    }
}

/// Walks over the entries of a directory.
pub(crate) struct Entries<'a> {
    structure: &'a Structure<'a>,
    /// Offset of the next entry, in bytes from the object's start.
    position: u64,
    /// Number of entries left.
    left: u64,
}

impl<'a> Entries<'a> {
    /// The next entry, or `None` after the last one.
    pub(crate) fn next(&mut self) -> Parsed<Option<Entry<'a>>> {
        if self.left == 0 {
            return Ok(None);
        }
        let (structure, offset) = (self.structure, self.position);
        let (length, link): (u8, u64) = if structure.big_tiff { (20, 8) } else { (12, 4) };
        // The offset of the next directory follows the last entry, and is read together with the
        // entries.
        let likely_end = offset.saturating_add(self.left * u64::from(length) + link);
        let bytes = structure.bytes(offset, length.into(), likely_end)?;
        self.position += u64::from(length);
        self.left -= 1;
        Ok(Some(Entry { structure, bytes, offset }))
    }

    /// The end (exclusive) of this directory, and the offset of the next directory (0 if there is
    /// none), in bytes from the structure's start. All entries must have been read before.
    pub(crate) fn next_directory(&self) -> Parsed<(u64, u64)> {
        let structure = self.structure;
        let length: u8 = if structure.big_tiff { 8 } else { 4 };
        let next = structure.number(structure.bytes(self.position, length.into(), 0)?);
        Ok((self.position + u64::from(length) - structure.start, next))
    }
}

/// A directory entry: a tag, and values of one type.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    structure: &'a Structure<'a>,
    bytes: &'a [u8],
    /// Offset of the entry, in bytes from the object's start.
    pub(crate) offset: u64,
}

impl Entry<'_> {
    /// The entry's tag: the number that says what its values mean.
    pub(crate) fn tag(self) -> u16 {
        self.structure.number(&self.bytes[..2]).try_into().unwrap_or(0)
    }

    /// The number of values.
    pub(crate) fn count(self) -> u64 {
        let slot = self.slot().len();
        self.structure.number(&self.bytes[4..4 + slot])
    }

    /// The first value, which must be an integer.
    pub(crate) fn first_integer(self) -> Parsed<u64> {
        self.integer(0)
    }

    /// The value with this index, which must be an integer. A signed integer is read as if it were
    /// unsigned.
    pub(crate) fn integer(self, index: u64) -> Parsed<u64> {
        let size: u8 = match self.kind() {
            1 | 6 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            16..=18 => 8,
            _ => return self.unexpected(),
        };
        Ok(self.structure.number(self.value(index, size)?))
    }

    /// The value with this index, which must be a fraction: numerator and denominator. A signed
    /// fraction is read as if it were unsigned.
    pub(crate) fn fraction(self, index: u64) -> Parsed<(u32, u32)> {
        if !matches!(self.kind(), 5 | 10) {
            return self.unexpected();
        }
        let (numerator, denominator) = self.value(index, 8)?.split_at(4);
        let part = |bytes| u32::try_from(self.structure.number(bytes)).unwrap_or(0);
        Ok((part(numerator), part(denominator)))
    }

    /// The bytes of a text, including the zero byte at its end, but at most the first [`MAX_TEXT`]
    /// bytes. The entry's type must be ASCII or UTF-8 (EXIF 3.0), or one of the types BYTE and
    /// UNDEFINED, which some writers use for text.
    pub(crate) fn text(self) -> Parsed<Vec<u8>> {
        if !matches!(self.kind(), 1 | 2 | 7 | 129) {
            return self.unexpected();
        }
        let length = self.count().min(MAX_TEXT);
        let (position, slot) = (self.position(self.count()), self.slot());
        let length = usize::try_from(length).unwrap_or(0);
        match position {
            None => Ok(slot[..length].to_vec()),
            Some(position) => Ok(self.structure.bytes(position, length, 0)?.to_vec()),
        }
    }

    /// The range of bytes that the values take up: start and end (exclusive), in bytes from the
    /// object's start. `None` if the entry itself contains the values. The entry's type must be
    /// BYTE or UNDEFINED.
    pub(crate) fn range(self) -> Parsed<Option<(u64, u64)>> {
        if !matches!(self.kind(), 1 | 7) {
            return self.unexpected();
        }
        let count = self.count();
        Ok(self.position(count).map(|start| (start, start.saturating_add(count))))
    }

    /// The type of the values.
    fn kind(self) -> u64 {
        self.structure.number(&self.bytes[2..4])
    }

    fn unexpected<T>(self) -> Parsed<T> {
        corrupt("a directory entry has an unexpected type", self.offset)
    }

    /// The last bytes of the entry: the values if they fit, or else the offset of the values.
    fn slot(&self) -> &[u8] {
        if self.structure.big_tiff { &self.bytes[12..] } else { &self.bytes[8..] }
    }

    /// Offset of the values, in bytes from the object's start; `None` if the entry itself contains
    /// them. `total` is the size of all values together, in bytes.
    fn position(self, total: u64) -> Option<u64> {
        let structure = self.structure;
        let is_inside = total <= self.slot().len() as u64;
        (!is_inside).then(|| structure.start.saturating_add(structure.number(self.slot())))
    }

    /// The `size` bytes of the value with this index.
    fn value(&self, index: u64, size: u8) -> Parsed<&[u8]> {
        if index >= self.count() {
            return corrupt("a directory entry has no value", self.offset);
        }
        let (distance, length) = (index.saturating_mul(size.into()), usize::from(size));
        if let Some(start) = self.position(self.count().saturating_mul(size.into())) {
            return self.structure.bytes(start.saturating_add(distance), length, 0);
        }
        let start = usize::try_from(distance).unwrap_or(0);
        Ok(&self.slot()[start..start + length])
    }
}
