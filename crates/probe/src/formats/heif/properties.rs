//! Properties of items and sample entries, and their effect on a picture (ISO/IEC 23008-12, 6.5 and
//! 9.3.1).

mod aperture;
mod codecs;

use aperture::Aperture;

use super::Picture;
use super::items::FULL_BOX;
use crate::icc::{self, Profile};
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

/// A picture to which properties are applied: first those that describe the picture, in any order,
/// then those that transform it, in the order in which the item lists them.
pub(super) struct State {
    /// Width and height in pixels, once known.
    extent: Option<(u32, u32)>,
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
    profile: Option<Profile>,
    is_rotated: bool,
}

impl State {
    /// A picture with this coding format and no properties.
    pub(super) fn new(coding: [u8; 4]) -> Self {
        Self {
            extent: None,
            coding,
            bits_per_channel: None,
            channels: None,
            profile: None,
            is_rotated: false,
        }
    }

    /// True if the bits per channel, the number of channels or the ICC profile is still unknown.
    pub(super) fn lacks_samples(&self) -> bool {
        self.bits_per_channel.is_none() || self.channels.is_none() || self.profile.is_none()
    }

    /// Takes the bits per channel, the number of channels and the ICC profile from `of`, a picture
    /// from which this picture is derived. Values that are already known are kept.
    pub(super) fn take_samples(&mut self, of: &Picture) {
        self.bits_per_channel = self.bits_per_channel.or(of.bits_per_channel);
        self.channels = self.channels.or(of.channels);
        self.profile = self.profile.take().or_else(|| of.profile.clone());
    }

    /// Sets the extent in pixels, as stated at `offset`. Fails if a different extent is already
    /// known, because decoders disagree on which of the two extents to use.
    pub(super) fn take_extent(&mut self, extent: (u32, u32), offset: u64) -> Parsed<()> {
        if *self.extent.get_or_insert(extent) == extent {
            return Ok(());
        }
        corrupt("two extents of the picture contradict each other", offset)
    }

    /// Applies a property if it describes the untransformed picture. Ignores all other properties.
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
            // ISO/IEC 14496-12, 12.1.5: an ICC profile, or numbers that identify a color space. The
            // numbers are not read.
            b"colr" if self.profile.is_none() => {
                if let b"prof" | b"rICC" = &source.array::<4>(start)? {
                    self.profile = Some(icc::read(source, start + 4, property.end)?);
                }
            }
            // MIAF requires `pixi`. But in many files, only the decoder's configuration states the
            // channels and their bits.
            _ => {
                if let Some((bits, channels)) = codecs::samples(source, property)? {
                    self.bits_per_channel.get_or_insert(bits);
                    self.channels.get_or_insert(channels);
                }
            }
        }
        Ok(())
    }

    /// Applies a property if it crops or rotates the picture. Ignores all other properties.
    pub(super) fn transform(&mut self, source: &Source<'_>, property: Box) -> Parsed<()> {
        match &property.kind {
            b"clap" => self.crop(source, property.content),
            b"irot" => self.rotate(source, property.content),
            // Mirroring (`imir`) does not affect the dimensions.
            _ => Ok(()),
        }
    }

    /// Rotates by quarter turns (6.5.10). An odd number of turns swaps width and height. A second
    /// rotation of an AVIF image is an error: MIAF forbids it (ISO/IEC 23000-22, 7.3.6.7), browsers
    /// ignore it, and other decoders apply it.
    pub(super) fn rotate(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        if self.is_rotated && self.is_av1() {
            return corrupt("the picture has two rotations", start);
        }
        self.is_rotated = true;
        if source.u8(start)? & 1 == 1 {
            self.extent = self.extent.map(|(width, height)| (height, width));
        }
        Ok(())
    }

    /// Crops to a clean aperture. The picture of an AVIF image is cropped only if the aperture
    /// begins at the top left. Browsers ignore any other aperture and show the whole image.
    fn crop(&mut self, source: &Source<'_>, start: u64) -> Parsed<()> {
        let Some(extent) = self.extent else { return Ok(()) };
        let aperture = Aperture::read(source, start)?;
        let Some(cropped) = aperture.within(extent) else {
            return corrupt("the clean aperture does not fit the dimensions", start);
        };
        if !self.is_av1() || aperture.begins_at_top_left(extent) {
            self.extent = Some(cropped);
        }
        Ok(())
    }

    fn is_av1(&self) -> bool {
        self.coding == *b"av01"
    }

    /// The finished picture, or an error at `offset` if the picture has no extent.
    pub(super) fn picture(self, offset: u64) -> Parsed<Picture> {
        let missing =
            Stop::Corrupt { what: "the primary item has no dimensions (no ispe property)", offset };
        let (width, height) = self.extent.ok_or(missing)?;
        let Self { coding, bits_per_channel, channels, profile, .. } = self;
        Ok(Picture {
            width,
            height,
            coding,
            bits_per_channel,
            channels,
            has_alpha: None,
            frames: None,
            profile,
        })
    }
}
