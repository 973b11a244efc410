//! SVG (W3C SVG 2): the root element's width, height and view box.
//!
//! The size is the natural size of SVG 2, section 8.2. If only the width or only the height is
//! absolute, the view box's aspect ratio determines the other side. If neither is absolute, each is
//! a percentage of the view box: the stated percentage, or 100 % if the attribute is missing or
//! `auto`.
//!
//! Only attributes are read. Browsers do not apply the root element's CSS to the natural size. They
//! do apply animations of width and height, but an animation may be anywhere in the document.
//!
//! An image whose width or height is not understood is unsupported, even if it has a view box. A
//! browser may understand the value, and show an image that is far larger than the view box.

mod doctype;
mod length;
mod markup;

use length::{Length, ViewBox};
use markup::{Root, Svg, find_root};

use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Number of bytes within which the root element's start tag must end. Diagram editors store a
/// whole drawing in an attribute of that tag, which makes the tag up to about a megabyte long.
const MAX_HEAD: u64 = 4 << 20;

/// Each read after the first multiplies the number of known bytes by this factor, but adds at most
/// 2 MiB (`MAX_EXPECTED` in `plan.rs`). A start tag that ends at [`MAX_HEAD`] takes five reads,
/// which end at 64 KiB, 256 KiB, 1 MiB, 3 MiB and 4 MiB.
const GROWTH: u64 = 4;

/// Longest accepted side in pixels: 2²⁴. Browsers compute in single precision, which cannot
/// represent every whole number above this limit. They clamp a length to about twice the limit.
const MAX_SIDE: f64 = 16_777_216.0;

/// Reads the root element's start tag in the known bytes, and asks for more bytes until the tag
/// ends.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let known = source.known(0);
    let known = &known[..known.len().min(usize::try_from(MAX_HEAD).unwrap_or(usize::MAX))];
    match find_root(&markup::to_ascii(known)) {
        Root::Svg(svg) => image(&svg),
        Root::Other => Err(Stop::NotAnImage("it is text or markup, but not SVG")),
        Root::Malformed(offset) => {
            corrupt("the root element or what precedes it is malformed", offset as u64)
        }
        Root::Incomplete { in_svg } => incomplete(source, known.len() as u64, in_svg),
    }
}

/// Asks for more of the object's first [`MAX_HEAD`] bytes. If all of them are known, returns an
/// error. `in_svg` is true if the known bytes end within the start tag of an `svg` element.
fn incomplete(source: &Source<'_>, known: u64, in_svg: bool) -> Parsed<Image> {
    let end = source.size().min(MAX_HEAD);
    if known < end {
        let length = usize::try_from(known + 1).unwrap_or(usize::MAX);
        source.bytes_until(0, length, end.min(known * GROWTH))?;
    }
    if known < source.size() {
        let what = "its root element's start tag does not end within the first 4 MiB";
        return Err(Stop::UnsupportedFeature(what));
    }
    if in_svg {
        return corrupt("the root element does not end", known);
    }
    Err(Stop::NotAnImage("it is markup without a root element"))
}

fn image(svg: &Svg<'_>) -> Parsed<Image> {
    if svg.doctype.has_attribute_lists {
        return unsupported("its document type may set attributes (ATTLIST)");
    }
    if svg.doctype.has_parameter_entities {
        return unsupported("its document type uses parameter entities");
    }
    if !svg.is_in_svg_namespace() {
        return Err(Stop::NotAnImage("it is markup whose root element is not in SVG's namespace"));
    }
    let (width, height) = natural_size(svg)?;
    let width = pixels(width, "the width is negative or implausibly large")?;
    let height = pixels(height, "the height is negative or implausibly large")?;
    Ok(Image::new(Format::Svg, width, height))
}

fn unsupported<T>(what: &'static str) -> Parsed<T> {
    Err(Stop::UnsupportedFeature(what))
}

/// Width and height in CSS pixels.
fn natural_size(svg: &Svg<'_>) -> Parsed<(f64, f64)> {
    let Some(width) = length(svg, svg.attributes.width) else {
        return unsupported("its width attribute is neither an absolute length nor a percentage");
    };
    let Some(height) = length(svg, svg.attributes.height) else {
        return unsupported("its height attribute is neither an absolute length nor a percentage");
    };
    if let (Length::Pixels(width), Length::Pixels(height)) = (width, height) {
        return Ok((width, height));
    }
    let view_box = view_box(svg, width, height)?;
    Ok(match (width, height) {
        (Length::Pixels(width), _) => (width, width * aspect_ratio(svg, &view_box)?.recip()),
        (_, Length::Pixels(height)) => (height * aspect_ratio(svg, &view_box)?, height),
        _ => (width.resolve(view_box.width), height.resolve(view_box.height)),
    })
}

/// The length that an attribute states; `Auto` if the attribute is absent, `None` if its value is
/// not a supported length.
fn length(svg: &Svg<'_>, value: Option<&[u8]>) -> Option<Length> {
    value.map_or(Some(Length::Auto), |value| length::parse(&svg.doctype.expand(value)?))
}

/// The view box of an image whose `width` or `height` is not absolute. If there is no view box, the
/// error depends on `width` and `height`.
fn view_box(svg: &Svg<'_>, width: Length, height: Length) -> Parsed<ViewBox> {
    if let Some(value) = svg.attributes.view_box {
        let view_box = svg.doctype.expand(value).and_then(|value| ViewBox::parse(&value));
        let what = "its viewBox attribute is not four numbers of which the last two are positive";
        return view_box.ok_or(Stop::UnsupportedFeature(what));
    }
    match (width, height) {
        (Length::Percentage(_), _) => {
            unsupported("its width attribute is a percentage, and there is no viewBox")
        }
        (_, Length::Percentage(_)) => {
            unsupported("its height attribute is a percentage, and there is no viewBox")
        }
        _ => unsupported("it has neither an absolute width and height nor a viewBox"),
    }
}

/// Width divided by height. With `preserveAspectRatio="none"`, an image has no aspect ratio (SVG 2,
/// section 8.2). Neither length then follows from the other, so the image is unsupported.
fn aspect_ratio(svg: &Svg<'_>, view_box: &ViewBox) -> Parsed<f64> {
    let is_free = |value: &[u8]| {
        let value = svg.doctype.expand(value);
        value.is_none_or(|value| value.split(u8::is_ascii_whitespace).any(|word| word == b"none"))
    };
    if svg.attributes.preserve_aspect_ratio.is_some_and(is_free) {
        return unsupported("its preserveAspectRatio attribute leaves the other length open");
    }
    Ok(view_box.width / view_box.height)
}

/// A length rounded to whole pixels. A positive length becomes at least one pixel. If the length is
/// outside the allowed range, the result is an error with the text `what`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn pixels(length: f64, what: &'static str) -> Parsed<u32> {
    if !(0.0..=MAX_SIDE).contains(&length) {
        return corrupt(what, 0);
    }
    let rounded = if length > 0.0 { length.round().max(1.0) } else { 0.0 };
    Ok(rounded as u32)
}
