//! The primary image item (ISO/IEC 23008-12, clause 6; ISO/IEC 14496-12, 8.11).

mod associations;
mod auxiliary;
mod locations;
mod metadata;

use super::Picture;
use super::properties::{self, State};
use crate::Image;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};

/// Number of bytes of a `meta` box to request in one read: more than such a box usually has.
const META: u64 = 1 << 20;

/// Size in bytes of the version and the flags, which precede the fields of a full box.
pub(super) const FULL_BOX: u64 = 4;

/// Largest number of derivations to follow from the primary item. The limit also ends a cycle.
const MAX_DEPTH: u32 = 4;

/// Placeholder for the type of an item if the file states no type.
const NO_TYPE: [u8; 4] = *b"    ";

/// The picture of the primary item, or `None` if no item is declared primary.
///
/// `pitm` names the item, and `ipma` lists its properties, such as the extent (`ispe`). Taking the
/// largest `ispe` of the file instead would be wrong: it may belong to a tile, a thumbnail, an
/// alpha plane or a depth map.
pub(super) fn primary(source: &Source<'_>, meta: Box) -> Parsed<Option<Picture>> {
    let items = Items::new(source, meta)?;
    let Some(id) = items.primary_id()? else { return Ok(None) };
    let mut picture = items.picture(id, MAX_DEPTH)?;
    picture.has_alpha = source.optional(auxiliary::has_alpha(&items, id))?;
    Ok(Some(picture))
}

/// Adds to `image` the facts in the EXIF metadata of the primary item.
pub(super) fn add_exif(source: &Source<'_>, meta: Box, image: &mut Image) -> Parsed<()> {
    let items = Items::new(source, meta)?;
    if let Some(id) = items.primary_id()? {
        metadata::add_exif(&items, id, image)?;
    }
    Ok(())
}

/// The items that the boxes of a `meta` box describe.
struct Items<'a> {
    source: &'a Source<'a>,
    start: u64,
    end: u64,
}

impl<'a> Items<'a> {
    fn new(source: &'a Source<'a>, meta: Box) -> Parsed<Self> {
        let start = meta.content + FULL_BOX;
        source.bytes_until(start, 8, meta.end.min(start + META))?;
        Ok(Self { source, start, end: meta.end })
    }

    fn child(&self, kind: [u8; 4]) -> Parsed<Option<Box>> {
        Boxes::within(self.source, self.start, self.end).find(kind)
    }

    /// The primary item's ID (14496-12, 8.11.4); `None` if no item is declared primary. The ID has
    /// 16 bits in version 0 of the box, and 32 bits in later versions.
    fn primary_id(&self) -> Parsed<Option<u32>> {
        let Some(pitm) = self.child(*b"pitm")? else { return Ok(None) };
        let id = pitm.content + FULL_BOX;
        match self.source.u8(pitm.content)? {
            0 => self.source.u16_be(id).map(|id| Some(id.into())),
            _ => self.source.u32_be(id).map(Some),
        }
    }

