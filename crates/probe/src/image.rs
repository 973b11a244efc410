//! The facts about an image that its header states.

mod color_space;
mod density;
mod location;
mod orientation;

use crate::Format;
use crate::exif::Exif;
use crate::icc::Profile;

pub use color_space::ColorSpace;
pub use density::Density;
pub use location::{Decimal, Location};
pub use orientation::{InvalidOrientation, Orientation};

pub(crate) use density::Unit;

/// The facts about an image that its header states.
///
/// `width` × `height` is what a decoder outputs. For most formats that is the stored raster. For
/// HEIF and AVIF it is the primary item after clean aperture, rotation and mirroring. For JPEG XL
/// it is the oriented image. In these formats, the transformations are part of decoding. EXIF
/// orientation is reported separately and not applied to `width` and `height`.
///
/// Texts are at most [`Image::MAX_TEXT`] bytes long and contain no control characters.
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
    /// True if pixels may be transparent, or `None` if unknown.
    pub has_alpha: Option<bool>,
    /// The color space that the ICC profile's header states, or else the color space that the
    /// format's own header states or implies; `None` if unknown. JPEG, WebP, HEIF and AVIF files
    /// with YCbCr data are RGB, because decoders output RGB.
    pub color_space: Option<ColorSpace>,
    /// The description of the ICC profile, or `None` if there is none.
    pub icc_profile: Option<String>,
    /// True if the image is stored so that a part of the file shows a coarse version of the whole
    /// image: progressive JPEG, interlaced PNG and GIF. `None` for other formats.
    pub progressive: Option<bool>,
    /// True if the header says that the image is an animation, by a flag or by more than one frame;
    /// `None` if the header does not tell.
    pub animated: Option<bool>,
    /// Number of frames that the header states or the probe counted, or `None` if there is no such
    /// number. For most images that are not animated, it is `None`.
    pub frames: Option<u32>,
    /// Number of pages of a TIFF file, or `None` if the pages could not be counted. Always `None`
    /// for other formats, and for raw formats based on TIFF.
    pub pages: Option<u32>,
    /// The density in dots per inch, or `None` if the header states none, or only a ratio.
    pub density: Option<Density>,
    /// The local time at which the image was taken, as ISO 8601 such as `2024-05-01T12:00:00`, with
    /// an offset from UTC such as `+02:00` if the file states one; `None` if unknown.
    pub taken_at: Option<String>,
    /// The camera's manufacturer, or `None` if unknown.
    pub camera_make: Option<String>,
    /// The camera's model, or `None` if unknown.
    pub camera_model: Option<String>,
    /// The lens's model, or `None` if unknown.
    pub lens_model: Option<String>,
    /// The place where the image was taken, or `None` if unknown or not asked for with
    /// [`Probe::with_location`](crate::Probe::with_location).
    pub location: Option<Location>,
    /// True if a C2PA manifest was seen; its signature is not checked. False does not mean that the
    /// object has no manifest: a manifest may follow the image data.
    pub content_credentials: bool,
    content_type: &'static str,
}

impl Image {
    /// Maximum length in bytes of each text, such as [`icc_profile`](Self::icc_profile).
    pub const MAX_TEXT: usize = 64;

    /// An image of which only the format and the dimensions in pixels are known.
    pub(crate) fn new(format: Format, width: u32, height: u32) -> Self {
        Self {
            format,
            width,
            height,
            orientation: None,
            bits_per_channel: None,
            channels: None,
            has_alpha: None,
            color_space: None,
            icc_profile: None,
            progressive: None,
            animated: None,
            frames: None,
            pages: None,
            density: None,
            taken_at: None,
            camera_make: None,
            camera_model: None,
            lens_model: None,
            location: None,
            content_credentials: false,
            content_type: format.content_type(),
        }
    }

    /// Replaces the format's usual content type with a more specific one.
    pub(crate) fn with_content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    /// Sets the bits per channel and the number of channels.
    pub(crate) fn with_samples(mut self, bits: u8, channels: u8) -> Self {
        self.bits_per_channel = Some(bits);
        self.channels = Some(channels);
        self
    }

    /// Sets the number of frames, and whether they make an animation.
    pub(crate) fn set_frames(&mut self, frames: u32) {
        self.frames = Some(frames);
        self.animated = Some(frames > 1);
    }

    /// Sets the facts that EXIF metadata states. They take precedence over facts from other
    /// metadata. If rotation is part of decoding, the orientation is ignored.
    pub(crate) fn take_exif(&mut self, exif: Exif) {
        if !matches!(self.format, Format::Heif | Format::Avif | Format::Jxl) {
            self.orientation = exif.orientation;
        }
        self.density = exif.density.or(self.density);
        self.taken_at = exif.taken_at;
        self.camera_make = exif.camera_make;
        self.camera_model = exif.camera_model;
        self.lens_model = exif.lens_model;
        self.location = exif.location;
    }

    /// Sets the facts that an ICC profile states. The profile's color space takes precedence over
    /// the color space that the format's own header states or implies.
    pub(crate) fn take_profile(&mut self, profile: Profile) {
        self.color_space = profile.color_space.or(self.color_space);
        self.icc_profile = profile.description;
    }

    /// The content type that the bytes show. For TIFF, the hint can select the content type of a
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
