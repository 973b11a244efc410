//! Locations of item data (ISO/IEC 14496-12, 8.11.3).

use std::ops::Range;

use super::{FULL_BOX, Items};
use crate::source::{Parsed, Source};

/// The first extent of the item `id`, in bytes from the object's start; `None` if the file does not
/// locate it within itself.
pub(super) fn of(items: &Items<'_>, id: u32) -> Parsed<Option<Range<u64>>> {
    let Some(iloc) = items.child(*b"iloc")? else { return Ok(None) };
    let source = items.source;
    let Some(entry) = Entries::new(source, iloc.content, iloc.end)?.find(id)? else {
        return Ok(None);
    };
    let base = match entry.construction {
        0 => 0,
        1 => match items.child(*b"idat")? {
            Some(idat) => idat.content,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let start = base.saturating_add(entry.offset);
    Ok(Some(start..start.saturating_add(entry.length)))
}

/// The location of an item.
struct Entry {
    /// 0 for offsets in the file, 1 for offsets in `idat`, 2 for offsets in another item.
    construction: u16,
    /// Offset of the first extent in bytes.
    offset: u64,
    /// Length of the first extent in bytes.
    length: u64,
}

/// Walks over the entries of an `iloc` box.
struct Entries<'a> {
    source: &'a Source<'a>,
    position: u64,
    end: u64,
    version: u8,
    offset_size: u8,
    length_size: u8,
    base_size: u8,
    index_size: u8,
}

impl<'a> Entries<'a> {
    /// Starts after the number of entries, which the box's end implies.
    fn new(source: &'a Source<'a>, start: u64, end: u64) -> Parsed<Self> {
        let version = source.u8(start)?;
        let [sizes, more] = source.array(start + FULL_BOX)?;
        let count = if version < 2 { 2 } else { 4 };
        Ok(Self {
            source,
            position: start + FULL_BOX + 2 + count,
            end,
            version,
            offset_size: sizes >> 4,
            length_size: sizes & 15,
            base_size: more >> 4,
            index_size: if version == 0 { 0 } else { more & 15 },
        })
    }

    /// The entry of the item `id`, if it has one.
    fn find(mut self, id: u32) -> Parsed<Option<Entry>> {
        let extent = u64::from(self.index_size + self.offset_size + self.length_size);
        while self.position < self.end {
            let item = self.number(if self.version < 2 { 2 } else { 4 })?;
            let construction = if self.version == 0 { 0 } else { self.number(2)? & 15 };
            // The file that contains the data: 0 is this one.
            let reference = self.number(2)?;
            let base = self.number(self.base_size)?;
            let extents = self.number(2)?;
            if item == u64::from(id) && extents > 0 && reference == 0 {
                self.number(self.index_size)?;
                let offset = base.saturating_add(self.number(self.offset_size)?);
                let length = self.number(self.length_size)?;
                let construction = u16::try_from(construction).unwrap_or(u16::MAX);
                return Ok(Some(Entry { construction, offset, length }));
            }
            self.position += extents * extent;
        }
        Ok(None)
    }

    /// Reads the number that takes up `size` bytes at the position, and moves past it; 0 if `size` is
    /// 0.
    fn number(&mut self, size: u8) -> Parsed<u64> {
        let bytes = self.source.bytes(self.position, size.into())?;
        self.position += u64::from(size);
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
