//! TIFF (TIFF 6.0) and BigTIFF (its 64-bit sibling), in both byte orders.

use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image, Orientation};

const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const ORIENTATION: u16 = 274;
const SAMPLES_PER_PIXEL: u16 = 277;

/// More entries than any writer makes; each costs up to 20 bytes to read.
const MAX_ENTRIES: usize = 16_384;

/// Reads IFD0, the main image. What raw formats keep in other IFDs is no image
/// that a TIFF decoder outputs.
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

/// Byte order, and the sizes that differ between TIFF and BigTIFF.
struct Layout {
    little: bool,
    big_tiff: bool,
    /// Bytes of one entry.
    entry: usize,
}

impl Layout {
    fn of(source: &Source<'_>) -> Parsed<Self> {
        // The bytes of the magic number may be swapped against the byte order;
        // readers go by the order.
        let start = source.array::<4>(0)?;
        let little = start[0] == b'I';
        let big_tiff = start.contains(&b'+');
        Ok(Self { little, big_tiff, entry: if big_tiff { 20 } else { 12 } })
    }

    /// Where the entries of IFD0 begin, and how many there are.
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
            _ => corrupt("the first directory has an absurd number of entries", ifd),
        }
    }

    /// A number of up to 8 bytes.
    fn number(&self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
    }
}

/// Bytes that a directory and what it points to are likely to take.
const IFD: u64 = 4 << 10;

/// One directory entry.
#[derive(Clone, Copy)]
struct Entry<'a> {
    bytes: &'a [u8],
    offset: u64,
}

impl Entry<'_> {
    fn tag(self, layout: &Layout) -> u16 {
        layout.number(&self.bytes[..2]).try_into().unwrap_or(0)
    }

    /// The first value, if it is an integer, read where it lies: in
    /// the entry if all values fit there, else where the entry points.
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

/// What IFD0 states, as far as it matters here.
struct Fields {
    width: Option<u64>,
    height: Option<u64>,
    bits: Option<u64>,
    samples: Option<u64>,
    orientation: Option<Orientation>,
}

impl Fields {
    /// TIFF 6.0, section 8: bits per sample and samples per pixel default to 1.
    fn new() -> Self {
        Self { width: None, height: None, bits: Some(1), samples: Some(1), orientation: None }
    }

    /// Width and height must be readable; the others are optional facts.
    fn take(&mut self, source: &Source<'_>, layout: &Layout, entry: Entry<'_>) -> Parsed<()> {
        let value = |entry: Entry<'_>| entry.first_value(source, layout);
        match entry.tag(layout) {
            // Of entries that occur twice, readers take the first.
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
            return corrupt("the dimensions are absurdly large", offset);
        };
        let mut image = Image::new(Format::Tiff, width, height);
        image.orientation = self.orientation;
        image.bits_per_channel = self.bits.and_then(|bits| u8::try_from(bits).ok());
        image.channels = self.samples.and_then(|samples| u8::try_from(samples).ok());
        Ok(image)
    }
}
