//! TIFF (TIFF 6.0) and BigTIFF (its 64-bit sibling), in both byte orders.

mod pages;

use crate::ifd::{Entry, Structure};
use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif, icc};

const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC_INTERPRETATION: u16 = 262;
const SAMPLES_PER_PIXEL: u16 = 277;
const EXTRA_SAMPLES: u16 = 338;
/// ICC.1:2022, annex B.5.
const ICC_PROFILE: u16 = 34_675;
/// C2PA Technical Specification, "Embedding manifests into TIFF".
const C2PA_MANIFEST: u16 = 52_545;

/// Maximum number of extra samples that are searched for alpha.
const MAX_EXTRA_SAMPLES: u64 = 16;

/// Reads the dimensions and other facts from IFD0, because a TIFF decoder outputs the image of
/// IFD0, even if a raw format stores its main image in another IFD. The other IFDs are read only
/// for EXIF metadata and to count the pages.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let structure = Structure::new(source, 0, source.size())?;
    let mut entries = structure.first_directory()?;
    let mut fields = Fields::default();
    let mut last = 0;
    while let Some(entry) = entries.next()? {
        fields.take(entry)?;
        last = entry.offset;
    }
    let mut image = fields.image(source, last)?;
    image.take_exif(exif::read_structure(source, &structure)?);
    image.pages = source.optional(pages::count(&structure))?.flatten();
    Ok(image)
}

/// The fields of IFD0 that are read in addition to the EXIF fields.
#[derive(Default)]
struct Fields<'a> {
    width: Option<u64>,
    height: Option<u64>,
    bits: Option<Entry<'a>>,
    samples: Option<Entry<'a>>,
    photometric: Option<Entry<'a>>,
    extra_samples: Option<Entry<'a>>,
    profile: Option<Entry<'a>>,
    manifest: Option<Entry<'a>>,
}

impl<'a> Fields<'a> {
    /// Keeps the entry if it states a fact about the image. Of several entries with the same tag,
    /// the first is kept, but different widths or different heights are an error.
    fn take(&mut self, entry: Entry<'a>) -> Parsed<()> {
        let field = match entry.tag() {
            IMAGE_WIDTH => return side(&mut self.width, entry),
            IMAGE_LENGTH => return side(&mut self.height, entry),
            BITS_PER_SAMPLE => &mut self.bits,
            SAMPLES_PER_PIXEL => &mut self.samples,
            PHOTOMETRIC_INTERPRETATION => &mut self.photometric,
            EXTRA_SAMPLES => &mut self.extra_samples,
            ICC_PROFILE => &mut self.profile,
            C2PA_MANIFEST => &mut self.manifest,
            _ => return Ok(()),
        };
        field.get_or_insert(entry);
        Ok(())
    }

    /// The image. Dimensions that are missing or too large are an error, which reports `offset` as
    /// its position. Other facts may be missing or unreadable.
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
        // The defaults of TIFF 6.0, section 8: one bit per sample, one sample per pixel.
        image.bits_per_channel = self.bits.map_or(Ok(Some(1)), byte)?;
        image.channels = self.samples.map_or(Ok(Some(1)), byte)?;
        image.has_alpha = source.optional(self.has_alpha())?.flatten();
        if let Some(photometric) = self.photometric {
            image.color_space = source.optional(photometric.first_integer())?.and_then(color_space);
        }
        if let Some(entry) = self.profile
            && let Some((start, end)) = source.optional(entry.range())?.flatten()
        {
            image.take_profile(icc::read(source, start, end)?);
        }
        image.content_credentials = self.manifest.is_some();
        Ok(image)
    }

    /// True if one of the extra samples is alpha, premultiplied or not. If none is alpha, but one
    /// has no specified meaning, the result is `None`. Extra samples are those beyond the samples
    /// of the color space.
    fn has_alpha(&self) -> Parsed<Option<bool>> {
        let Some(entry) = self.extra_samples else { return Ok(Some(false)) };
        let mut is_specified = true;
        for index in 0..entry.count().min(MAX_EXTRA_SAMPLES) {
            match entry.integer(index)? {
                1 | 2 => return Ok(Some(true)),
                _ => is_specified = false,
            }
        }
        Ok(is_specified.then_some(false))
    }
}

/// The color space of a photometric interpretation (TIFF 6.0, sections 4, 16, 20, 21 and 23; ITU-T
/// T.42 for the value 10). Returns `None` for values that the probe does not know, such as those of
/// raw formats.
fn color_space(photometric: u64) -> Option<ColorSpace> {
    match photometric {
        0 | 1 | 4 => Some(ColorSpace::Gray),
        2 | 3 => Some(ColorSpace::Rgb),
        5 => Some(ColorSpace::Cmyk),
        6 => Some(ColorSpace::YCbCr),
        8..=10 => Some(ColorSpace::Lab),
        _ => None,
    }
}

/// Keeps a width or height. Two different values are an error, because readers disagree on which of
/// them to use: `libtiff` uses the first, Pillow the last.
fn side(known: &mut Option<u64>, entry: Entry<'_>) -> Parsed<()> {
    let value = entry.first_integer()?;
    if *known.get_or_insert(value) == value {
        return Ok(());
    }
    corrupt("the first directory states two different widths or heights", entry.offset)
}
