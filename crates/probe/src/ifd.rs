//! Image file directories, of which TIFF files and EXIF metadata consist (TIFF 6.0, section 2;
//! BigTIFF, its 64-bit sibling), in both byte orders.

use crate::source::{Parsed, Source, corrupt};

/// Maximum number of directory entries, of up to 20 bytes each. No writer makes as many.
const MAX_ENTRIES: u64 = 16_384;

/// Bytes to read at once from a directory's start, for the directory and the values that it points
/// to.
const DIRECTORY: u64 = 4 << 10;

/// A TIFF structure: a whole TIFF file, or EXIF metadata within another file.
pub(crate) struct Structure<'a> {
    source: &'a Source<'a>,
    /// Offset of the byte order mark, in bytes from the object's start. Offsets within the
    /// structure count from here.
    start: u64,
    /// End (exclusive) of the structure.
    end: u64,
    little: bool,
    big_tiff: bool,
}

impl<'a> Structure<'a> {
    /// The structure from `start` to `end`, by its byte order mark and magic number.
    pub(crate) fn new(source: &'a Source<'a>, start: u64, end: u64) -> Parsed<Self> {
        // Some writers swap the bytes of the magic number relative to the byte order. Readers go by
        // the byte order.
        let (little, big_tiff) = match &source.array::<4>(start)? {
            b"II*\0" | b"II\0*" => (true, false),
            b"MM\0*" | b"MM*\0" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return corrupt("the byte order mark is missing", start),
        };
        Ok(Self { source, start, end, little, big_tiff })
    }

    /// The entries of IFD0, the first directory.
    pub(crate) fn first_directory(&self) -> Parsed<Entries<'_>> {
        let (at, length) = if self.big_tiff { (8, 8) } else { (4, 4) };
        let directory = self.number(self.bytes(self.start + at, length, 0)?);
        self.directory(self.start.saturating_add(directory))
    }

    /// The entries of the directory at `offset` bytes from the object's start.
    fn directory(&self, offset: u64) -> Parsed<Entries<'_>> {
        let length: u8 = if self.big_tiff { 8 } else { 2 };
        let likely_end = offset.saturating_add(DIRECTORY);
        let left = self.number(self.bytes(offset, length.into(), likely_end)?);
        if !(1..=MAX_ENTRIES).contains(&left) {
            return corrupt("a directory has an implausible number of entries", offset);
        }
        Ok(Entries { structure: self, position: offset + u64::from(length), left })
    }

    /// Exactly `length` bytes at `offset` bytes from the object's start, of which none may lie
    /// outside the structure. If they are missing, up to `likely_end` is read at once.
    fn bytes(&self, offset: u64, length: usize, likely_end: u64) -> Parsed<&'a [u8]> {
        if self.end < self.source.size() && offset.saturating_add(length as u64) > self.end {
            return corrupt("a directory or value lies outside the metadata", offset);
        }
        self.source.bytes_until(offset, length, likely_end.min(self.end))
    }

    /// An unsigned number of up to 8 bytes, in this byte order.
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
        let length: u8 = if structure.big_tiff { 20 } else { 12 };
        let likely_end = offset.saturating_add(self.left * u64::from(length));
        let bytes = structure.bytes(offset, length.into(), likely_end)?;
        self.position += u64::from(length);
        self.left -= 1;
        Ok(Some(Entry { structure, bytes, offset }))
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
    /// The number that identifies the field.
    pub(crate) fn tag(self) -> u16 {
        self.structure.number(&self.bytes[..2]).try_into().unwrap_or(0)
    }

    /// The first value, which must be an integer. It is stored in the entry itself if all values
    /// fit there, and otherwise where the entry points.
    pub(crate) fn first_integer(self) -> Parsed<u64> {
        let structure = self.structure;
        let (count, slot) = self.bytes[4..].split_at(if structure.big_tiff { 8 } else { 4 });
        let size: usize = match structure.number(&self.bytes[2..4]) {
            1 | 6 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            16..=18 => 8,
            _ => return corrupt("a directory entry has an unexpected type", self.offset),
        };
        let total = structure.number(count).saturating_mul(size as u64);
        if total == 0 {
            return corrupt("a directory entry has no value", self.offset);
        }
        if total <= slot.len() as u64 {
            return Ok(structure.number(&slot[..size]));
        }
        let offset = structure.start.saturating_add(structure.number(slot));
        Ok(structure.number(structure.bytes(offset, size, 0)?))
    }
}
