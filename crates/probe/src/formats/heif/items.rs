//! The primary image item (ISO/IEC 23008-12, 6; ISO/IEC 14496-12, 8.11).

mod associations;
mod locations;

use super::Picture;
use super::properties::{self, State};
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};

/// Bytes of a `meta` box to read at once: more than such a box usually has.
const META: u64 = 1 << 20;

/// Bytes of version and flags before the fields of a full box.
pub(super) const FULL_BOX: u64 = 4;

/// Longest chain of derived items that is followed, so that a cycle ends.
const MAX_DEPTH: u32 = 4;

/// Placeholder for the type of an item that has none.
const NO_TYPE: [u8; 4] = *b"    ";

/// The primary item, or `None` if no item is declared primary.
///
/// `pitm` names the item, and `ipma` lists its properties. The largest `ispe` of the file is no
/// substitute, because it may belong to a tile, a thumbnail, an alpha plane or a depth map.
pub(super) fn primary(source: &Source<'_>, meta: Box) -> Parsed<Option<Picture>> {
    let start = meta.content + FULL_BOX;
    source.bytes_until(start, 8, meta.end.min(start + META))?;
    let items = Items { source, start, end: meta.end };
    match items.child(*b"pitm")? {
        Some(pitm) => items.picture(items.primary_id(pitm)?, MAX_DEPTH).map(Some),
        None => Ok(None),
    }
}

/// The boxes of a `meta` box.
struct Items<'a> {
    source: &'a Source<'a>,
    start: u64,
    end: u64,
}

impl Items<'_> {
    fn child(&self, kind: [u8; 4]) -> Parsed<Option<Box>> {
        Boxes::within(self.source, self.start, self.end).find(kind)
    }

    /// The primary item's ID (14496-12, 8.11.4): 16 bits, or 32 from version 1 on.
    fn primary_id(&self, pitm: Box) -> Parsed<u32> {
        match self.source.u8(pitm.content)? {
            0 => self.source.u16_be(pitm.content + FULL_BOX).map(u32::from),
            _ => self.source.u32_be(pitm.content + FULL_BOX),
        }
    }

    /// An item with all its properties applied. `depth` derivations may still be followed.
    fn picture(&self, id: u32, depth: u32) -> Parsed<Picture> {
        let Some(iprp) = self.child(*b"iprp")? else {
            return corrupt("the image items have no properties", self.start);
        };
        let (kind, coding) = self.types(id)?;
        let mut state = State::new(coding);
        let indices = associations::of(self.source, iprp, id)?;
        let properties = properties::listed(self.source, iprp, &indices)?;
        for property in &properties {
            state.describe(self.source, *property)?;
        }
        match &kind {
            b"iden" => {
                // 23008-12, 6.6.2.1: the same picture with further transformations.
                let of = self.derived_from(id, depth)?;
                state.take_extent((of.width, of.height), iprp.content)?;
                state.take_samples(&of);
            }
            b"grid" | b"iovl" => self.compose(&mut state, id, kind, depth)?,
            _ => {}
        }
        for property in &properties {
            state.transform(self.source, *property)?;
        }
        state.picture(iprp.content)
    }

    /// Takes over the extent of the canvas on which other pictures are placed (23008-12, 6.6.2.2
    /// and 6.6.2.3), which the item's data states once more, and the samples of the first of them.
    fn compose(&self, state: &mut State, id: u32, kind: [u8; 4], depth: u32) -> Parsed<()> {
        let source = self.source;
        if let Some(data) = locations::of(self, id)? {
            // Before the extent come version, flags, and either rows and columns or the color of
            // the canvas.
            let start = data.start.saturating_add(if kind == *b"grid" { 4 } else { 10 });
            let extent = if source.u8(data.start.saturating_add(1))? & 1 == 0 {
                (source.u16_be(start)?.into(), source.u16_be(start.saturating_add(2))?.into())
            } else {
                (source.u32_be(start)?, source.u32_be(start.saturating_add(4))?)
            };
            state.take_extent(extent, start)?;
        }
        if state.lacks_samples()
            && let Some(part) = source.optional(self.derived_from(id, depth))?
        {
            state.take_samples(&part);
        }
        Ok(())
    }

    /// The first picture from which an item is derived, by its `dimg` reference (14496-12,
    /// 8.11.12).
    fn derived_from(&self, id: u32, depth: u32) -> Parsed<Picture> {
        let missing =
            Stop::Corrupt { what: "the derived item lacks its source item", offset: self.start };
        let Some(iref) = self.child(*b"iref")?.filter(|_| depth > 0) else { return Err(missing) };
        let wide = self.source.u8(iref.content)? != 0;
        let mut references = Boxes::within(self.source, iref.content + FULL_BOX, iref.end);
        while let Some(reference) = references.next()? {
            if reference.kind == *b"dimg" && self.item_id(reference.content, wide)? == id {
                // After the item's own ID and the 16-bit count comes the ID of its first source.
                let position = reference.content + if wide { 6 } else { 4 };
                return self.picture(self.item_id(position, wide)?, depth - 1);
            }
        }
        Err(missing)
    }

    fn item_id(&self, position: u64, wide: bool) -> Parsed<u32> {
        if wide {
            self.source.u32_be(position)
        } else {
            self.source.u16_be(position).map(u32::from)
        }
    }

    /// The item's type and its coding format (14496-12, 8.11.6). The coding format of a derived
    /// item is that of the first coded item, because its sources all have the same one.
    fn types(&self, id: u32) -> Parsed<([u8; 4], [u8; 4])> {
        let Some(iinf) = self.child(*b"iinf")? else { return Ok((NO_TYPE, NO_TYPE)) };
        let count_length = if self.source.u8(iinf.content)? == 0 { 2 } else { 4 };
        let start = iinf.content + FULL_BOX + count_length;
        let mut entries = Boxes::within(self.source, start, iinf.end);
        let (mut own, mut first_coded) = (None, None);
        while let (Some(infe), true) = (entries.next()?, own.is_none() || first_coded.is_none()) {
            let (item, kind) = self.entry(infe)?;
            if item == id {
                own = Some(kind);
            }
            if is_coded(kind) {
                first_coded.get_or_insert(kind);
            }
        }
        let own = own.unwrap_or(NO_TYPE);
        Ok((own, if is_coded(own) { own } else { first_coded.unwrap_or(own) }))
    }

    /// The ID and type in an item information entry; entries before version 2 have no type.
    fn entry(&self, infe: Box) -> Parsed<(u32, [u8; 4])> {
        let start = infe.content + FULL_BOX;
        match self.source.u8(infe.content)? {
            0 | 1 => Ok((self.source.u16_be(start)?.into(), NO_TYPE)),
            2 => Ok((self.source.u16_be(start)?.into(), self.source.array(start + 4)?)),
            _ => Ok((self.source.u32_be(start)?, self.source.array(start + 6)?)),
        }
    }
}

/// True if items of this type contain coded image data, and so are not derived from other items.
fn is_coded(kind: [u8; 4]) -> bool {
    matches!(&kind, b"av01" | b"hvc1" | b"lhv1" | b"avc1" | b"jpeg" | b"j2k1" | b"vvc1" | b"unci")
}
