//! Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2). HEIF and AVIF files consist of
//! boxes, and so do JPEG XL and JPEG 2000 files that are not bare codestreams.

use crate::source::{Parsed, Source, corrupt};

/// Number of bytes to request in one read from the start of a box header. The boxes that a parser
/// needs next usually begin within these bytes.
const NEIGHBORHOOD: u64 = 64 << 10;

/// A box; its offsets are in bytes from the object's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box {
    /// The four-character type.
    pub(crate) kind: [u8; 4],
    /// Offset of the content.
    pub(crate) content: u64,
    /// End (exclusive) of the box.
    pub(crate) end: u64,
}

/// Walks over adjacent boxes, such as the children of one box.
pub(crate) struct Boxes<'a> {
    source: &'a Source<'a>,
    position: u64,
    end: u64,
}

impl<'a> Boxes<'a> {
    /// Walks over the boxes from `start` to `end` (exclusive).
    pub(crate) fn within(source: &'a Source<'a>, start: u64, end: u64) -> Self {
        Self { source, position: start, end }
    }

    /// The next box, or `None` after the last one.
    pub(crate) fn next(&mut self) -> Parsed<Option<Box>> {
        let start = self.position;
        // A remainder that is too short for a box header is padding.
        if self.end.saturating_sub(start) < 8 {
            return Ok(None);
        }
        self.source.bytes_until(start, 8, start + NEIGHBORHOOD)?;
        let [s3, s2, s1, s0, kind @ ..] = self.source.array::<8>(start)?;
        let (header, size) = match u32::from_be_bytes([s3, s2, s1, s0]) {
            // Size 0 means that the box extends to the end of the file or of its parent.
            0 => (8, self.end - start),
            1 => (16, self.source.u64_be(start + 8)?),
            size => (8, size.into()),
        };
        if size < header {
            return corrupt("a box is smaller than its own header", start);
        }
        let end = start.saturating_add(size);
        if end > self.end && self.end < self.source.size() {
            return corrupt("a box extends beyond its parent box", start);
        }
        self.position = end;
        Ok(Some(Box { kind, content: start + header, end }))
    }

    /// The first box of type `kind`, or `None` if there is none.
    pub(crate) fn find(mut self, kind: [u8; 4]) -> Parsed<Option<Box>> {
        while let Some(found) = self.next()? {
            if found.kind == kind {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
