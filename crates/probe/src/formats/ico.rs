//! ICO and CUR (Microsoft, "The format of icon resources").

use super::{bmp, png};
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Size of the directory's header in bytes.
const HEADER: u64 = 6;

/// Size of a directory entry in bytes.
const ENTRY: usize = 16;

/// Measures the image for which the directory states the largest area. If it states this area for
/// several images, the dimensions in the images' own headers decide.
pub(crate) fn parse(source: &Source<'_>, format: Format) -> Parsed<Image> {
    let count = source.u16_le(4)?;
    let bytes = source.bytes(HEADER, usize::from(count) * ENTRY)?;
    let entries = || bytes.as_chunks::<ENTRY>().0.iter().map(Entry::new);
    let Some(largest) = entries().map(Entry::area).max() else {
        return corrupt("the icon directory is empty", 4);
    };
    let mut dimensions = (0, 0);
    for entry in entries().filter(|entry| entry.area() == largest) {
        let found = entry.dimensions(source)?;
        if area(found) > area(dimensions) {
            dimensions = found;
        }
    }
    let mut image = Image::new(format, dimensions.0, dimensions.1);
    image.animated = Some(false);
    Ok(image)
}

/// True if `start`, the first bytes of an object of `size` bytes, can be a directory: its first
/// entry says that the first image starts after the directory and before the object's end.
pub(crate) fn is_directory(start: &[u8], size: u64) -> bool {
    let Some([_, _, _, _, c0, c1, entry @ ..]) = start.first_chunk::<22>() else { return false };
    let directory = HEADER + u64::from(u16::from_le_bytes([*c0, *c1])) * ENTRY as u64;
    (directory..size).contains(&Entry::new(entry).offset)
}

#[derive(Clone, Copy)]
struct Entry {
    width: u32,
    height: u32,
    /// Offset of the image, in bytes from the object's start.
    offset: u64,
}

impl Entry {
    fn new(bytes: &[u8; ENTRY]) -> Self {
        let [width, height, .., o0, o1, o2, o3] = *bytes;
        let offset = u32::from_le_bytes([o0, o1, o2, o3]).into();
        Self { width: side(width), height: side(height), offset }
    }

    fn area(self) -> u64 {
        area((self.width, self.height))
    }

    /// The larger of two pairs of dimensions: those in the entry, which browsers use, and those in
    /// the image's own header, which other decoders use. The pairs may differ, because the entry
    /// has only 8 bits for each side, and icon editors often fill it in wrongly. It is an error if
    /// one pair has the larger width and the other pair the larger height.
    fn dimensions(self, source: &Source<'_>) -> Parsed<(u32, u32)> {
        let (width, height) = own_dimensions(source, self.offset)?;
        let is_larger = width >= self.width && height >= self.height;
        let is_smaller = width <= self.width && height <= self.height;
        if !is_larger && !is_smaller {
            let what = "the directory entry and the image contradict each other";
            return corrupt(what, self.offset);
        }
        Ok((width.max(self.width), height.max(self.height)))
    }
}

/// Width and height in the image's own header.
fn own_dimensions(source: &Source<'_>, offset: u64) -> Parsed<(u32, u32)> {
    if source.array::<4>(offset)? == *b"\x89PNG" {
        return png::header(source, offset + 8).map(|image| (image.width, image.height));
    }
    match bmp::header(source, offset) {
        // The height of a bitmap includes the rows of its transparency mask.
        Ok(image) => Ok((image.width, image.height / 2)),
        Err(Stop::Corrupt { offset: at, .. }) if at < source.size() => {
            corrupt("the largest image is neither PNG nor bitmap", offset)
        }
        Err(stop) => Err(stop),
    }
}

/// A width or height in a directory entry, in pixels. The byte 0 means 256.
fn side(byte: u8) -> u32 {
    if byte == 0 { 256 } else { byte.into() }
}

fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}
