//! Other crates that read image headers, over the same counting reader.

use crate::storage::{Cost, CountingReader};

/// What a peer says about one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerAnswer {
    /// Width and height.
    Dimensions(u64, u64),
    /// An error.
    Refused,
    /// It took its process down.
    Panicked,
}

/// A crate under comparison.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    measure: fn(&mut CountingReader<'_>) -> Option<(u64, u64)>,
}

/// Every peer, in the order of the table's columns.
pub(crate) const PEERS: [Peer; 4] = [
    Peer { name: "imagesize", measure: imagesize },
    Peer { name: "imsz", measure: imsz },
    Peer { name: "imageinfo", measure: imageinfo },
    Peer { name: "image", measure: image },
];

impl Peer {
    /// The peer with this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        const ALL: &[Peer] = &PEERS;
        ALL.iter().find(|peer| peer.name == name)
    }

    /// Lets the peer measure an object, in this process.
    pub(crate) fn ask(&self, object: &[u8]) -> (PeerAnswer, Cost) {
        let mut reader = CountingReader::new(object);
        let answer = match (self.measure)(&mut reader) {
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
