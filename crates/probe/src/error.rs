//! What the probe answers when it finds no dimensions.

use thiserror::Error;

use crate::Format;

/// Why an object has no dimensions.
///
/// Neither kind can succeed on a second try: the answer lies in the object's
/// bytes. The messages are written for the person who uploaded the object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The object has no bytes.
    #[error("the object is empty")]
    Empty,
    /// The bytes begin like no image format.
    #[error("not an image: {found}")]
    NotAnImage {
        /// What the bytes look like instead.
        found: &'static str,
    },
    /// A format that the probe recognises but does not measure.
    #[error("{name} is not a supported image format")]
    UnsupportedFormat {
        /// The format's name, as people write it.
        name: &'static str,
    },
    /// A supported format in a form that states no dimensions.
    #[error("unsupported {}: {what}", format.title())]
    UnsupportedFeature {
        /// The format.
        format: Format,
        /// What is not supported.
        what: &'static str,
    },
    /// The header is cut off, contradicts itself or states absurd dimensions.
    #[error("corrupt {}: {what} (at byte {offset})", format.title())]
    Corrupt {
        /// The format that the first bytes announce.
        format: Format,
        /// What is wrong.
        what: &'static str,
        /// Where, in bytes from the start of the object.
        offset: u64,
    },
    /// The header is spread wider than [`Limits`](crate::Limits) allow to read.
    #[error(
        "corrupt {}: no dimensions found within {reads} reads and {bytes} bytes",
        format.map_or("image", Format::title)
    )]
    LimitExceeded {
        /// The format that the first bytes announce, if they were seen.
        format: Option<Format>,
        /// Reads made so far.
        reads: u32,
        /// Bytes read so far.
        bytes: u64,
    },
}

impl ProbeError {
    /// The stable name under which a state machine catches this error:
    /// `UnsupportedImage` or `CorruptImage`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty
            | Self::NotAnImage { .. }
            | Self::UnsupportedFormat { .. }
            | Self::UnsupportedFeature { .. } => "UnsupportedImage",
            Self::Corrupt { .. } | Self::LimitExceeded { .. } => "CorruptImage",
        }
    }
}
