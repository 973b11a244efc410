//! HEIF and AVIF (ISO/IEC 23008-12; AV1 Image File Format 1.1).

use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

mod brands;
mod items;
mod tracks;

use brands::Brands;

/// What items and tracks state alike.
struct Picture {
    width: u32,
    height: u32,
    /// The four-character code of the coding, such as `hvc1`.
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
}

/// The primary item's dimensions, or those of the first image track where
/// there is no item, as a decoder outputs them.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut boxes = Boxes::within(source, 0, source.size());
    let brands = match boxes.next()? {
        Some(ftyp) => Brands::read(source, ftyp)?,
        None => return corrupt("the file type is missing", 0),
    };
    let mut movie = None;
    let mut tracks_count = brands.is_sequence_first();
    while let Some(found) = boxes.next()? {
        match &found.kind {
            b"meta" => match items::primary(source, found)? {
                Some(picture) => return Ok(image(&picture, &brands, brands.still(picture.coding))),
                None => tracks_count = true,
            },
            b"moov" => movie = Some(found),
            // 23008-12 amendment 3: all of it in one box of packed bits.
            b"mini" => return Err(Stop::Unsupported("the minimized form is not read")),
            _ => {}
        }
        if let (Some(movie), true) = (movie, tracks_count) {
            return track(source, movie, &brands);
        }
    }
    match movie {
        Some(movie) => track(source, movie, &brands),
        None => corrupt("neither items nor tracks describe an image", source.size()),
    }
}

fn track(source: &Source<'_>, movie: Box, brands: &Brands<'_>) -> Parsed<Image> {
    let picture = tracks::first_picture(source, movie)?;
    Ok(image(&picture, brands, Brands::sequence(picture.coding)))
}

fn image(picture: &Picture, brands: &Brands<'_>, kind: (Format, &'static str)) -> Image {
    let (format, content_type) = kind;
    let mut image =
        Image::new(format, picture.width, picture.height).with_content_type(content_type);
    image.bits_per_channel = picture.bits_per_channel;
    image.channels = picture.channels;
    image.animated = Some(brands.is_sequence());
    image
}
