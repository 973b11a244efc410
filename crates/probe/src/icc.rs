//! ICC profiles (ICC.1:2022, to which section numbers refer): color space and description.

use crate::image::{ColorSpace, Image};
use crate::source::{Parsed, Source, corrupt};
use crate::text;

/// Size of the profile header in bytes (7.2). The tag table follows the header (7.3).
const HEADER: u64 = 128;

/// Maximum number of bytes to request in one read from the start of a profile. Most profiles are
/// shorter.
const LIKELY: u64 = 64 << 10;

/// Maximum number of tags that are searched for the description. Profiles have a few dozen.
const MAX_TAGS: u32 = 256;

/// Maximum number of translations of a description that are searched for English.
const MAX_TRANSLATIONS: u32 = 256;

/// Maximum number of bytes to read of a description. Reported descriptions are shorter: at most
/// [`Image::MAX_TEXT`] bytes.
const MAX_DESCRIPTION: u64 = 256;

/// The facts that the probe reads from a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) color_space: Option<ColorSpace>,
    pub(crate) description: Option<String>,
}

/// Reads the profile from `start` to `end`. Facts that cannot be read are `None`.
pub(crate) fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<Profile> {
    let data = Data { source, start, end: end.min(source.size()) };
    let Some(color_space) = source.optional(data.color_space())? else {
        return Ok(Profile::default());
    };
    let description = source.optional(data.description())?.flatten();
    Ok(Profile { color_space, description })
}

/// The bytes of a profile.
struct Data<'a> {
    source: &'a Source<'a>,
    /// Start of the profile, in bytes from the object's start. Offsets within the profile count
    /// from here.
    start: u64,
    /// End (exclusive) of the profile, in bytes from the object's start.
    end: u64,
}

impl<'a> Data<'a> {
    fn bytes(&self, offset: u64, length: u64) -> Parsed<&'a [u8]> {
        let start = self.start.saturating_add(offset);
        if start.saturating_add(length) > self.end {
            return corrupt("the ICC profile ends too early", self.end);
        }
        let likely_end = self.end.min(self.start.saturating_add(LIKELY));
        self.source.bytes_until(start, usize::try_from(length).unwrap_or(0), likely_end)
    }

    fn u32(&self, offset: u64) -> Parsed<u32> {
        let bytes = self.bytes(offset, 4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// The color space that the profile header states (7.2.6); `None` for a color space that the
    /// probe does not report.
    fn color_space(&self) -> Parsed<Option<ColorSpace>> {
        let header = self.bytes(0, HEADER)?;
        if header[36..40] != *b"acsp" {
            return corrupt("the ICC profile has no signature", self.start);
        }
        Ok(match &header[16..20] {
            b"RGB " => Some(ColorSpace::Rgb),
            b"GRAY" => Some(ColorSpace::Gray),
            b"CMYK" => Some(ColorSpace::Cmyk),
            b"Lab " => Some(ColorSpace::Lab),
            b"YCbr" => Some(ColorSpace::YCbCr),
            _ => None,
        })
    }

    /// The profile's description, in the tag `desc` (9.2.41).
    fn description(&self) -> Parsed<Option<String>> {
        let tags = self.u32(HEADER)?.min(MAX_TAGS);
        for index in 0..u64::from(tags) {
            let entry = HEADER + 4 + 12 * index;
            if self.bytes(entry, 4)? == b"desc" {
                let (offset, size) = (self.u32(entry + 4)?, self.u32(entry + 8)?);
                return self.text(offset.into(), size.into());
            }
        }
        Ok(None)
    }

    /// The text of the tag of `size` bytes at offset `tag` in the profile; `None` if the tag's type
    /// is unknown. The type is multiLocalizedUnicodeType (10.15) or, in older profiles,
    /// textDescriptionType or textType. A tag of textType does not state the length of its text.
    fn text(&self, tag: u64, size: u64) -> Parsed<Option<String>> {
        match self.bytes(tag, 4)? {
            b"mluc" => self.translation(tag),
            b"desc" => self.ascii(tag + 12, self.u32(tag + 8)?.into()),
            b"text" => self.ascii(tag + 8, size.saturating_sub(8)),
            _ => Ok(None),
        }
    }

    fn ascii(&self, start: u64, length: u64) -> Parsed<Option<String>> {
        let bytes = self.bytes(start, length.min(MAX_DESCRIPTION))?;
        Ok(text::displayed(bytes, Image::MAX_TEXT))
    }

    /// The English translation, or else the first translation. Translations are stored in UTF-16.
    fn translation(&self, tag: u64) -> Parsed<Option<String>> {
        let count = self.u32(tag + 8)?.min(MAX_TRANSLATIONS);
        let record = |index: u32| tag + 16 + 12 * u64::from(index);
        let mut chosen = 0;
        for index in 0..count {
            if self.bytes(record(index), 2)? == b"en" {
                chosen = index;
                break;
            }
        }
        if count == 0 {
            return Ok(None);
        }
        let length = u64::from(self.u32(record(chosen) + 4)?);
        let start = tag + u64::from(self.u32(record(chosen) + 8)?);
        let bytes = self.bytes(start, length.min(MAX_DESCRIPTION))?;
        let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
        let characters = char::decode_utf16(units);
        let text: String = characters.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Ok(text::displayed(text.as_bytes(), Image::MAX_TEXT))
    }
}
