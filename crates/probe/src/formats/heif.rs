//! HEIF and AVIF (ISO/IEC 23008-12; AV1 Image File Format 1.1).

mod brands;
mod items;
mod properties;
mod tracks;

use brands::Brands;

use crate::icc::Profile;
use crate::image::ColorSpace;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Facts that an item or a track states about its picture.
struct Picture {
    /// Width in pixels, as a decoder outputs it.
    width: u32,
    /// Height in pixels, as a decoder outputs it.
    height: u32,
    /// The four-character code of the coding format, such as `hvc1`.
    coding: [u8; 4],
    bits_per_channel: Option<u8>,
    channels: Option<u8>,
    has_alpha: Option<bool>,
    /// Number of frames of a sequence.
    frames: Option<u32>,
    profile: Option<Profile>,
}

/// UUID of the `uuid` box that contains a C2PA manifest (C2PA Technical Specification, "Embedding
/// manifests into BMFF-based assets").
const C2PA: [u8; 16] = [
    0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81,
];

/// Measures the primary item. Measures an image track instead if decoders show the track
/// ([`Brands::prefer_tracks`]), or if there is no primary item.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut boxes = Boxes::within(source, 0, source.size());
    let brands = match boxes.next()? {
        Some(ftyp) => Brands::read(source, ftyp)?,
        None => return corrupt("the file type box (ftyp) is missing", 0),
    };
    let (mut meta, mut movie) = (None, None);
    let (mut has_primary_item, mut content_credentials) = (true, false);
    let finished = |mut image: Image, meta: Option<Box>, content_credentials: bool| {
        image.content_credentials = content_credentials;
        if let Some(meta) = meta {
            source.optional(items::add_exif(source, meta, &mut image))?;
        }
        Ok(image)
    };
    while let Some(found) = boxes.next()? {
        match &found.kind {
            b"meta" if meta.is_none() => meta = Some(found),
            b"moov" if movie.is_none() => movie = Some(found),
            b"uuid" => {
                let kind = source.optional(source.array(found.content))?;
                content_credentials |= kind == Some(C2PA);
                continue;
            }
            // ISO/IEC 23008-12, amendment 3: a `mini` box of packed bits replaces `meta`.
            b"mini" => {
                return Err(Stop::UnsupportedFeature("it has the minimized form (a mini box)"));
            }
            _ => continue,
        }
        let prefers_tracks = brands.prefer_tracks(movie.is_some());
        if let (Some(meta), false) = (meta, prefers_tracks) {
            if let Some(image) = item(source, meta, &brands)? {
                return finished(image, Some(meta), content_credentials);
            }
            has_primary_item = false;
        }
        if let (Some(movie), true) = (movie, prefers_tracks || !has_primary_item) {
            return finished(track(source, movie, &brands)?, meta, content_credentials);
        }
    }
    match (meta, movie) {
        (None, Some(movie)) => finished(track(source, movie, &brands)?, None, content_credentials),
        (Some(_), _) if has_primary_item => corrupt("the sequence has no tracks", source.size()),
        _ => corrupt("neither items nor tracks describe an image", source.size()),
    }
}

fn item(source: &Source<'_>, meta: Box, brands: &Brands<'_>) -> Parsed<Option<Image>> {
    let picture = items::primary(source, meta)?;
    Ok(picture.map(|picture| {
        let kind = brands.still(picture.coding);
        image(picture, brands, kind)
    }))
}

fn track(source: &Source<'_>, movie: Box, brands: &Brands<'_>) -> Parsed<Image> {
    let picture = tracks::first_picture(source, movie, brands.are_of_avif())?;
    let kind = Brands::sequence(picture.coding);
    Ok(image(picture, brands, kind))
}

fn image(picture: Picture, brands: &Brands<'_>, kind: (Format, &'static str)) -> Image {
    let (format, content_type) = kind;
    let mut image =
        Image::new(format, picture.width, picture.height).with_content_type(content_type);
    image.bits_per_channel = picture.bits_per_channel;
    image.channels = picture.channels;
    image.has_alpha = picture.has_alpha;
    image.animated = Some(brands.is_sequence());
    image.frames = picture.frames;
    // Decoders convert YCbCr to RGB, so every picture that is not gray is RGB.
    let is_gray = picture.channels == Some(1);
    image.color_space = Some(if is_gray { ColorSpace::Gray } else { ColorSpace::Rgb });
    if let Some(profile) = picture.profile {
        image.take_profile(profile);
    }
    image
}
