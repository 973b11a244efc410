//! Input, output and errors.

use contract::NamedError;
use contract::{ImageFacts, StoredObject};
use probe::{Image, ProbeError};
use serde::{Deserialize, Serialize};
use storage::StorageError;

/// The object to measure.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// Name of the bucket.
    pub(crate) bucket: String,
    /// Key, decoded.
    pub(crate) key: String,
    /// The version that `head-object` saw.
    pub(crate) object: StoredObject,
}

/// What the header says, and what it took to read it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measurement {
    #[serde(flatten)]
    pub(crate) image: ImageFacts,
    /// Ranged GETs made.
    pub(crate) gets: u64,
    /// Bytes read.
    pub(crate) bytes_read: u64,
}

/// An object that could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    /// The bytes are no image, or a broken one.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The object is archived, so its bytes cannot be read; to the catalog that is an image that
    /// is not supported, with the reason.
    #[error("{0}")]
    Archived(StorageError),
    /// S3 did not give the bytes.
    #[error(transparent)]
    Storage(StorageError),
}

impl From<StorageError> for MeasureError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::ObjectArchived => Self::Archived(error),
            _ => Self::Storage(error),
        }
    }
}

impl NamedError for MeasureError {
    fn name(&self) -> &'static str {
        match self {
            Self::Probe(error) => error.name(),
            Self::Archived(_) => "UnsupportedImage",
            Self::Storage(error) => error.name(),
        }
    }
}

/// The facts of an image as they travel through the state machine.
pub(crate) fn facts(image: &Image) -> ImageFacts {
    ImageFacts {
        format: image.format.as_str().to_owned(),
        content_type: image.content_type().to_owned(),
        width: image.width.into(),
        height: image.height.into(),
        orientation: image.orientation.map(probe::Orientation::get),
        display_width: image.display_width().into(),
        display_height: image.display_height().into(),
        bits_per_channel: image.bits_per_channel,
        channels: image.channels,
        animated: image.animated,
    }
}
