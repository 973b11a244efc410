//! Item properties and their effect on a picture (ISO/IEC 23008-12, 6.5 and 9.3.1).

use super::{FULL_BOX, Picture};
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};

/// The boxes of `ipco` with these indices, which count from 1; index 0 means no property.
pub(super) fn listed(source: &Source<'_>, iprp: Box, indices: &[u16]) -> Parsed<Vec<Box>> {
    let Some(ipco) = Boxes::within(source, iprp.content, iprp.end).find(*b"ipco")? else {
        return corrupt("the property container box (ipco) is missing", iprp.content);
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

/// A picture to which properties are applied one by one.
pub(super) struct State {
    /// Width and height in pixels, once known.
    extent: Option<(u32, u32)>,
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
}

impl State {
    /// A picture with this coding format and no properties.
    pub(super) fn new(coding: [u8; 4]) -> Self {
        Self { extent: None, coding, bits_per_channel: None, channels: None }
    }

    /// Takes over the extent and samples of the picture that this one is derived from.
    pub(super) fn derive(&mut self, from: &Picture) {
        self.extent = Some((from.width, from.height));
        self.bits_per_channel = from.bits_per_channel;
        self.channels = from.channels;
    }

    /// Applies one property. Properties that do not affect the reported facts are ignored.
    pub(super) fn apply(&mut self, source: &Source<'_>, property: Box) -> Parsed<()> {
        let start = property.content;
        match &property.kind {
            // 6.5.3: image spatial extents. The first counts.
            b"ispe" if self.extent.is_none() => {
                let field = |index: u64| source.u32_be(start + FULL_BOX + 4 * index);
                self.extent = Some((field(0)?, field(1)?));
            }
            // 6.5.6: the number of channels, then the bits of each.
            b"pixi" => {
                self.channels = Some(source.u8(start + FULL_BOX)?);
                self.bits_per_channel = Some(source.u8(start + FULL_BOX + 1)?);
            }
            b"clap" => self.crop(source, start)?,
            // 6.5.10: quarter turns, of which an odd number swaps the sides. Mirroring (`imir`)
            // does not affect the dimensions.
            b"irot" if source.u8(start)? & 1 == 1 => {
                self.extent = self.extent.map(|(width, height)| (height, width));
            }
            _ => {}
        }
        Ok(())
    }

    /// Crops to a clean aperture (ISO/IEC 14496-12, 12.1.4), whose width and height are fractions.
    fn crop(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        let field = |index: u64| source.u32_be(start + 4 * index);
        let Some((full_width, full_height)) = self.extent else {
            return corrupt("the clean aperture precedes the dimensions", start);
        };
        let width = rounded(field(0)?, field(1)?).filter(|width| *width <= full_width);
        let height = rounded(field(2)?, field(3)?).filter(|height| *height <= full_height);
        let (Some(width), Some(height)) = (width, height) else {
            return corrupt("the clean aperture does not fit the dimensions", start);
        };
        self.extent = Some((width, height));
        Ok(())
    }

    /// The finished picture. If it has no extent, the error names `offset`.
    pub(super) fn picture(self, offset: u64) -> Parsed<Picture> {
        let missing =
            Stop::Corrupt { what: "the primary item has no dimensions (no ispe property)", offset };
        let (width, height) = self.extent.ok_or(missing)?;
        let Self { coding, bits_per_channel, channels, .. } = self;
        Ok(Picture { width, height, coding, bits_per_channel, channels })
    }
}

/// A fraction rounded to the nearest integer; `None` if the denominator is zero.
fn rounded(numerator: u32, denominator: u32) -> Option<u32> {
    let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
    u32::try_from((numerator + denominator / 2).checked_div(denominator)?).ok()
}
