//! ICO and CUR (Microsoft, "The format of icon resources").

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the directory's header in bytes.
const HEADER: u64 = 6;

/// Size of a directory entry in bytes.
const ENTRY: usize = 16;

/// Measures the largest image by area that the directory lists, or the first of several.
pub(crate) fn parse(source: &Source<'_>, format: Format) -> Parsed<Image> {
    let count = source.u16_le(4)?;
    let bytes = source.bytes(HEADER, usize::from(count) * ENTRY)?;
    let entries = bytes.chunks_exact(ENTRY).map(Entry::of);
    let Some(largest) = entries.rev().max_by_key(Entry::area) else {
        return corrupt("the icon directory is empty", 4);
    };
    let (width, height) = largest.dimensions(source)?;
    let mut image = Image::new(format, width, height);
    image.animated = Some(false);
    Ok(image)
}

/// A directory entry.
struct Entry {
    width: u32,
    height: u32,
    /// Offset of the image, in bytes from the object's start.
    offset: u64,
}

impl Entry {
    fn of(bytes: &[u8]) -> Self {
        let offset = bytes.last_chunk().map_or(0, |last| u32::from_le_bytes(*last));
        Self { width: side(bytes[0]), height: side(bytes[1]), offset: offset.into() }
    }

    fn area(&self) -> u32 {
        self.width * self.height
    }

    /// Width and height by the image's own header. The entry has only 8 bits for each, and icon
    /// editors often fill it in wrongly.
    fn dimensions(&self, source: &Source<'_>) -> Parsed<(u32, u32)> {
        if source.array::<8>(self.offset)? == *b"\x89PNG\r\n\x1A\n" {
            return Ok((source.u32_be(self.offset + 16)?, source.u32_be(self.offset + 20)?));
        }
        match source.u32_le(self.offset)? {
            // The height of a bitmap includes the rows of its transparency mask.
            12 => {
                let (width, height) =
                    (source.u16_le(self.offset + 4)?, source.u16_le(self.offset + 6)?);
                Ok((width.into(), u32::from(height) / 2))
            }
            16..=124 => {
                let height = source.u32_le(self.offset + 8)?.cast_signed().unsigned_abs();
                Ok((source.u32_le(self.offset + 4)?, height / 2))
            }
            _ => corrupt("the largest image is neither PNG nor bitmap", self.offset),
        }
    }
}

/// A width or height of an entry in pixels, for which zero means 256.
fn side(byte: u8) -> u32 {
    if byte == 0 { 256 } else { byte.into() }
}