    /// The picture of an item, with all properties of the item applied. At most `depth` derivations
    /// are followed.
    fn picture(&self, id: u32, depth: u32) -> Parsed<Picture> {
        let Some(iprp) = self.child(*b"iprp")? else {
            return corrupt("the image items have no properties", self.start);
        };
        let (kind, coding) = self.types(id)?;
        let mut state = State::new(coding);
        let properties = self.properties(iprp, id)?;
        for property in &properties {
            state.describe(self.source, *property)?;
        }
        match &kind {
            b"iden" => {
                // An identity item (23008-12, 6.6.2.1) shows the picture of the item from which it
                // is derived, with further transformations.
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

    /// The properties of an item, in the order in which `ipma` lists them.
    fn properties(&self, iprp: Box, id: u32) -> Parsed<Vec<Box>> {
        let indices = associations::of(self.source, iprp, id)?;
        properties::listed(self.source, iprp, &indices)
    }

    /// Applies a grid or an overlay: a derived item that places the pictures of other items on a
    /// canvas (23008-12, 6.6.2.2 and 6.6.2.3). The data of the derived item states the width and
    /// height of the canvas. Facts about the samples, if still unknown, are taken from the first of
    /// the pictures on the canvas.
    fn compose(&self, state: &mut State, id: u32, kind: [u8; 4], depth: u32) -> Parsed<()> {
        let source = self.source;
        let canvas = |source: &Source<'_>, start: u64, _| canvas(source, start, kind);
        if let Some((extent, offset)) = locations::read(self, id, canvas)? {
            state.take_extent(extent, offset)?;
        }
        if state.lacks_samples()
            && let Some(part) = source.optional(self.derived_from(id, depth))?
        {
            state.take_samples(&part);
        }
        Ok(())
    }

    /// The picture from which an item is derived: the first target of the item's `dimg` reference.
    fn derived_from(&self, id: u32, depth: u32) -> Parsed<Picture> {
        let missing =
            Stop::Corrupt { what: "the derived item lacks its source item", offset: self.start };
        if depth == 0 {
            return Err(missing);
        }
        match self.find_reference(|it| Ok(it.kind == *b"dimg" && it.from == id))? {
            Some(reference) => self.picture(reference.first_to, depth - 1),
            None => Err(missing),
        }
    }

    /// The first reference between items (14496-12, 8.11.12) that satisfies the condition.
    fn find_reference(
        &self,
        mut is_wanted: impl FnMut(&Reference) -> Parsed<bool>,
    ) -> Parsed<Option<Reference>> {
        let Some(iref) = self.child(*b"iref")? else { return Ok(None) };
        let wide = self.source.u8(iref.content)? != 0;
        let mut boxes = Boxes::within(self.source, iref.content + FULL_BOX, iref.end);
        while let Some(found) = boxes.next()? {
            // The box contains the ID of the referring item, a 16-bit count, and the IDs of the
            // items to which that item refers. Of these IDs, only the first is read.
            let position = found.content + if wide { 6 } else { 4 };
            let from = self.item_id(found.content, wide)?;
            let first_to = self.item_id(position, wide)?;
            let reference = Reference { kind: found.kind, from, first_to };
            if is_wanted(&reference)? {
                return Ok(Some(reference));
            }
        }
        Ok(None)
    }

    /// The item ID at `position`, of 32 bits if `wide`, or else of 16.
    fn item_id(&self, position: u64, wide: bool) -> Parsed<u32> {
        if wide {
            self.source.u32_be(position)
        } else {
            self.source.u16_be(position).map(u32::from)
        }
    }

    /// The item's type and its coding format. A derived item is assumed to have the coding format
    /// of the first coded item in the file, because files usually code all their images alike.
    fn types(&self, id: u32) -> Parsed<([u8; 4], [u8; 4])> {
        let Some(mut entries) = self.entries()? else { return Ok((NO_TYPE, NO_TYPE)) };
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

    /// The IDs of the first items of type `kind`, at most `limit` of them.
    fn of_type(&self, kind: [u8; 4], limit: usize) -> Parsed<Vec<u32>> {
        let mut found = Vec::new();
        let Some(mut entries) = self.entries()? else { return Ok(found) };
        while found.len() < limit
            && let Some(infe) = entries.next()?
        {
            let (item, its_kind) = self.entry(infe)?;
            if its_kind == kind {
                found.push(item);
            }
        }
        Ok(found)
    }

    /// The item information entries (14496-12, 8.11.6); `None` if the box `iinf` is missing.
    fn entries(&self) -> Parsed<Option<Boxes<'a>>> {
        let Some(iinf) = self.child(*b"iinf")? else { return Ok(None) };
        let count_length = if self.source.u8(iinf.content)? == 0 { 2 } else { 4 };
        let start = iinf.content + FULL_BOX + count_length;
        Ok(Some(Boxes::within(self.source, start, iinf.end)))
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

/// A reference from an item to other items.
struct Reference {
    kind: [u8; 4],
    /// ID of the item that has the reference.
    from: u32,
    /// ID of the first item that is referred to.
    first_to: u32,
}

/// Returns the width and the height of the canvas of a grid or an overlay, and the offset of the
/// width. The data at `start` begins with version and flags. A grid continues with its numbers
/// of rows and columns, an overlay with its fill color. Then come the width and the height.
fn canvas(source: &Source<'_>, start: u64, kind: [u8; 4]) -> Parsed<((u32, u32), u64)> {
    let offset = start.saturating_add(if kind == *b"grid" { 4 } else { 10 });
    let extent = if source.u8(start.saturating_add(1))? & 1 == 0 {
        (source.u16_be(offset)?.into(), source.u16_be(offset.saturating_add(2))?.into())
    } else {
        (source.u32_be(offset)?, source.u32_be(offset.saturating_add(4))?)
    };
    Ok((extent, offset))
}

/// True if items of this type contain coded image data. Such items are not derived from others.
fn is_coded(kind: [u8; 4]) -> bool {
    matches!(&kind, b"av01" | b"hvc1" | b"lhv1" | b"avc1" | b"jpeg" | b"j2k1" | b"vvc1" | b"unci")
}
