//! Chunks whose data begins with a name, such as iCCP, tEXt and zTXt (W3C PNG, third edition,
//! 11.3.2.3 and 11.3.3).

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::NEIGHBORHOOD;
use crate::source::{Parsed, Source, corrupt};

/// Longest name in bytes, without the zero byte at the end of the name.
const MAX_NAME: u64 = 79;

/// Maximum number of bytes to read after the name in a chunk, and maximum size of the inflated
/// data.
const MAX_DATA: usize = 64 << 10;

/// The data of a chunk: a name, a zero byte, and the text or profile with this name.
pub(super) struct Named<'a> {
    source: &'a Source<'a>,
    pub(super) name: &'a [u8],
    /// Offset of the first byte after the name and its zero byte, in bytes from the object's start.
    position: u64,
    /// End (exclusive) of the data, or the end of the object if that is earlier.
    end: u64,
}

impl<'a> Named<'a> {
    /// Reads the name in the chunk whose data extends from `start` to `end`.
    pub(super) fn read(source: &'a Source<'a>, start: u64, end: u64) -> Parsed<Self> {
        let end = end.min(source.size());
        let length = usize::try_from(end.saturating_sub(start).min(MAX_NAME + 1)).unwrap_or(0);
        let name = source.bytes_until(start, length, likely_end(start, end))?;
        let Some(length) = name.iter().position(|byte| *byte == 0) else {
            return corrupt("the name in a chunk does not end", start);
        };
        Ok(Self { source, name: &name[..length], position: start + length as u64 + 1, end })
    }

    /// The bytes after the name and its zero byte, without the first `skipped` of them; at most
    /// [`MAX_DATA`] bytes.
    pub(super) fn bytes(&self, skipped: u64) -> Parsed<&'a [u8]> {
        let start = self.position + skipped;
        let length = usize::try_from(self.end.saturating_sub(start)).unwrap_or(MAX_DATA);
        self.source.bytes_until(start, length.min(MAX_DATA), likely_end(start, self.end))
    }

    /// Inflates the bytes after the name and its zero byte, without the first `skipped` of them.
    /// If the data is damaged, or is longer than [`MAX_DATA`] bytes before or after inflation, the
    /// result is cut and may end with zeros.
    pub(super) fn inflated(&self, skipped: u64) -> Parsed<Vec<u8>> {
        let inflated = decompress_to_vec_zlib_with_limit(self.bytes(skipped)?, MAX_DATA);
        Ok(inflated.unwrap_or_else(|error| error.output))
    }
}

/// End of the bytes to request in one read from `start`: [`NEIGHBORHOOD`] bytes after the data's
/// `end`, to include the chunks that follow, but at most [`MAX_DATA`] bytes after `start`.
fn likely_end(start: u64, end: u64) -> u64 {
    end.saturating_add(NEIGHBORHOOD).min(start.saturating_add(MAX_DATA as u64))
}
