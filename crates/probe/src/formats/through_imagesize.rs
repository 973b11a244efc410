//! Formats that the `imagesize` crate measures correctly. The parsers of most of these formats
//! check the header themselves before they call this module.

use std::io::Cursor;

use imagesize::{ImageSize, ImageType};

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Number of bytes from the object's start that `imagesize` gets. Every format that this module
/// measures states the dimensions within these bytes.
const HEADER: u64 = 128;

/// Measures the source with `imagesize`.
pub(crate) fn parse(source: &Source<'_>, format: Format, kind: ImageType) -> Parsed<Image> {
    let length = usize::try_from(source.size().min(HEADER)).unwrap_or(0);
    match kind.reader_size(&mut Cursor::new(source.bytes(0, length)?)) {
        Ok(size) => image(format, size),
        Err(_) => corrupt("the object ends within its header", source.size()),
    }
}

fn image(format: Format, size: ImageSize) -> Parsed<Image> {
    match (u32::try_from(size.width), u32::try_from(size.height)) {
        (Ok(width), Ok(height)) => Ok(Image::new(format, width, height)),
        _ => corrupt("the dimensions are implausibly large", 0),
    }
}
