//! Properties of items and sample entries, and their effect on a picture (ISO/IEC 23008-12, 6.5 and
//! 9.3.1).

mod codecs;

use super::Picture;
use super::items::FULL_BOX;
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

/// A picture to which properties are applied: first those that describe it, in any order, then
/// those that transform it, in the order in which they are listed.
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

    /// True if the properties do not state bits per channel or channels.
    pub(super) fn lacks_samples(&self) -> bool {
        self.bits_per_channel.is_none() || self.channels.is_none()
    }

    /// Takes over the samples of a picture that this one consists of, unless they are known.
    pub(super) fn take_samples(&mut self, of: &Picture) {
        self.bits_per_channel = self.bits_per_channel.or(of.bits_per_channel);
        self.channels = self.channels.or(of.channels);
    }

    /// Takes over an extent in pixels that is stated at `offset`. Decoders disagree on which of two
    /// different extents counts.
    pub(super) fn take_extent(&mut self, extent: (u32, u32), offset: u64) -> Parsed<()> {
        if *self.extent.get_or_insert(extent) == extent {
            return Ok(());
        }
        corrupt("two extents of the picture contradict each other", offset)
    }

    /// Takes over a property that describes the picture before any transformation.
    pub(super) fn describe(&mut self, source: &Source<'_>, property: Box) -> Parsed<()> {
        let start = property.content;
        match &property.kind {
            // 6.5.3: image spatial extents.
            b"ispe" => {
                let field = |index: u64| source.u32_be(start + FULL_BOX + 4 * index);
                self.take_extent((field(0)?, field(1)?), start)?;
            }
            // 6.5.6: the number of channels, then the bits of each.
            b"pixi" => {
                self.channels = Some(source.u8(start + FULL_BOX)?);
                self.bits_per_channel = Some(source.u8(start + FULL_BOX + 1)?);
            }
            // MIAF requires `pixi`, but many files have only the decoder's configuration.
            _ => {
                if let Some((bits, channels)) = codecs::samples(source, property)? {
                    self.bits_per_channel.get_or_insert(bits);
                    self.channels.get_or_insert(channels);
                }
            }
        }
        Ok(())
    }

    /// Applies a property that transforms the picture, and ignores any other.
    pub(super) fn transform(&mut self, source: &Source<'_>, property: Box) -> Parsed<()> {
        match &property.kind {
            b"clap" => self.crop(source, property.content),
            b"irot" => self.rotate(source, property.content),
            // Mirroring (`imir`) does not affect the dimensions.
            _ => Ok(()),
        }
    }

    /// Rotates by quarter turns (6.5.10), of which an odd number swaps the sides.
    pub(super) fn rotate(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        if source.u8(start)? & 1 == 1 {
            self.extent = self.extent.map(|(width, height)| (height, width));
        }
        Ok(())
    }

    /// Crops to a clean aperture (ISO/IEC 14496-12, 12.1.4), whose width and height are fractions.
    fn crop(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        let field = |index: u64| source.u32_be(start + 4 * index);
        let Some((full_width, full_height)) = self.extent else { return Ok(()) };
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
