//! The facts about an image that its header states.

use serde::{Deserialize, Serialize};

use crate::Format;

/// The facts about an image that its header states.
///
/// `width` × `height` is what a decoder outputs. For most formats that is the stored raster. For
/// HEIF and AVIF it is the primary item after clean aperture, rotation and mirroring, and for JPEG
/// XL the oriented image, because in these formats the transformations are part of decoding. EXIF
/// orientation is reported separately and not applied to `width` and `height`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The format, as determined from the bytes.
    pub format: Format,
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// The EXIF orientation, or `None` if the header states none. Always `None` for formats in
    /// which rotation is part of decoding (HEIF, AVIF, JPEG XL).
    pub orientation: Option<Orientation>,
    /// Bits per stored sample (per index, in an image with a palette), or `None` if unknown.
    pub bits_per_channel: Option<u8>,
    /// Stored samples per pixel (1 in an image with a palette), or `None` if unknown.
    pub channels: Option<u8>,
    /// True if the image has more than one frame to play, or `None` if the header does not tell.
    pub animated: Option<bool>,
    content_type: &'static str,
}

impl Image {
    /// An image of which only the format and the dimensions in pixels are known.
    pub(crate) fn new(format: Format, width: u32, height: u32) -> Self {
        Self {
            format,
            width,
            height,
            orientation: None,
            bits_per_channel: None,
            channels: None,
            animated: None,
            content_type: format.content_type(),
        }
    }

    /// Replaces the format's usual content type with a more specific one.
    pub(crate) fn with_content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    /// Sets bits per channel and the number of channels.
    pub(crate) fn with_samples(mut self, bits: u8, channels: u8) -> Self {
        self.bits_per_channel = Some(bits);
        self.channels = Some(channels);
        self
    }

    /// The content type, as the bytes show it. Only for TIFF does the hint narrow it down, to a
    /// camera raw format based on TIFF.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// Width in pixels after the EXIF orientation has been applied.
    #[must_use]
    pub fn display_width(&self) -> u32 {
        if self.is_turned() { self.height } else { self.width }
    }

    /// Height in pixels after the EXIF orientation has been applied.
    #[must_use]
    pub fn display_height(&self) -> u32 {
        if self.is_turned() { self.width } else { self.height }
    }

    fn is_turned(&self) -> bool {
        self.orientation.is_some_and(Orientation::swaps_axes)
    }
}

/// An EXIF orientation, 1 to 8 (CIPA DC-008 "Exif 2.32", tag 0x0112).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Orientation(u8);

impl Orientation {
    /// The orientation with this number; `None` unless it is 1 to 8.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=8).contains(&number).then_some(Self(number))
    }

    /// The number, 1 to 8.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// True if the orientation swaps width and height (5 to 8).
    #[must_use]
    pub fn swaps_axes(self) -> bool {
        self.0 >= 5
    }
}

/// The error for a number that is not an EXIF orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an EXIF orientation: expected 1 to 8")]
pub struct InvalidOrientation(u8);

impl TryFrom<u8> for Orientation {
    type Error = InvalidOrientation;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or(InvalidOrientation(number))
    }
}

impl From<Orientation> for u8 {
    fn from(orientation: Orientation) -> Self {
        orientation.get()
    }
}
