//! EXIF metadata in text chunks, where `ImageMagick` stored the metadata before PNG had the eXIf
//! chunk.

use super::named::Named;
use crate::exif::{self, Exif};
use crate::extents::Extents;
use crate::source::{Parsed, Source};

/// Names of text chunks that may contain EXIF metadata.
const NAMES: [&[u8]; 2] = [b"Raw profile type exif", b"Raw profile type APP1"];

/// Maximum length in bytes of the header: line breaks, the type, and the metadata's length in
/// decimal digits.
const MAX_HEADER: usize = 64;

/// Reads EXIF metadata from the tEXt or zTXt chunk whose data extends from `start` to `end`; `None`
/// if the chunk does not have one of the [`NAMES`]. The chunk's text is a header, then the
/// metadata in hexadecimal digits.
pub(super) fn read(
    source: &Source<'_>,
    start: u64,
    end: u64,
    is_compressed: bool,
) -> Parsed<Option<Exif>> {
    let text = Named::read(source, start, end)?;
    if !NAMES.contains(&text.name) {
        return Ok(None);
    }
    let metadata = if is_compressed { decode(&text.inflated(1)?) } else { decode(text.bytes(0)?) };
    let size = metadata.len() as u64;
    exif::read(&source.extracted(&Extents::of(metadata)), 0, size).map(Some)
}

/// Decodes the hexadecimal digits that follow a header of three lines: an empty line, the type, and
/// the metadata's length. Line breaks between the digits are skipped.
fn decode(text: &[u8]) -> Vec<u8> {
    let head = &text[..text.len().min(MAX_HEADER)];
    let breaks = head.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let Some(header) = breaks.into_iter().nth(2) else { return Vec::new() };
    let digits = text[header..].iter().filter(|byte| !byte.is_ascii_whitespace());
    let values: Vec<u8> = digits.map_while(|byte| hexadecimal(*byte)).collect();
    values.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
