//! The file type box (ISO/IEC 14496-12, 4.3), whose brands tell images from videos.

use crate::Format;
use crate::isobmff::Box;
use crate::source::{Parsed, Source, Stop, corrupt};

/// Maximum accepted size in bytes of the file type box's content. Writers list far fewer brands
/// than would fit.
const MAX_LENGTH: u64 = 1024;

/// Brands of still images and image collections (23008-12, clause 10 and annexes).
const STILL: [&[u8; 4]; 13] = [
    b"mif1", b"mif2", b"mif3", b"miaf", b"heic", b"heix", b"heim", b"heis", b"avif", b"avci",
    b"j2ki", b"jpeg", b"1pic",
];

/// Brands of image sequences (23008-12, clause 10 and annexes).
const SEQUENCE: [&[u8; 4]; 8] =
    [b"msf1", b"hevc", b"hevx", b"hevm", b"hevs", b"avis", b"avcs", b"j2is"];

/// The brands that a file declares.
pub(super) struct Brands<'a> {
    major: [u8; 4],
    /// Four bytes per brand.
    compatible: &'a [u8],
}

impl<'a> Brands<'a> {
    /// Reads the brands of a file, and rejects files that are neither HEIF nor AVIF.
    pub(super) fn read(source: &Source<'a>, ftyp: Box) -> Parsed<Self> {
        let length = ftyp.end.saturating_sub(ftyp.content);
        if !(8..=MAX_LENGTH).contains(&length) {
            return corrupt("the file type box (ftyp) has an implausible size", ftyp.content);
        }
        let major = source.array(ftyp.content)?;
        let rest = usize::try_from(length - 8).unwrap_or(0);
        let brands = Self { major, compatible: source.bytes(ftyp.content + 8, rest)? };
        match brands.unsupported() {
            Some(name) => Err(Stop::UnsupportedFormat(name)),
            None => Ok(brands),
        }
    }

    /// The name of the file's type; `None` if it is HEIF or AVIF.
    fn unsupported(&self) -> Option<&'static str> {
        match &self.major {
            b"crx " => Some("Canon CR3"),
            b"qt  " => Some("QuickTime video"),
            _ if self.is_still() || self.is_sequence() => None,
            _ => Some("MP4 video"),
        }
    }

    /// The major brand, then the compatible brands.
    fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.major[..]).chain(self.compatible.chunks_exact(4))
    }

    fn is_still(&self) -> bool {
        self.all().any(|brand| STILL.iter().any(|still| brand == *still))
    }

    /// True if any brand is that of an image sequence.
    pub(super) fn is_sequence(&self) -> bool {
        self.all().any(|brand| SEQUENCE.iter().any(|sequence| brand == *sequence))
    }

    /// True if the file claims to be AVIF.
    pub(super) fn are_of_avif(&self) -> bool {
        self.all().any(|brand| brand == b"avif" || brand == b"avis")
    }

    /// True if decoders show the track of a file that has both a track and a primary item.
    /// `has_movie_already` is true if `moov` precedes `meta`.
    ///
    /// - If the major brand is that of an image sequence, decoders show the track.
    /// - Otherwise, if the file is AVIF but its major brand is not `avif`: `libavif` shows the
    ///   track if `moov` precedes `meta`, or if one of the brands is `avis`. If neither is true,
    ///   `libavif` stops at `meta`, and shows the primary item.
    /// - In all other files, decoders show the primary item.
    pub(super) fn prefer_tracks(&self, has_movie_already: bool) -> bool {
        if SEQUENCE.contains(&&self.major) {
            return true;
        }
        let is_undecided = self.are_of_avif() && self.major != *b"avif";
        is_undecided && (has_movie_already || self.all().any(|brand| brand == b"avis"))
    }

    /// Format and content type of an image item with this coding format.
    pub(super) fn still(&self, coding: [u8; 4]) -> (Format, &'static str) {
        match &coding {
            b"av01" => (Format::Avif, "image/avif"),
            b"hvc1" | b"lhv1" => (Format::Heif, "image/heic"),
            _ => self.by_major(),
        }
    }

    /// Format and content type of an image sequence with this coding format.
    pub(super) fn sequence(coding: [u8; 4]) -> (Format, &'static str) {
        match &coding {
            b"av01" => (Format::Avif, "image/avif"),
            b"hvc1" | b"hev1" => (Format::Heif, "image/heic-sequence"),
            _ => (Format::Heif, "image/heif-sequence"),
        }
    }

    /// Format and content type that the major brand implies, for an image whose coding format
    /// implies none.
    fn by_major(&self) -> (Format, &'static str) {
        match &self.major {
            b"avif" | b"avis" => (Format::Avif, "image/avif"),
            b"heic" | b"heix" | b"heim" | b"heis" => (Format::Heif, "image/heic"),
            _ => (Format::Heif, "image/heif"),
        }
    }
}
