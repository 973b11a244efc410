//! The color space of an image.

use std::fmt;

use serde::Serialize;

/// A color space.
///
/// Serialized as its usual name, see [`ColorSpace::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum ColorSpace {
    /// Red, green and blue.
    #[serde(rename = "RGB")]
    Rgb,
    /// Shades of gray.
    #[serde(rename = "GRAY")]
    Gray,
    /// Cyan, magenta, yellow and black inks.
    #[serde(rename = "CMYK")]
    Cmyk,
    /// CIE L\*a\*b\*.
    Lab,
    /// Luma and two color differences.
    #[serde(rename = "YCbCr")]
    YCbCr,
}

impl ColorSpace {
    /// The usual name, such as `RGB`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rgb => "RGB",
            Self::Gray => "GRAY",
            Self::Cmyk => "CMYK",
            Self::Lab => "Lab",
            Self::YCbCr => "YCbCr",
        }
    }

    /// The color space to which decoders convert an image with this number of color channels.
    pub(crate) fn of_channels(colors: u8) -> Option<Self> {
        match colors {
            1 => Some(Self::Gray),
            3 => Some(Self::Rgb),
            4 => Some(Self::Cmyk),
            _ => None,
        }
    }
}

impl fmt::Display for ColorSpace {
    /// Writes the usual name, which [`ColorSpace::as_str`] returns.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
