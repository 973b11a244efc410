//! The primary image item and its properties (ISO/IEC 23008-12, 6 and 9).

use super::Picture;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};

/// What a `meta` box is expected to take at most; reading it at once pays.
const META: u64 = 1 << 20;

/// Bytes of version and flags in front of a full box's content.
const FULL_BOX: u64 = 4;

/// The primary item, by `pitm` → `ipma` → its properties. Other items are
/// tiles, thumbnails, alpha planes or depth maps: the largest `ispe` may well
/// belong to one of them. `None` if no item is declared primary.
pub(super) fn primary(source: &Source<'_>, meta: Box) -> Parsed<Option<Picture>> {
    let start = meta.content + FULL_BOX;
    source.bytes_until(start, 8, meta.end.min(start + META))?;
    let level = || Boxes::within(source, start, meta.end);
    let Some(pitm) = level().find(*b"pitm")? else { return Ok(None) };
    let Some(iprp) = level().find(*b"iprp")? else {
        return corrupt("the image items have no properties", meta.content);
    };
    let id = item_id(source, pitm)?;
    let coding = match level().find(*b"iinf")? {
        Some(iinf) => coding(source, iinf, id)?,
        None => *b"    ",
    };
    let mut state = State { coding, ..State::default() };
    let indices = associations(source, iprp, id)?;
    for property in properties(source, iprp, &indices)? {
        state.apply(source, property)?;
    }
    state.picture(iprp.content).map(Some)
}

/// 8.11.4 of ISO/IEC 14496-12: 16 bits, or 32 from version 1 on.
fn item_id(source: &Source<'_>, pitm: Box) -> Parsed<u32> {
    match source.u8(pitm.content)? {
        0 => source.u16_be(pitm.content + FULL_BOX).map(u32::from),
        _ => source.u32_be(pitm.content + FULL_BOX),
    }
}

/// The type of the item, or, where it is derived from others, of the first
/// coded one: all are coded alike (8.11.6 of ISO/IEC 14496-12).
fn coding(source: &Source<'_>, iinf: Box, id: u32) -> Parsed<[u8; 4]> {
    let count_length = if source.u8(iinf.content)? == 0 { 2 } else { 4 };
    let mut entries = Boxes::within(source, iinf.content + FULL_BOX + count_length, iinf.end);
    let mut first_coded = None;
    let mut primary = None;
    while let Some(infe) = entries.next()? {
        let (item, kind) = item_type(source, infe)?;
        if item == id {
            primary = Some(kind);
        }
        if is_coded(kind) {
            first_coded.get_or_insert(kind);
        }
        if let (Some(primary), Some(coded)) = (primary, first_coded) {
            return Ok(if is_coded(primary) { primary } else { coded });
        }
    }
    Ok(primary.unwrap_or(*b"    "))
}

/// An item's number and type; versions before 2 have none.
fn item_type(source: &Source<'_>, infe: Box) -> Parsed<(u32, [u8; 4])> {
    let start = infe.content + FULL_BOX;
    match source.u8(infe.content)? {
        0 | 1 => Ok((source.u16_be(start)?.into(), *b"    ")),
        2 => Ok((source.u16_be(start)?.into(), source.array(start + 4)?)),
        _ => Ok((source.u32_be(start)?, source.array(start + 6)?)),
    }
}

fn is_coded(kind: [u8; 4]) -> bool {
    matches!(&kind, b"av01" | b"hvc1" | b"lhv1" | b"avc1" | b"jpeg" | b"j2k1" | b"vvc1" | b"unci")
}

/// The item's properties as 1-based indices into `ipco`, in the order in which
/// they apply (23008-12, 9.3.1).
fn associations(source: &Source<'_>, iprp: Box, id: u32) -> Parsed<Vec<u16>> {
    let mut boxes = Boxes::within(source, iprp.content, iprp.end);
    while let Some(found) = boxes.next()? {
        if found.kind != *b"ipma" {
            continue;
        }
        if let Some(indices) = Associations::new(source, found)?.of(id)? {
            return Ok(indices);
        }
    }
    corrupt("the primary item has no properties", iprp.content)
}

