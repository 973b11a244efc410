//! TIFF (TIFF 6.0) and BigTIFF (its 64-bit sibling), in both byte orders.

use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image, Orientation};

const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const ORIENTATION: u16 = 274;
const SAMPLES_PER_PIXEL: u16 = 277;

/// Maximum number of directory entries, of up to 20 bytes each. No writer makes as many.
const MAX_ENTRIES: usize = 16_384;

/// Bytes to read at once from a directory's start, for the directory and the values that it points
/// to.
const IFD: u64 = 4 << 10;

/// Reads IFD0, which describes the main image. A TIFF decoder outputs nothing of the other IFDs,
/// whatever raw formats store in them.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let layout = Layout::of(source)?;
    let (first_entry, count) = layout.first_ifd(source)?;
    let bytes = source.bytes(first_entry, count * layout.entry)?;
    let mut fields = Fields::new();
    for (index, entry) in bytes.chunks_exact(layout.entry).enumerate() {
        let offset = first_entry + (index * layout.entry) as u64;
        fields.take(source, &layout, Entry { bytes: entry, offset })?;
    }
    fields.image(first_entry)
}

/// The byte order, and the sizes that differ between TIFF and BigTIFF.
struct Layout {
    little: bool,
    big_tiff: bool,
    /// Size of a directory entry in bytes.
    entry: usize,
}

impl Layout {
    fn of(source: &Source<'_>) -> Parsed<Self> {
        // Some writers swap the bytes of the magic number relative to the byte order. Readers go by
        // the byte order.
        let start = source.array::<4>(0)?;
        let little = start[0] == b'I';
        let big_tiff = start.contains(&b'+');
        Ok(Self { little, big_tiff, entry: if big_tiff { 20 } else { 12 } })
    }

    /// Offset of the entries of IFD0, in bytes from the object's start, and their number.
    fn first_ifd(&self, source: &Source<'_>) -> Parsed<(u64, usize)> {
        let (ifd, count) = if self.big_tiff {
            let ifd = self.number(source.bytes(8, 8)?);
            (ifd, self.number(source.bytes_until(ifd, 8, ifd.saturating_add(IFD))?))
        } else {
            let ifd = self.number(source.bytes(4, 4)?);
            (ifd, self.number(source.bytes_until(ifd, 2, ifd.saturating_add(IFD))?))
        };
        match usize::try_from(count) {
            Ok(count @ 1..=MAX_ENTRIES) => Ok((ifd + if self.big_tiff { 8 } else { 2 }, count)),
            _ => corrupt("the first directory has an implausible number of entries", ifd),
        }
    }

    /// An unsigned number of up to 8 bytes, in this byte order.
    fn number(&self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
    }
}

/// A directory entry.
#[derive(Clone, Copy)]
struct Entry<'a> {
    bytes: &'a [u8],
    /// Offset of the entry, in bytes from the object's start.
    offset: u64,
}

impl Entry<'_> {
    fn tag(self, layout: &Layout) -> u16 {
        layout.number(&self.bytes[..2]).try_into().unwrap_or(0)
    }

    /// The first value, which must be an integer. It is stored in the entry itself if all values
    /// fit there, and otherwise where the entry points.
    fn first_value(self, source: &Source<'_>, layout: &Layout) -> Parsed<u64> {
        let (count, slot) = self.bytes[4..].split_at(if layout.big_tiff { 8 } else { 4 });
        let size: usize = match layout.number(&self.bytes[2..4]) {
            1 | 6 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            16..=18 => 8,
            _ => return corrupt("a directory entry has an unexpected type", self.offset),
        };
        let total = layout.number(count).saturating_mul(size as u64);
        if total == 0 {
            return corrupt("a directory entry has no value", self.offset);
        }
        if total <= slot.len() as u64 {
            return Ok(layout.number(&slot[..size]));
        }
        Ok(layout.number(source.bytes(layout.number(slot), size)?))
    }
}

/// The fields of IFD0 that the probe reports.
struct Fields {
    width: Option<u64>,
    height: Option<u64>,
    bits: Option<u64>,
    samples: Option<u64>,
    orientation: Option<Orientation>,
}

impl Fields {
    /// The defaults of TIFF 6.0, section 8: one bit per sample, one sample per pixel.
    fn new() -> Self {
        Self { width: None, height: None, bits: Some(1), samples: Some(1), orientation: None }
    }

    /// Takes over the value of an entry. An unreadable width or height is an error; other
    /// unreadable values are ignored.
    fn take(&mut self, source: &Source<'_>, layout: &Layout, entry: Entry<'_>) -> Parsed<()> {
        let value = |entry: Entry<'_>| entry.first_value(source, layout);
        match entry.tag(layout) {
            // Readers use the first of duplicate entries.
            IMAGE_WIDTH if self.width.is_none() => self.width = Some(value(entry)?),
            IMAGE_LENGTH if self.height.is_none() => self.height = Some(value(entry)?),
            BITS_PER_SAMPLE => self.bits = value(entry).ok(),
            SAMPLES_PER_PIXEL => self.samples = value(entry).ok(),
            ORIENTATION => {
                let number = value(entry).ok().and_then(|number| u8::try_from(number).ok());
                self.orientation = number.and_then(Orientation::new);
            }
            _ => {}
        }
        Ok(())
    }

    fn image(&self, offset: u64) -> Parsed<Image> {
        let missing = Stop::Corrupt { what: "the first directory states no dimensions", offset };
        let (Some(width), Some(height)) = (self.width, self.height) else { return Err(missing) };
        let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
            return corrupt("the dimensions are implausibly large", offset);
        };
        let mut image = Image::new(Format::Tiff, width, height);
        image.orientation = self.orientation;
        image.bits_per_channel = self.bits.and_then(|bits| u8::try_from(bits).ok());
        image.channels = self.samples.and_then(|samples| u8::try_from(samples).ok());
        Ok(image)
    }
}
