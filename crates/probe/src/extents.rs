//! The parts of an object that have been read.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Byte ranges of one object, sorted by offset, neither overlapping nor touching.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extents {
    list: Vec<Extent>,
}

#[derive(Clone, Debug)]
struct Extent {
    offset: u64,
    bytes: Bytes,
}

impl Extent {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Extents {
    /// The extents of an object whose bytes are all known.
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        let mut extents = Self::default();
        extents.insert(0, &bytes.into());
        extents
    }

    /// Adds the bytes that are not known yet. A known byte keeps its first value, so that a parser
    /// that starts over sees the same bytes again.
    pub(crate) fn insert(&mut self, offset: u64, bytes: &Bytes) {
        let end = offset.saturating_add(bytes.len() as u64);
        let mut from = offset;
        loop {
            let gap = self.first_gap(from..end);
            if gap.is_empty() {
                return;
            }
            let slice = bytes.slice(to_usize(gap.start - offset)..to_usize(gap.end - offset));
            self.insert_gap(gap.start, slice);
            from = gap.end;
        }
    }

    /// The known bytes from `offset` up to the next gap; empty if the byte at `offset` is unknown.
    pub(crate) fn at(&self, offset: u64) -> &[u8] {
        let index = self.list.partition_point(|extent| extent.end() <= offset);
        match self.list.get(index) {
            Some(extent) if extent.offset <= offset => {
                &extent.bytes[to_usize(offset - extent.offset)..]
            }
            _ => &[],
        }
    }

    /// The offset and the bytes of the last extent; empty if no bytes are known.
    pub(crate) fn last(&self) -> (u64, &[u8]) {
        self.list.last().map_or((0, &[]), |extent| (extent.offset, &extent.bytes))
    }

    /// The first unknown part of `range`; empty if all of it is known.
    pub(crate) fn first_gap(&self, range: Range<u64>) -> Range<u64> {
        let start = range.start + self.at(range.start).len() as u64;
        if start >= range.end {
            return range.end..range.end;
        }
        let index = self.list.partition_point(|extent| extent.offset < start);
        let next = self.list.get(index).map_or(range.end, |extent| extent.offset);
        start..next.min(range.end)
    }

    /// Inserts `bytes` into a gap and joins them with adjacent extents.
    fn insert_gap(&mut self, offset: u64, bytes: Bytes) {
        let mut index = self.list.partition_point(|extent| extent.offset < offset);
        self.list.insert(index, Extent { offset, bytes });
        if index > 0 && self.list[index - 1].end() == offset {
            index -= 1;
            self.join_with_next(index);
        }
        if self.list.get(index + 1).is_some_and(|next| next.offset == self.list[index].end()) {
            self.join_with_next(index);
        }
    }

    fn join_with_next(&mut self, index: usize) {
        let next = self.list.remove(index + 1);
        let first = std::mem::take(&mut self.list[index].bytes);
        // Reuses the allocation of `first`, if no other `Bytes` share it.
        let mut joined = BytesMut::from(first);
        joined.extend_from_slice(&next.bytes);
        self.list[index].bytes = joined.freeze();
    }
}

/// Converts a distance within one extent. The distance fits in a `usize`, because the extent is in
/// memory.
fn to_usize(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(parts: &[(u64, &'static [u8])]) -> Extents {
        let mut extents = Extents::default();
        for (offset, bytes) in parts {
            extents.insert(*offset, &Bytes::from_static(bytes));
        }
        extents
    }

    #[test]
    fn neighbors_become_one_and_a_known_byte_keeps_its_first_value() {
        for parts in [&[(0, &b"ab"[..]), (4, b"ef"), (2, b"cd")][..], &[(2, b"cd"), (0, b"abCDef")]]
        {
            let extents = extents(parts);
            assert_eq!(extents.at(0), b"abcdef");
            assert_eq!(extents.at(5), b"f");
            assert_eq!(extents.at(6), b"");
        }
    }

    #[test]
    fn the_last_known_bytes_have_an_offset() {
        assert_eq!(extents(&[]).last(), (0, &b""[..]));
        assert_eq!(extents(&[(6, b"gh"), (0, b"ab")]).last(), (6, &b"gh"[..]));
    }

    #[test]
    fn a_gap_ends_at_the_next_known_byte() {
        let extents = extents(&[(0, b"ab"), (6, b"gh")]);
        assert_eq!(extents.first_gap(0..10), 2..6);
        assert_eq!(extents.first_gap(6..10), 8..10);
        assert!(extents.first_gap(0..2).is_empty());
        assert_eq!(extents.first_gap(3..4), 3..4);
    }

    #[test]
    fn the_largest_offsets_do_not_overflow() {
        for known in [&[][..], &[(3, &b"abc"[..])], &[(u64::MAX - 1, b"abcdef")]] {
            assert_eq!(extents(known).at(u64::MAX), b"");
        }
        assert_eq!(extents(&[(u64::MAX - 1, b"abcdef")]).at(u64::MAX - 1), b"a");
    }
}
