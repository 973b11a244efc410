//! Input, output and errors.

use contract::{ImageFacts, Location, MEASURING, NamedError, StoredObject};
use probe::{Image, ProbeError};
use serde::{Deserialize, Serialize};
use storage::StorageError;

/// Input: the object to measure.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// Name of the bucket.
    pub(crate) bucket: String,
    /// Full key of the object, not URL-encoded.
    pub(crate) key: String,
    /// The version that `head-object` saw.
    pub(crate) object: StoredObject,
    /// ARN of the execution, for the log.
    #[serde(default)]
    pub(crate) execution: Option<String>,
}

/// Output: the facts about the image, and how much was read to find them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measurement {
    #[serde(flatten)]
    pub(crate) image: ImageFacts,
    /// Number of ranged GETs.
    pub(crate) gets: u64,
    /// Number of bytes read.
    pub(crate) bytes_read: u64,
}

/// Error while measuring an object.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    /// The bytes are not an image that the probe measures: no image, a corrupt image, an image of
    /// an unsupported kind, or an image whose header exceeds a limit.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The bytes could not be read from S3.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl MeasureError {
    /// Outcome of the invocation if the error is an expected result; `None` for any other error.
    pub(crate) fn outcome(&self) -> Option<&'static str> {
        match self {
            Self::Probe(_) | Self::Storage(StorageError::ObjectUnreadable(_)) => Some("rejected"),
            Self::Storage(StorageError::ObjectChanged) => Some("changed"),
            Self::Storage(StorageError::ObjectGone) => Some("gone"),
            Self::Storage(_) => None,
        }
    }
}

impl NamedError for MeasureError {
    fn name(&self) -> &'static str {
        match self {
            Self::Probe(error) => error.name(),
            Self::Storage(error) => error.name(),
        }
    }

    fn is_expected(&self) -> bool {
        self.outcome().is_some()
    }
}

/// The facts about an image, in the form that the state machine passes on.
pub(crate) fn facts(image: Image) -> ImageFacts {
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
        has_alpha: image.has_alpha,
        color_space: image.color_space.map(|space| space.as_str().to_owned()),
        icc_profile: image.icc_profile,
        progressive: image.progressive,
        animated: image.animated,
        frames: image.frames,
        pages: image.pages,
        density_x: image.density.map(|density| density.x),
        density_y: image.density.map(|density| density.y),
        taken_at: image.taken_at,
        camera_make: image.camera_make,
        camera_model: image.camera_model,
        lens_model: image.lens_model,
        location: image.location.map(location),
        content_credentials: image.content_credentials,
        measuring: Some(MEASURING),
    }
}

fn location(location: probe::Location) -> Location {
    Location {
        latitude: location.latitude.to_string(),
        longitude: location.longitude.to_string(),
        altitude: location.altitude.map(|altitude| altitude.to_string()),
    }
}
