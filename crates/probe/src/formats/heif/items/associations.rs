//! Associations of items with their properties (ISO/IEC 23008-12, 9.3.2).

use super::FULL_BOX;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, corrupt};

/// The properties of the item `id`, in the order in which `ipma` lists them. They are given as
/// indices into `ipco`, counted from 1.
pub(super) fn of(source: &Source<'_>, iprp: Box, id: u32) -> Parsed<Vec<u16>> {
    let mut boxes = Boxes::within(source, iprp.content, iprp.end);
    while let Some(found) = boxes.next()? {
        if found.kind != *b"ipma" {
            continue;
        }
        if let Some(indices) = Associations::new(source, found)?.find(id)? {
            return Ok(indices);
        }
    }
    corrupt("the primary item has no properties", iprp.content)
}

/// Walks over the entries of an `ipma` box.
struct Associations<'a> {
    source: &'a Source<'a>,
    position: u64,
    end: u64,
    wide_ids: bool,
    wide_indices: bool,
}

impl<'a> Associations<'a> {
    fn new(source: &'a Source<'a>, ipma: Box) -> Parsed<Self> {
        let [version, _, _, flags] = source.array(ipma.content)?;
        Ok(Self {
            source,
            // Skips the number of entries, which is not needed: the walk ends at `end`.
            position: ipma.content + FULL_BOX + 4,
            end: ipma.end,
            wide_ids: version >= 1,
            wide_indices: flags & 1 == 1,
        })
    }

    /// The indices in the entry of the item `id`; `None` if there is no such entry.
    fn find(mut self, id: u32) -> Parsed<Option<Vec<u16>>> {
        while self.position < self.end {
            let item = self.id()?;
            let count = self.source.u8(self.position)?;
            self.position += 1;
            if item == id {
                return self.indices(count).map(Some);
            }
            self.position += u64::from(count) * if self.wide_indices { 2 } else { 1 };
        }
        Ok(None)
    }

    fn id(&mut self) -> Parsed<u32> {
        let (id, length) = if self.wide_ids {
            (self.source.u32_be(self.position)?, 4)
        } else {
            (self.source.u16_be(self.position)?.into(), 2)
        };
        self.position += length;
        Ok(id)
    }

    /// The next `count` indices, without the top bit of each index. The top bit marks a property as
    /// essential.
    fn indices(&self, count: u8) -> Parsed<Vec<u16>> {
        (0..u64::from(count))
            .map(|index| {
                if self.wide_indices {
                    self.source.u16_be(self.position + 2 * index).map(|index| index & 0x7FFF)
                } else {
                    self.source.u8(self.position + index).map(|index| u16::from(index & 0x7F))
                }
            })
            .collect()
    }
}
