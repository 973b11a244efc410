//! JPEG 2000 (ISO/IEC 15444-1): JP2 files and bare codestreams.

use crate::isobmff::Boxes;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Reads the `ihdr` box in `jp2h`, which must precede the codestream (I.5.3), or the SIZ segment of
/// the codestream.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    if source.array::<2>(0)? == [0xFF, 0x4F] {
        return codestream(source, 0).map(|image| image.with_content_type("image/j2c"));
    }
    let mut content_type = Format::Jp2.content_type();
    let mut boxes = Boxes::within(source, 0, source.size());
    while let Some(found) = boxes.next()? {
        let image = match &found.kind {
            b"ftyp" => {
                content_type = brand(source.array(found.content)?);
                continue;
            }
            b"jp2h" => header(source, found.content, found.end)?,
            b"jp2c" => codestream(source, found.content)?,
            _ => continue,
        };
        return Ok(image.with_content_type(content_type));
    }
    corrupt("no box states the dimensions", source.size())
}

/// The content type by the major brand (I.5.2): JP2, or a format that extends it.
fn brand(major: [u8; 4]) -> &'static str {
    match &major {
        b"jpx " => "image/jpx",
        b"jpm " => "image/jpm",
        b"jph " => "image/jph",
        _ => Format::Jp2.content_type(),
    }
}

/// Reads the `ihdr` box (I.5.3.1): height, width, number of components, bit depth minus one.
fn header(source: &Source<'_>, start: u64, end: u64) -> Parsed<Image> {
    let mut boxes = Boxes::within(source, start, end);
    while let Some(found) = boxes.next()? {
        if found.kind == *b"ihdr" {
            let (height, width) =
                (source.u32_be(found.content)?, source.u32_be(found.content + 4)?);
            let mut image = Image::new(Format::Jp2, width, height);
            image.channels = u8::try_from(source.u16_be(found.content + 8)?).ok();
            image.bits_per_channel = bits(source.u8(found.content + 10)?);
            return Ok(image);
        }
    }
    corrupt("the header box (jp2h) has no ihdr box", start)
}

/// Reads the SIZ segment (A.5.1). The image area is the extent of the reference grid minus the
/// image's offset in it; tiles do not matter.
fn codestream(source: &Source<'_>, start: u64) -> Parsed<Image> {
    if source.array::<4>(start)? != [0xFF, 0x4F, 0xFF, 0x51] {
        return corrupt("the codestream does not start with a SIZ segment", start);
    }
    let field = |index: u64| source.u32_be(start + 8 + 4 * index);
    let (right, bottom, left, top) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let (Some(width), Some(height)) = (right.checked_sub(left), bottom.checked_sub(top)) else {
        return corrupt("the image offset lies outside the reference grid", start + 8);
    };
    let mut image = Image::new(Format::Jp2, width, height);
    image.channels = u8::try_from(source.u16_be(start + 40)?).ok();
    image.bits_per_channel = bits(source.u8(start + 42)?);
    Ok(image)
}

/// Bits per component, which are stored minus one and with a sign bit on top; 255 means that they
/// vary between components.
fn bits(stored: u8) -> Option<u8> {
    (stored != 255).then_some((stored & 0x7F) + 1)
}
