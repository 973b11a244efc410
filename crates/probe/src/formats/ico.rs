//! ICO and CUR (Microsoft, "The format of icon resources").

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Bytes of the directory's header, and of each entry.
const HEADER: u64 = 6;
const ENTRY: usize = 16;

/// Takes the largest image that the directory lists, the first of equals.
pub(crate) fn parse(source: &Source<'_>, format: Format) -> Parsed<Image> {
    let count = source.u16_le(4)?;
    let bytes = source.bytes(HEADER, usize::from(count) * ENTRY)?;
    let entries = bytes.chunks_exact(ENTRY).map(Entry::of);
    let Some(largest) = entries.rev().max_by_key(Entry::area) else {
        return corrupt("the directory lists no image", 4);
    };
    let (width, height) = largest.dimensions(source)?;
    let mut image = Image::new(format, width, height);
    image.animated = Some(false);
    Ok(image)
}

/// One entry of the directory.
struct Entry {
    width: u32,
    height: u32,
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

    /// The image itself overrules its entry, which has room for 8 bits only,
    /// and which icon editors are known to fill carelessly.
    fn dimensions(&self, source: &Source<'_>) -> Parsed<(u32, u32)> {
        if source.array::<8>(self.offset)? == *b"\x89PNG\r\n\x1A\n" {
            return Ok((source.u32_be(self.offset + 16)?, source.u32_be(self.offset + 20)?));
        }
        match source.u32_le(self.offset)? {
            // A bitmap counts the rows of its transparency mask too.
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

/// Zero stands for 256.
fn side(byte: u8) -> u32 {
    if byte == 0 { 256 } else { byte.into() }
}
