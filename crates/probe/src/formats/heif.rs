//! HEIF and AVIF (ISO/IEC 23008-12; AV1 Image File Format 1.1).

mod brands;
mod items;
mod tracks;

use brands::Brands;

use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// The facts that items and tracks both state.
struct Picture {
    /// Width in pixels, as a decoder outputs it.
    width: u32,
    /// Height in pixels, as a decoder outputs it.
    height: u32,
    /// The four-character code of the coding format, such as `hvc1`.
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
}

/// Measures the primary item. Measures the first image track instead if there is no primary item,
/// or if the major brand is that of a sequence and `moov` comes first.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut boxes = Boxes::within(source, 0, source.size());
    let brands = match boxes.next()? {
        Some(ftyp) => Brands::read(source, ftyp)?,
        None => return corrupt("the file type box (ftyp) is missing", 0),
    };
    let mut movie = None;
    let mut use_tracks = brands.has_sequence_as_major();
    while let Some(found) = boxes.next()? {
        match &found.kind {
            b"meta" => match items::primary(source, found)? {
                Some(picture) => return Ok(image(&picture, &brands, brands.still(picture.coding))),
                None => use_tracks = true,
            },
            b"moov" => movie = Some(found),
            // 23008-12 amendment 3: one box of packed bits replaces `meta`.
            b"mini" => {
                return Err(Stop::UnsupportedFeature("it has the minimized form (a mini box)"));
            }
            _ => {}
        }
        if let (Some(movie), true) = (movie, use_tracks) {
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