/// A walk over one `ipma` box.
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
            position: ipma.content + FULL_BOX + 4,
            end: ipma.end,
            wide_ids: version >= 1,
            wide_indices: flags & 1 == 1,
        })
    }

    fn of(mut self, id: u32) -> Parsed<Option<Vec<u16>>> {
        while self.position < self.end {
            let item = self.id()?;
            let count = self.source.u8(self.position)?;
            self.position += 1;
            let indices = self.indices(count)?;
            if item == id {
                return Ok(Some(indices));
            }
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

    /// The top bit of each says that the property is essential.
    fn indices(&mut self, count: u8) -> Parsed<Vec<u16>> {
        let mut indices = Vec::with_capacity(count.into());
        for _ in 0..count {
            if self.wide_indices {
                indices.push(self.source.u16_be(self.position)? & 0x7FFF);
                self.position += 2;
            } else {
                indices.push(u16::from(self.source.u8(self.position)? & 0x7F));
                self.position += 1;
            }
        }
        Ok(indices)
    }
}

/// The boxes of `ipco` with these indices, which count from 1; 0 stands for none.
fn properties(source: &Source<'_>, iprp: Box, indices: &[u16]) -> Parsed<Vec<Box>> {
    let Some(ipco) = Boxes::within(source, iprp.content, iprp.end).find(*b"ipco")? else {
        return corrupt("the property container is missing", iprp.content);
    };
    let last = indices.iter().max().copied().unwrap_or(0);
    let mut boxes = Boxes::within(source, ipco.content, ipco.end);
    let mut all = Vec::new();
    while all.len() < usize::from(last) {
        match boxes.next()? {
            Some(found) => all.push(found),
            None => return corrupt("a property of the primary item is missing", ipco.content),
        }
    }
    let at = |index: &u16| all.get(usize::from(*index).checked_sub(1)?).copied();
    Ok(indices.iter().filter_map(at).collect())
}

/// The picture after the properties applied so far.
#[derive(Default)]
struct State {
    extent: Option<(u32, u32)>,
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
}

impl State {
    /// Applies one property; those that do not change the dimensions count for nothing.
    fn apply(&mut self, source: &Source<'_>, property: Box) -> Parsed<()> {
        let start = property.content;
        match &property.kind {
            // 6.5.3: image spatial extents. A second one would contradict the first.
            b"ispe" if self.extent.is_none() => {
                let field = |index: u64| source.u32_be(start + FULL_BOX + 4 * index);
                self.extent = Some((field(0)?, field(1)?));
            }
            // 6.5.6: bits of each channel.
            b"pixi" => {
                self.channels = Some(source.u8(start + FULL_BOX)?);
                self.bits_per_channel = Some(source.u8(start + FULL_BOX + 1)?);
            }
            b"clap" => self.crop(source, start)?,
            // 6.5.10: quarter turns.
            b"irot" if source.u8(start)? & 1 == 1 => {
                self.extent = self.extent.map(|(width, height)| (height, width));
            }
            _ => {}
        }
        Ok(())
    }

    /// Clean aperture (ISO/IEC 14496-12, 12.1.4): width and height as fractions.
    fn crop(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        let field = |index: u64| source.u32_be(start + 4 * index);
        let Some((full_width, full_height)) = self.extent else {
            return corrupt("the clean aperture comes before the extent", start);
        };
        let width = rounded(field(0)?, field(1)?).filter(|width| *width <= full_width);
        let height = rounded(field(2)?, field(3)?).filter(|height| *height <= full_height);
        let (Some(width), Some(height)) = (width, height) else {
            return corrupt("the clean aperture contradicts the extent", start);
        };
        self.extent = Some((width, height));
        Ok(())
    }

    fn picture(self, offset: u64) -> Parsed<Picture> {
        let missing = Stop::Corrupt { what: "the primary item has no extent", offset };
        let (width, height) = self.extent.ok_or(missing)?;
        let Self { coding, bits_per_channel, channels, .. } = self;
        Ok(Picture { width, height, coding, bits_per_channel, channels })
    }
}

fn rounded(numerator: u32, denominator: u32) -> Option<u32> {
    let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
    u32::try_from((numerator + denominator / 2).checked_div(denominator)?).ok()
}
