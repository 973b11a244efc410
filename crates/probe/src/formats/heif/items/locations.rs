//! Locations of item data (ISO/IEC 14496-12, 8.11.3).

use std::ops::Range;

use super::{FULL_BOX, Items};
use crate::extents::Extents;
use crate::source::{Parsed, Source};

/// Maximum number of extents of an item. Writers use one, or a few.
const MAX_EXTENTS: u64 = 64;

/// Maximum number of bytes to read of an item's data if the data is split into several extents.
const MAX_JOINED: u64 = 64 << 10;

/// Calls `parse` with a source that contains the data of the item `id`, and with the start and the
/// end (exclusive) of the data. If the data is split into several extents, they are joined and cut
/// to [`MAX_JOINED`] bytes.
///
/// Returns `None` if the item has no location. Also returns `None` if the data is in another file
/// or in another item, because such data is not supported.
pub(super) fn read<T>(
    items: &Items<'_>,
    id: u32,
    parse: impl FnOnce(&Source<'_>, u64, u64) -> Parsed<T>,
) -> Parsed<Option<T>> {
    let source = items.source;
    match &of(items, id)?[..] {
        [] => Ok(None),
        [only] => parse(source, only.start, only.end).map(Some),
        extents => {
            let mut joined = Vec::new();
            for extent in extents {
                let room = MAX_JOINED.saturating_sub(joined.len() as u64);
                let length = extent.end.saturating_sub(extent.start).min(room);
                let length = usize::try_from(length).unwrap_or(0);
                joined.extend_from_slice(source.bytes(extent.start, length)?);
            }
            let size = joined.len() as u64;
            parse(&source.extracted(&Extents::of(joined)), 0, size).map(Some)
        }
    }
}

/// The extents that make up the data of the item `id`, in bytes from the object's start. Empty if
/// the item has no location, or if its data is in another file or in another item.
fn of(items: &Items<'_>, id: u32) -> Parsed<Vec<Range<u64>>> {
    let Some(iloc) = items.child(*b"iloc")? else { return Ok(Vec::new()) };
    let source = items.source;
    let Some(entry) = Entries::new(source, iloc.content, iloc.end)?.find(id)? else {
        return Ok(Vec::new());
    };
    let (base, end) = match entry.construction {
        0 => (0, source.size()),
        1 => match items.child(*b"idat")? {
            Some(idat) => (idat.content, idat.end),
            None => return Ok(Vec::new()),
        },
        _ => return Ok(Vec::new()),
    };
    let place = |(offset, length): &(u64, u64)| {
        let start = base.saturating_add(*offset);
        // Length zero means that the extent reaches to the end of the file or of `idat`.
        let is_all = *length == 0;
        start..if is_all { end } else { start.saturating_add(*length) }
    };
    Ok(entry.extents.iter().map(place).collect())
}

/// The location of an item.
struct Entry {
    /// 0 for offsets in the file, 1 for offsets in `idat`, 2 for offsets in another item.
    construction: u16,
    /// Offset and length of each extent, in bytes.
    extents: Vec<(u64, u64)>,
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
    /// Starts after the count of entries, which is not needed: the walk ends at `end`.
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

    /// The first entry for the item `id` that has extents in this file; `None` if there is none.
    fn find(mut self, id: u32) -> Parsed<Option<Entry>> {
        let extent = u64::from(self.index_size + self.offset_size + self.length_size);
        while self.position < self.end {
            let item = self.number(if self.version < 2 { 2 } else { 4 })?;
            let construction = if self.version == 0 { 0 } else { self.number(2)? & 15 };
            // The number of the file that contains the data; 0 means this file.
            let reference = self.number(2)?;
            let base = self.number(self.base_size)?;
            let extents = self.number(2)?;
            if item == u64::from(id) && extents > 0 && reference == 0 {
                let construction = u16::try_from(construction).unwrap_or(u16::MAX);
                let mut located = Vec::new();
                for _ in 0..extents.min(MAX_EXTENTS) {
                    self.number(self.index_size)?;
                    let offset = base.saturating_add(self.number(self.offset_size)?);
                    located.push((offset, self.number(self.length_size)?));
                }
                return Ok(Some(Entry { construction, extents: located }));
            }
            self.position += extents * extent;
        }
        Ok(None)
    }

    /// Reads the number that takes up `size` bytes at the position, and moves past the number. The
    /// number is 0 if `size` is 0.
    fn number(&mut self, size: u8) -> Parsed<u64> {
        let bytes = self.source.bytes(self.position, size.into())?;
        self.position += u64::from(size);
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
