//! TIFF (TIFF 6.0) and BigTIFF (its 64-bit sibling), in both byte orders.

use crate::ifd::{Entry, Structure};
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, Orientation};

const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const ORIENTATION: u16 = 274;
const SAMPLES_PER_PIXEL: u16 = 277;

/// Reads IFD0, which describes the main image. A TIFF decoder outputs nothing of the other IFDs,
/// whatever raw formats store in them.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let structure = Structure::new(source, 0, source.size())?;
    let mut entries = structure.first_directory()?;
    let mut fields = Fields::default();
    let mut last = 0;
    while let Some(entry) = entries.next()? {
        fields.take(entry)?;
        last = entry.offset;
    }
    fields.image(source, last)
}

/// The fields of IFD0 that the probe reports.
#[derive(Default)]
struct Fields<'a> {
    width: Option<u64>,
    height: Option<u64>,
    bits: Option<Entry<'a>>,
    samples: Option<Entry<'a>>,
    orientation: Option<Entry<'a>>,
}

impl<'a> Fields<'a> {
    /// Takes over an entry. Of duplicates, the first counts.
    fn take(&mut self, entry: Entry<'a>) -> Parsed<()> {
        let field = match entry.tag() {
            IMAGE_WIDTH => return side(&mut self.width, entry),
            IMAGE_LENGTH => return side(&mut self.height, entry),
            BITS_PER_SAMPLE => &mut self.bits,
            SAMPLES_PER_PIXEL => &mut self.samples,
            ORIENTATION => &mut self.orientation,
            _ => return Ok(()),
        };
        field.get_or_insert(entry);
        Ok(())
    }

    /// The image. If the dimensions are missing, the error names `offset`. Other facts may be
    /// missing or unreadable.
    fn image(&self, source: &Source<'_>, offset: u64) -> Parsed<Image> {
        let (Some(width), Some(height)) = (self.width, self.height) else {
            return corrupt("the first directory states no dimensions", offset);
        };
        let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
            return corrupt("the dimensions are implausibly large", offset);
        };
        let byte = |entry: Entry<'_>| {
            let number = source.optional(entry.first_integer())?;
            Ok(number.and_then(|number| u8::try_from(number).ok()))
        };
        let mut image = Image::new(Format::Tiff, width, height);
        if let Some(entry) = self.orientation {
            image.orientation = byte(entry)?.and_then(Orientation::new);
        }
        // The defaults of TIFF 6.0, section 8: one bit per sample, one sample per pixel.
        image.bits_per_channel = self.bits.map_or(Ok(Some(1)), byte)?;
        image.channels = self.samples.map_or(Ok(Some(1)), byte)?;
        Ok(image)
    }
}

/// Takes over a width or height. Readers disagree on which of two different ones counts: `libtiff`
/// uses the first, Pillow the last.
fn side(known: &mut Option<u64>, entry: Entry<'_>) -> Parsed<()> {
    let value = entry.first_integer()?;
    if *known.get_or_insert(value) == value {
        return Ok(());
    }
    corrupt("the first directory states two different widths or heights", entry.offset)
}
