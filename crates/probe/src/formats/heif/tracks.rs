//! Tracks of image sequences (ISO/IEC 23008-12, 7; ISO/IEC 14496-12, 8).

use super::Picture;
use super::items::FULL_BOX;
use super::properties::State;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, Stop, corrupt};

/// Maximum number of bytes to request in one read from the start of a `moov` box's content. The box
/// describes every frame and may be long, but the facts that are read are usually near its start.
const MOVIE: u64 = 256 << 10;

/// Size in bytes of the fixed fields of a visual sample entry. The entry's properties follow these
/// fields.
const SAMPLE_ENTRY: u64 = 78;

/// Coding formats of image tracks.
const CODINGS: [&[u8; 4]; 7] = [b"av01", b"hvc1", b"hev1", b"lhv1", b"avc1", b"avc3", b"vvc1"];

/// The picture of the track that decoders show: the first track with image data. In an AVIF file,
/// the image data has to be AV1. If no track has such data, the first track of images is used.
pub(super) fn first_picture(source: &Source<'_>, movie: Box, is_avif: bool) -> Parsed<Picture> {
    source.bytes_until(movie.content, 8, movie.end.min(movie.content + MOVIE))?;
    let mut first = None;
    let mut boxes = Boxes::within(source, movie.content, movie.end);
    while let Some(found) = boxes.next()? {
        if found.kind != *b"trak" {
            continue;
        }
        let Some(track) = Track::read(source, found)? else { continue };
        if track.has_data && (!is_avif || track.picture.coding == *b"av01") {
            return Ok(track.picture);
        }
        first.get_or_insert(track.picture);
    }
    match first {
        Some(picture) => Ok(picture),
        None => corrupt("no track contains images", movie.content),
    }
}

/// A track of images.
struct Track {
    picture: Picture,
    /// True if the track's sample table lists chunks of data.
    has_data: bool,
}

impl Track {
    /// Reads a `trak` box; `None` if the track has no images, or contains the alpha plane or the
    /// depth map of another track.
    fn read(source: &Source<'_>, trak: Box) -> Parsed<Option<Self>> {
        let Some(mdia) = child(source, trak, *b"mdia")? else { return Ok(None) };
        let Some(minf) = child(source, mdia, *b"minf")? else { return Ok(None) };
        let Some(stbl) = child(source, minf, *b"stbl")? else { return Ok(None) };
        let Some(stsd) = child(source, stbl, *b"stsd")? else { return Ok(None) };
        // The version, the flags and the number of entries precede the entries.
        let Some(entry) = Boxes::within(source, stsd.content + 8, stsd.end).next()? else {
            return Ok(None);
        };
        let is_image = CODINGS.contains(&&entry.kind) || has_image_handler(source, mdia)?;
        if !is_image || is_auxiliary(source, trak)? {
            return Ok(None);
        }
        let mut picture = picture(source, trak, entry)?;
        picture.frames = source.optional(frames(source, stbl))?.flatten();
        Ok(Some(Self { picture, has_data: has_data(source, stbl)? }))
    }
}

/// True if a sample table lists chunks of data (14496-12, 8.7.5).
fn has_data(source: &Source<'_>, stbl: Box) -> Parsed<bool> {
    let mut boxes = Boxes::within(source, stbl.content, stbl.end);
    while let Some(found) = boxes.next()? {
        if matches!(&found.kind, b"stco" | b"co64") {
            return source.u32_be(found.content + FULL_BOX).map(|count| count > 0);
        }
    }
    Ok(false)
}

/// The number of samples, each of which is a frame (14496-12, 8.7.3); `None` if it is missing or
/// zero. If it is zero, the file lists its samples elsewhere.
fn frames(source: &Source<'_>, stbl: Box) -> Parsed<Option<u32>> {
    let mut boxes = Boxes::within(source, stbl.content, stbl.end);
    while let Some(found) = boxes.next()? {
        if matches!(&found.kind, b"stsz" | b"stz2") {
            let frames = source.u32_be(found.content + FULL_BOX + 4)?;
            return Ok((frames > 0).then_some(frames));
        }
    }
    Ok(None)
}

/// True if the track's handler is for images or for video. Tracks with one of the [`CODINGS`] need
/// no such handler: `libavif` also decodes tracks with other handlers, because some writers set a
/// wrong handler.
fn has_image_handler(source: &Source<'_>, mdia: Box) -> Parsed<bool> {
    let Some(hdlr) = child(source, mdia, *b"hdlr")? else { return Ok(false) };
    Ok(matches!(&source.array::<4>(hdlr.content + 8)?, b"pict" | b"vide"))
}

/// True if the track contains the alpha plane or the depth map of another track, to which it refers
/// by `auxl` (14496-12, 8.3.3).
fn is_auxiliary(source: &Source<'_>, trak: Box) -> Parsed<bool> {
    let Some(tref) = child(source, trak, *b"tref")? else { return Ok(false) };
    child(source, tref, *b"auxl").map(|auxl| auxl.is_some())
}

fn child(source: &Source<'_>, parent: Box, kind: [u8; 4]) -> Parsed<Option<Box>> {
    Boxes::within(source, parent.content, parent.end).find(kind)
}

/// The picture of the track `trak`, which has the sample entry `entry`. Decoders scale the picture
/// to the width and height in the track header. If the header states none, the sample entry's
/// 16-bit width and height are used (14496-12, 12.1.3).
fn picture(source: &Source<'_>, trak: Box, entry: Box) -> Parsed<Picture> {
    let mut state = State::new(entry.kind);
    let shown = match child(source, trak, *b"tkhd")? {
        Some(tkhd) => track_extent(source, tkhd)?,
        None => None,
    };
    let extent = match shown {
        Some(extent) => extent,
        None => {
            (source.u16_be(entry.content + 24)?.into(), source.u16_be(entry.content + 26)?.into())
        }
    };
    state.take_extent(extent, entry.content)?;
    match sample_properties(source, entry, &mut state) {
        Ok(()) => {}
        // Some writers end the entry with bytes that are not a box, so an error within the object
        // is ignored. An error at the object's end means that the object is truncated.
        Err(Stop::Corrupt { offset, .. }) if offset < source.size() => {}
        Err(stop) => return Err(stop),
    }
    state.picture(entry.content)
}

/// Applies the properties in a sample entry, except for `ispe` and `clap`: the track header states
/// the picture's extent after cropping.
fn sample_properties(source: &Source<'_>, entry: Box, state: &mut State) -> Parsed<()> {
    let mut properties = Boxes::within(source, entry.content + SAMPLE_ENTRY, entry.end);
    while let Some(property) = properties.next()? {
        match &property.kind {
            b"ispe" => {}
            b"irot" => state.rotate(source, property.content)?,
            _ => state.describe(source, property)?,
        }
    }
    Ok(())
}

/// Width and height in pixels in a track header (14496-12, 8.3.2); `None` if one of them is zero.
/// Both are fixed-point numbers, but decoders ignore the fractional parts. The offset of the width
/// depends on whether the times in the header have 32 or 64 bits.
fn track_extent(source: &Source<'_>, tkhd: Box) -> Parsed<Option<(u32, u32)>> {
    let start = tkhd.content + if source.u8(tkhd.content)? == 0 { 76 } else { 88 };
    let (width, height) = (source.u32_be(start)? >> 16, source.u32_be(start + 4)? >> 16);
    Ok((width > 0 && height > 0).then_some((width, height)))
}
