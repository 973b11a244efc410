//! JPEG 2000 (ISO/IEC 15444-1): JP2 files and bare codestreams.

use crate::image::ColorSpace;
use crate::isobmff::Boxes;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif, icc};

/// UUID of the `uuid` box in which writers store EXIF metadata.
const EXIF: [u8; 16] = *b"JpgTiffExif->JP2";

/// Reads an object that is a JP2 file or a bare codestream.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    parse_within(source, 0, source.size())
}

/// Reads a JP2 file or a bare codestream that extends from `start` to `end`. In a JP2 file, first
/// reads the `ftyp` box, the `jp2h` box and EXIF metadata, up to the first codestream. Then reads
/// the SIZ segment of the codestream. The standard requires `jp2h` before the codestream (I.5.3).
///
/// The `ihdr` box in `jp2h` and the codestream must state the same dimensions. If the file ends
/// before the codestream, the dimensions in `ihdr` are used.
pub(super) fn parse_within(source: &Source<'_>, start: u64, end: u64) -> Parsed<Image> {
    if source.array::<2>(start)? == [0xFF, 0x4F] {
        return codestream(source, start).map(|image| image.with_content_type("image/j2c"));
    }
    let mut content_type = Format::Jp2.content_type();
    let mut stated: Option<Image> = None;
    let mut metadata = None;
    let mut boxes = Boxes::within(source, start, end);
    while let Some(found) = boxes.next()? {
        match &found.kind {
            b"ftyp" => content_type = brand(source.array(found.content)?),
            b"jp2h" if stated.is_none() => {
                stated = Some(header(source, found.content, found.end)?);
            }
            b"uuid" if metadata.is_none() => {
                let is_exif = source.optional(source.array(found.content))? == Some(EXIF);
                if is_exif {
                    metadata = Some(exif::read(source, found.content + 16, found.end)?);
                }
            }
            b"jp2c" => {
                let coded = codestream(source, found.content)?;
                let mut image = stated.unwrap_or_else(|| coded.clone());
                image.take_exif(metadata.unwrap_or_default());
                if (image.width, image.height) != (coded.width, coded.height) {
                    let what = "the header box and the codestream contradict each other";
                    return corrupt(what, found.content);
                }
                return Ok(image.with_content_type(content_type));
            }
            _ => {}
        }
    }
    match stated {
        Some(mut image) => {
            image.take_exif(metadata.unwrap_or_default());
            Ok(image.with_content_type(content_type))
        }
        None => corrupt("no box states the dimensions", end),
    }
}

/// The content type that the major brand implies (I.5.2): JP2, or a format that extends it.
fn brand(major: [u8; 4]) -> &'static str {
    match &major {
        b"jpx " => "image/jpx",
        b"jpm " => "image/jpm",
        b"jph " => "image/jph",
        _ => Format::Jp2.content_type(),
    }
}

/// Reads the content of a `jp2h` box: the `colr` box, and the `ihdr` box (I.5.3.1) with height,
/// width, number of components and bit depth minus one.
fn header(source: &Source<'_>, start: u64, end: u64) -> Parsed<Image> {
    let mut boxes = Boxes::within(source, start, end);
    while let Some(found) = boxes.next()? {
        if found.kind == *b"ihdr" {
            let (height, width) =
                (source.u32_be(found.content)?, source.u32_be(found.content + 4)?);
            let mut image = Image::new(Format::Jp2, width, height);
            image.channels = u8::try_from(source.u16_be(found.content + 8)?).ok();
            image.bits_per_channel = bits(source.u8(found.content + 10)?);
            let boxes = Boxes::within(source, start, end);
            source.optional(color(source, boxes, &mut image))?;
            return Ok(image);
        }
    }
    corrupt("the header box (jp2h) has no ihdr box", start)
}

/// Reads the first `colr` box (I.5.3.3) in `boxes`: a number that identifies a color space (ITU-T
/// T.801, table M.25), or an ICC profile.
fn color(source: &Source<'_>, boxes: Boxes<'_>, image: &mut Image) -> Parsed<()> {
    let Some(found) = boxes.find(*b"colr")? else { return Ok(()) };
    let start = found.content + 3;
    match source.u8(found.content)? {
        1 => {
            image.color_space = match source.u32_be(start)? {
                16 | 20 | 21 => Some(ColorSpace::Rgb),
                17 => Some(ColorSpace::Gray),
                12 => Some(ColorSpace::Cmyk),
                14 => Some(ColorSpace::Lab),
                1 | 3 | 4 | 18 | 22..=24 => Some(ColorSpace::YCbCr),
                _ => None,
            };
        }
        2 | 3 => image.take_profile(icc::read(source, start, found.end)?),
        _ => {}
    }
    Ok(())
}

/// Reads the SIZ segment (A.5.1). The image area is the extent of the reference grid minus the
/// image's offset in the grid. Tiles do not affect the dimensions.
fn codestream(source: &Source<'_>, start: u64) -> Parsed<Image> {
    if source.array::<4>(start)? != [0xFF, 0x4F, 0xFF, 0x51] {
        return corrupt("the codestream does not start with a SIZ segment", start);
    }
    let (length, components) = (source.u16_be(start + 4)?, source.u16_be(start + 40)?);
    if u32::from(length) != 38 + 3 * u32::from(components) || components == 0 {
        return corrupt("the SIZ segment has a wrong length or number of components", start + 4);
    }
    let field = |index: u64| source.u32_be(start + 8 + 4 * index);
    let (right, bottom, left, top) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let (Some(width), Some(height)) = (right.checked_sub(left), bottom.checked_sub(top)) else {
        return corrupt("the image offset lies outside the reference grid", start + 8);
    };
    let mut image = Image::new(Format::Jp2, width, height);
    image.channels = u8::try_from(components).ok();
    image.bits_per_channel = bits(source.u8(start + 42)?);
    Ok(image)
}

/// Bits per component. The low seven bits of the stored byte are the number minus one, and the top
/// bit marks signed samples. 255 means that the number varies between components.
fn bits(stored: u8) -> Option<u8> {
    (stored != 255).then_some((stored & 0x7F) + 1)
}
