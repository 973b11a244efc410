//! JPEG files.

use super::tiff::LITTLE_ENDIAN;
use super::{boxes, exif, icc};

pub(crate) struct Jpeg(Vec<u8>);

impl Jpeg {
    /// A file that so far has only its SOI marker.
    pub(crate) fn new() -> Self {
        Self(vec![0xFF, 0xD8])
    }

    /// Appends bytes unchanged.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn segment(self, marker: u8, payload: &[u8]) -> Self {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        self.raw(&[0xFF, marker]).raw(&length).raw(payload)
    }

    /// Appends a frame header that states 8 bits per sample.
    pub(crate) fn frame(self, marker: u8, width: u16, height: u16, channels: u8) -> Self {
        let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
        let mut payload = vec![8, h1, h0, w1, w0, channels];
        for channel in 1..=channels {
            payload.extend([channel, 0x11, 0]);
        }
        self.segment(marker, &payload)
    }

    pub(crate) fn exif(self, tiff: &[u8]) -> Self {
        self.segment(0xE1, &[b"Exif\0\0", tiff].concat())
    }

    pub(crate) fn profile(self, number: u8, count: u8, part: &[u8]) -> Self {
        self.segment(0xE2, &[b"ICC_PROFILE\0", &[number, count][..], part].concat())
    }

    /// Appends a segment with the start of JUMBF data. If `kind` is `c2pa`, the data is a C2PA
    /// manifest store.
    pub(crate) fn manifest(self, kind: &[u8; 4]) -> Self {
        self.segment(0xEB, &[&b"JP\0\x01\0\0\0\x01"[..], &boxes::manifest(kind)].concat())
    }

    /// Appends a frame header that states 40 × 30 pixels, then calls [`Jpeg::finish`].
    pub(crate) fn picture(self) -> Vec<u8> {
        self.frame(0xC0, 40, 30, 3).finish()
    }

    /// Appends a scan header, some entropy-coded data and EOI.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.segment(0xDA, &[1, 1, 0, 0, 63, 0]).raw(&[0x5A, 0xFF, 0, 0xFF, 0xD9]).0
    }
}

/// A baseline JFIF file.
pub(crate) fn baseline(width: u16, height: u16) -> Vec<u8> {
    Jpeg::new()
        .segment(0xE0, b"JFIF\0\x01\x01\0\0\x48\0\x48\0\0")
        .frame(0xC0, width, height, 3)
        .finish()
}

/// A file with an ICC profile in `count` segments of the largest size.
pub(crate) fn icc_chain(count: u8, width: u16, height: u16) -> Vec<u8> {
    let chunk = vec![0x20; 65_533 - 14];
    let chain = (1..=count).fold(Jpeg::new(), |jpeg, number| jpeg.profile(number, count, &chunk));
    chain.frame(0xC0, width, height, 3).finish()
}

/// A file with `count` vendor-specific segments. Unlike the segments of an ICC profile, they do not
/// state their count.
pub(crate) fn vendor_chain(count: u8, width: u16, height: u16) -> Vec<u8> {
    let chunk = vec![0xFF; 65_000];
    let chain = (0..count).fold(Jpeg::new(), |jpeg, _| jpeg.segment(0xEF, &chunk));
    chain.frame(0xC0, width, height, 3).finish()
}

/// A file whose frame header leaves the height to a DNL segment.
pub(crate) fn height_in_dnl(width: u16, height: u16) -> Vec<u8> {
    let scan = [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56];
    Jpeg::new()
        .frame(0xC0, width, 0, 1)
        .segment(0xDA, &[1, 1, 0, 0, 63, 0])
        .raw(&scan)
        .segment(0xDC, &height.to_be_bytes())
        .raw(&[0xFF, 0xD9])
        .0
}

/// A progressive file with every kind of metadata that the probe reads.
pub(crate) fn photo() -> Vec<u8> {
    let profile = icc::display_p3();
    let (first, second) = profile.split_at(140);
    Jpeg::new()
        .segment(0xE0, b"JFIF\0\x01\x01\x01\0\x48\0\x48\0\0")
        .exif(&LITTLE_ENDIAN.structure(&exif::photo()))
        .profile(2, 2, second)
        .profile(1, 2, first)
        .manifest(b"c2pa")
        .frame(0xC2, 40, 30, 3)
        .finish()
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("jpeg-baseline", baseline(40, 30)),
        ("jpeg-exif-little-endian", Jpeg::new().exif(&exif::little_endian(6)).picture()),
        (
            "jpeg-exif-big-endian",
            Jpeg::new().exif(&exif::big_endian(3)).frame(0xC1, 40, 30, 4).finish(),
        ),
        (
            "jpeg-fill-and-junk",
            Jpeg::new()
                .raw(&[0xFF, 0xFF, 0xFF])
                .segment(0xFE, b"c")
                .raw(b"junk")
                .frame(0xC2, 40, 30, 3)
                .finish(),
        ),
        ("jpeg-height-in-dnl", height_in_dnl(40, 30)),
        ("jpeg-photo", photo()),
        ("jpeg-ls", Jpeg::new().frame(0xF7, 40, 30, 1).finish()),
    ]
}
