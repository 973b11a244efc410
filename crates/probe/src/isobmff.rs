//! Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2), which
//! HEIF, AVIF, JPEG XL and JPEG 2000 files are made of.

use crate::source::{Parsed, Source, corrupt};

/// What to read along with a box's header, in bytes: the header is followed by
/// the boxes within or behind it, which is what is looked for.
const NEIGHBOURHOOD: u64 = 64 << 10;

/// One box: where its content lies, in bytes from the object's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box {
    /// The four-character type.
    pub(crate) kind: [u8; 4],
    /// The content's first byte.
    pub(crate) content: u64,
    /// The first byte after the box.
    pub(crate) end: u64,
}

/// A walk over the boxes of one level.
pub(crate) struct Boxes<'a> {
    source: &'a Source<'a>,
    position: u64,
    end: u64,
}

impl<'a> Boxes<'a> {
    /// The boxes between two offsets.
    pub(crate) fn within(source: &'a Source<'a>, start: u64, end: u64) -> Self {
        Self { source, position: start, end }
    }

    /// The next box; `None` at the level's end.
    pub(crate) fn next(&mut self) -> Parsed<Option<Box>> {
        let start = self.position;
        // Fewer bytes than a box's header are padding.
        if self.end.saturating_sub(start) < 8 {
            return Ok(None);
        }
        self.source.bytes_until(start, 8, start + NEIGHBOURHOOD)?;
        let [s3, s2, s1, s0, kind @ ..] = self.source.array::<8>(start)?;
        let (header, size) = match u32::from_be_bytes([s3, s2, s1, s0]) {
            // Up to the end of the file, or of the box around it.
            0 => (8, self.end - start),
            1 => (16, self.source.u64_be(start + 8)?),
            size => (8, size.into()),
        };
        if size < header {
            return corrupt("a box is smaller than its own header", start);
        }
        let end = start.saturating_add(size);
        if end > self.end && self.end < self.source.size() {
            return corrupt("a box reaches beyond the box around it", start);
        }
        self.position = end;
        Ok(Some(Box { kind, content: start + header, end }))
    }

    /// The first box of a type; `None` if the level has none.
    pub(crate) fn find(mut self, kind: [u8; 4]) -> Parsed<Option<Box>> {
        while let Some(found) = self.next()? {
            if found.kind == kind {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
