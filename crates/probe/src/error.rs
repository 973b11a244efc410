//! Errors of the probe.

use thiserror::Error;

use crate::Format;

/// The reason why an object could not be measured.
///
/// Every error is permanent: the same bytes give the same error again. The messages are written for
/// the person who uploaded the object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The object has no bytes.
    #[error("the object is empty")]
    Empty,
    /// The bytes match no known image format.
    #[error("not an image: {found}")]
    NotAnImage {
        /// A description of the bytes, such as "it looks like text".
        found: &'static str,
    },
    /// The probe recognizes the format but does not measure it.
    #[error("{name} is not a supported image format")]
    UnsupportedFormat {
        /// The format's usual name, such as `PDF`.
        name: &'static str,
    },
    /// The format is supported, but the object uses a feature that is not.
    #[error("unsupported {}: {what}", format.title())]
    UnsupportedFeature {
        /// The object's format.
        format: Format,
        /// A description of the unsupported feature.
        what: &'static str,
    },
    /// The header is truncated, contradicts itself or states implausible dimensions.
    #[error("corrupt {}: {what} (at byte {offset})", format.title())]
    Corrupt {
        /// The format that the first bytes announce.
        format: Format,
        /// A description of the defect.
        what: &'static str,
        /// Position of the defect, in bytes from the start of the object.
        offset: u64,
    },
    /// [`Limits`](crate::Limits) were reached before the end of the header. The object may be a
    /// valid image.
    #[error(
        "unsupported {}: its header does not end within {reads} reads and {bytes} bytes",
        format.map_or("image", Format::title)
    )]
    LimitExceeded {
        /// The format that the first bytes announce; `None` if these bytes were not read.
        format: Option<Format>,
        /// Number of reads made.
        reads: u32,
        /// Number of bytes read.
        bytes: u64,
    },
}

impl ProbeError {
    /// The stable name by which a state machine catches this error: `UnsupportedImage` or
    /// `CorruptImage`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty
            | Self::NotAnImage { .. }
            | Self::UnsupportedFormat { .. }
            | Self::UnsupportedFeature { .. }
            | Self::LimitExceeded { .. } => "UnsupportedImage",
            Self::Corrupt { .. } => "CorruptImage",
        }
    }
}
