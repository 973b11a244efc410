//! Peers: other crates that read image headers. Each reads through a [`CountingReader`], which
//! counts the GETs.

use crate::storage::{Cost, CountingReader};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerAnswer {
    /// Width and height in pixels.
    Dimensions(u64, u64),
    /// The peer returned an error.
    Refused,
    /// The peer's process failed, as it does when the peer panics.
    Panicked,
}

/// A crate to compare with the probe.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// Returns width and height in pixels; `None` if the crate returns an error.
    dimensions: fn(&mut CountingReader<'_>) -> Option<(u64, u64)>,
}

/// Every peer, in the order of the columns that the report prints.
pub(crate) const PEERS: [Peer; 4] = [
    Peer { name: "imagesize", dimensions: imagesize },
    Peer { name: "imsz", dimensions: imsz },
    Peer { name: "imageinfo", dimensions: imageinfo },
    Peer { name: "image", dimensions: image },
];

impl Peer {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        const ALL: &[Peer] = &PEERS;
        ALL.iter().find(|peer| peer.name == name)
    }

    /// Lets the peer measure an object, in this process.
    pub(crate) fn measure(&self, object: &[u8]) -> (PeerAnswer, Cost) {
        let mut reader = CountingReader::new(object);
        let answer = match (self.dimensions)(&mut reader) {
            Some((width, height)) => PeerAnswer::Dimensions(width, height),
            None => PeerAnswer::Refused,
        };
        (answer, reader.cost())
    }
}

fn imagesize(reader: &mut CountingReader<'_>) -> Option<(u64, u64)> {
    let size = imagesize::reader_size(reader).ok()?;
    Some((size.width as u64, size.height as u64))
}

fn imsz(reader: &mut CountingReader<'_>) -> Option<(u64, u64)> {
    let info = imsz::imsz_from_reader(reader).ok()?;
    Some((info.width, info.height))
}

fn imageinfo(reader: &mut CountingReader<'_>) -> Option<(u64, u64)> {
    let info = imageinfo::ImageInfo::from_reader(reader).ok()?;
    Some((info.size.width.try_into().ok()?, info.size.height.try_into().ok()?))
}

fn image(reader: &mut CountingReader<'_>) -> Option<(u64, u64)> {
    let reader = image::ImageReader::new(reader).with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    Some((width.into(), height.into()))
}
