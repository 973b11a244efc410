//! Tracks of image sequences (ISO/IEC 23008-12, 7; ISO/IEC 14496-12, 8).

use super::Picture;
use crate::isobmff::{Box, Boxes};
use crate::source::{Parsed, Source, corrupt};

/// Bytes of a `moov` box to read at once. The box describes every frame, but its first part
/// suffices.
const MOVIE: u64 = 256 << 10;

/// The picture that the first image track's first sample description describes.
pub(super) fn first_picture(source: &Source<'_>, movie: Box) -> Parsed<Picture> {
    source.bytes_until(movie.content, 8, movie.end.min(movie.content + MOVIE))?;
    let mut boxes = Boxes::within(source, movie.content, movie.end);
    while let Some(found) = boxes.next()? {
        if found.kind != *b"trak" {
            continue;
        }
        if let Some(picture) = track(source, found)? {
            return Ok(picture);
        }
    }
    corrupt("no track contains images", movie.content)
}

/// The picture of an image track; `None` for tracks of alpha planes, sound and others.
fn track(source: &Source<'_>, trak: Box) -> Parsed<Option<Picture>> {
    let Some(mdia) = child(source, trak, *b"mdia")? else { return Ok(None) };
    let Some(hdlr) = child(source, mdia, *b"hdlr")? else { return Ok(None) };
    if !matches!(&source.array::<4>(hdlr.content + 8)?, b"pict" | b"vide") {
        return Ok(None);
    }
    let mut found = Some(mdia);
    for kind in [*b"minf", *b"stbl", *b"stsd"] {
        found = match found {
            Some(parent) => child(source, parent, kind)?,
            None => None,
        };
    }
    found.map(|stsd| sample_entry(source, stsd)).transpose()
}

fn child(source: &Source<'_>, parent: Box, kind: [u8; 4]) -> Parsed<Option<Box>> {
    Boxes::within(source, parent.content, parent.end).find(kind)
}

/// Reads the first visual sample entry (14496-12, 12.1.3), which has a 16-bit width and height. The
/// entries follow the version, the flags and their count.
fn sample_entry(source: &Source<'_>, stsd: Box) -> Parsed<Picture> {
    let mut entries = Boxes::within(source, stsd.content + 8, stsd.end);
    let Some(entry) = entries.next()? else {
        return corrupt("the image track has no sample description", stsd.content);
    };
    Ok(Picture {
        width: source.u16_be(entry.content + 24)?.into(),
        height: source.u16_be(entry.content + 26)?.into(),
        coding: entry.kind,
        bits_per_channel: None,
        channels: None,
    })
}
