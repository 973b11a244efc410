//! EXIF orientations.

use serde::{Deserialize, Serialize};

/// An EXIF orientation, 1 to 8 (CIPA DC-008 "Exif 2.32", tag 0x0112).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Orientation(u8);

impl Orientation {
    /// The orientation with this number; `None` if the number is not 1 to 8.
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
