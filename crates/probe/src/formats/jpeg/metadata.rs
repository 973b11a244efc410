//! Metadata in application segments: JFIF, EXIF, ICC profiles and C2PA manifests.

use std::ops::Range;

use crate::exif::{self, Exif};
use crate::extents::Extents;
use crate::image::{Density, Unit};
use crate::source::{Parsed, Source};
use crate::{Image, icc};

const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP11: u8 = 0xEB;

/// Size in bytes of the prefix of EXIF metadata: `Exif`, a zero byte and padding.
const EXIF_PREFIX: u64 = 6;

/// Size in bytes of the prefix of a part of an ICC profile: `ICC_PROFILE`, a zero byte, the part's
/// number, from 1, and the number of parts (ICC.1:2022, annex B.4).
const ICC_PREFIX: u64 = 14;

/// Maximum number of bytes to search for the description in an ICC profile that has several parts.
const MAX_PROFILE: u64 = 1 << 20;

/// Maximum number of parts of an ICC profile. The parts are numbered from 1, in one byte.
const MAX_PARTS: usize = 255;

/// The metadata seen so far. Like decoders, the probe uses only the first EXIF metadata and only
/// the first JFIF header.
#[derive(Default)]
pub(super) struct Metadata {
    exif: Option<Exif>,
    has_jfif: bool,
    /// The density in the JFIF header.
    density: Option<Density>,
    /// Each part of the ICC profile: its number, and the range of its bytes in the object.
    profile: Vec<(u8, Range<u64>)>,
    content_credentials: bool,
}

impl Metadata {
    /// Reads the segment with this marker and payload, and keeps its facts.
    pub(super) fn take(
        &mut self,
        source: &Source<'_>,
        marker: u8,
        payload: Range<u64>,
    ) -> Parsed<()> {
        let Range { start, end } = payload;
        match marker {
            APP0 if !self.has_jfif => {
                if let Some([b'J', b'F', b'I', b'F', 0, _, _, rest @ ..]) =
                    prefix::<12>(source, start..end)?
                {
                    self.has_jfif = true;
                    self.density = jfif_density(rest);
                }
            }
            APP1 if self.exif.is_none() => self.take_exif(source, start..end)?,
            APP2 if self.profile.len() < MAX_PARTS => {
                let prefix = prefix::<14>(source, start..end)?;
                if let Some([name @ .., number, _]) = prefix
                    && name == *b"ICC_PROFILE\0"
                {
                    self.profile.push((number, start + ICC_PREFIX..end));
                }
            }
            APP11 if !self.content_credentials => {
                let header = prefix::<28>(source, start..end)?;
                self.content_credentials = header.is_some_and(|header| is_c2pa(&header));
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps the EXIF metadata, if the payload contains any. The sixth byte of the prefix is
    /// padding; like decoders, the probe accepts any value there.
    fn take_exif(&mut self, source: &Source<'_>, payload: Range<u64>) -> Parsed<()> {
        if prefix::<5>(source, payload.clone())? == Some(*b"Exif\0") {
            self.exif = Some(exif::read(source, payload.start + EXIF_PREFIX, payload.end)?);
        }
        Ok(())
    }

    /// Adds the kept facts to `image`.
    pub(super) fn apply(&mut self, source: &Source<'_>, image: &mut Image) -> Parsed<()> {
        image.density = self.density;
        image.content_credentials = self.content_credentials;
        image.take_exif(self.exif.take().unwrap_or_default());
        self.profile.sort_by_key(|(number, _)| *number);
        if let [(_, first), more @ ..] = &self.profile[..] {
            let mut profile = icc::read(source, first.start, first.end)?;
            let is_profile = profile.color_space.is_some();
            if is_profile && profile.description.is_none() && !more.is_empty() {
                // The profile's description may lie beyond the profile's first part.
                let parts = self.profile.iter().map(|(_, part)| part);
                if let Some(bytes) = source.optional(joined(source, parts))? {
                    let size = bytes.len() as u64;
                    profile = icc::read(&source.extracted(&Extents::of(bytes)), 0, size)?;
                }
            }
            image.take_profile(profile);
        }
        Ok(())
    }
}

/// The first `N` bytes of a payload; `None` if the payload is shorter, or if these bytes cannot be
/// read.
fn prefix<const N: usize>(source: &Source<'_>, payload: Range<u64>) -> Parsed<Option<[u8; N]>> {
    let Range { start, end } = payload;
    if end - start < N as u64 {
        return Ok(None);
    }
    let bytes = source.optional(source.bytes_until(start, N, end))?;
    Ok(bytes.map(|bytes| std::array::from_fn(|index| bytes[index])))
}

/// The density that a JFIF header (ITU-T T.871, 10.1) states after its version: the unit and two
/// numbers. Unit 0 means that only the ratio of the numbers is known.
fn jfif_density([unit, x1, x0, y1, y0]: [u8; 5]) -> Option<Density> {
    let unit = match unit {
        1 => Unit::Inch,
        2 => Unit::Centimeter,
        _ => return None,
    };
    let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    Density::of_integers(x.into(), y.into(), unit)
}

/// True if a payload that starts with `header` is JUMBF (ISO/IEC 19566-5, annex D) and contains a
/// C2PA manifest store (C2PA Technical Specification, "Embedding manifests into JPEG"). The header
/// consists of the prefix `JP`, the box instance (2 bytes), the part's number (4), the superbox's
/// header (8), the description box's header (8), and the first 4 bytes of the superbox's type.
fn is_c2pa(header: &[u8; 28]) -> bool {
    header.starts_with(b"JP") && header[12..16] == *b"jumb" && header[20..28] == *b"jumdc2pa"
}

/// The first [`MAX_PROFILE`] bytes of the profile that is split into these parts.
fn joined<'a>(source: &Source<'_>, parts: impl Iterator<Item = &'a Range<u64>>) -> Parsed<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in parts {
        let room = MAX_PROFILE.saturating_sub(bytes.len() as u64);
        let length = (part.end - part.start).min(room);
        bytes.extend_from_slice(source.bytes(part.start, usize::try_from(length).unwrap_or(0))?);
    }
    Ok(bytes)
}
