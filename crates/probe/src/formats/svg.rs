//! SVG (W3C SVG 2): the root element's width, height and view box.

mod length;
mod markup;

use length::{parse_length, parse_view_box};
use markup::{Root, find_root};

use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Bytes within which the root element's start tag must end. Editors write comments and entity
/// declarations before it, but never this much.
const MAX_PREAMBLE: u64 = 256 << 10;

/// Reads the root element's start tag in the known bytes, and asks for more until the tag ends.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let known = source.known(0);
    match find_root(&markup::to_ascii(known)) {
        Root::Svg(attributes) => image(attributes.width, attributes.height, attributes.view_box),
        Root::Other => Err(Stop::NotAnImage("it is text or markup, but not SVG")),
        Root::Malformed(offset) => corrupt("the root element is malformed", offset as u64),
        Root::Incomplete { in_svg } => incomplete(source, known.len() as u64, in_svg),
    }
}

/// Asks for more bytes, or says what is wrong if the start tag does not end within the object or
/// within [`MAX_PREAMBLE`].
fn incomplete(source: &Source<'_>, known: u64, in_svg: bool) -> Parsed<Image> {
    let end = source.size().min(MAX_PREAMBLE);
    if known < end {
        let length = usize::try_from(known + 1).unwrap_or(usize::MAX);
        source.bytes_until(0, length, end.min(known * 2))?;
    }
    if in_svg {
        return corrupt("the root element does not end", known);
    }
    Err(Stop::NotAnImage("it is markup without a root element"))
}

/// The dimensions by SVG 2, 8.2: an absolute width and height, or else those of the view box. If
/// only one is absolute, the other follows from the view box's aspect ratio.
fn image(width: Option<&[u8]>, height: Option<&[u8]>, view_box: Option<&[u8]>) -> Parsed<Image> {
    let width = width.and_then(parse_length);
    let height = height.and_then(parse_length);
    let view_box =
        view_box.and_then(parse_view_box).filter(|(width, height)| *width > 0.0 && *height > 0.0);
    let (width, height) = match (width, height, view_box) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((w, h))) => (width, width * h / w),
        (None, Some(height), Some((w, h))) => (height * w / h, height),
        (None, None, Some(view_box)) => view_box,
        _ => {
            let what = "it has neither an absolute width and height nor a view box";
            return Err(Stop::UnsupportedFeature(what));
        }
    };
    Ok(Image::new(Format::Svg, pixels(width)?, pixels(height)?))
}

/// A length rounded to whole pixels, but at least one unless the length is zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn pixels(length: f64) -> Parsed<u32> {
    if !(0.0..=f64::from(u32::MAX)).contains(&length) {
        return corrupt("the dimensions are negative or implausibly large", 0);
    }
    let rounded = if length > 0.0 { length.round().max(1.0) } else { 0.0 };
    Ok(rounded as u32)
}
