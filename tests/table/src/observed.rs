//! Sample observations.

use catalog::RecordState;
use contract::{ImageFacts, MEASURING, Observation, Rejection, StoredObject};

/// An image with this content type and size in bytes.
#[must_use]
pub fn image(content_type: &str, size: u64) -> Observation {
    Observation::Image { object: object(size), image: facts(content_type) }
}

/// Facts that the probe could find in an image with this content type.
#[must_use]
pub fn facts(content_type: &str) -> ImageFacts {
    ImageFacts {
        format: content_type.rsplit('/').next().unwrap_or_default().to_owned(),
        content_type: content_type.to_owned(),
        width: 1680,
        height: 1050,
        orientation: None,
        display_width: 1680,
        display_height: 1050,
        bits_per_channel: Some(8),
        channels: Some(3),
        has_alpha: Some(false),
        color_space: Some("RGB".to_owned()),
        icc_profile: Some("Display P3".to_owned()),
        progressive: Some(false),
        density_x: Some(300),
        density_y: Some(300),
        taken_at: Some("2024-05-01T12:00:00+02:00".to_owned()),
        camera_make: Some("Canon".to_owned()),
        camera_model: Some("Canon EOS R5".to_owned()),
        lens_model: Some("EF50mm f/1.8 STM".to_owned()),
        measuring: Some(MEASURING),
        ..ImageFacts::default()
    }
}

/// An object of `size` bytes that is not an image.
#[must_use]
pub fn rejected(size: u64) -> Observation {
    Observation::Rejected {
        object: Some(object(size)),
        rejection: Rejection {
            reason: "UnsupportedImage".into(),
            message: "the bytes are not those of an image format".into(),
        },
    }
}

/// An object of `size` bytes.
#[must_use]
pub fn object(size: u64) -> StoredObject {
    StoredObject {
        size,
        etag: format!("{size:032x}"),
        version_id: None,
        claimed_content_type: Some("application/octet-stream".into()),
        last_modified: Some("2024-05-01T12:00:00Z".into()),
    }
}

/// True if recording this observation leads to this state.
#[must_use]
pub fn is_state_of(state: &RecordState, observation: &Observation) -> bool {
    match (state, observation) {
        (RecordState::Image(it), Observation::Image { object, image }) => {
            it.object == *object && it.image == *image
        }
        (
            RecordState::Rejected { object: stored, rejection: reason, .. },
            Observation::Rejected { object, rejection },
        ) => stored == object && reason == rejection,
        (RecordState::Absent { .. }, Observation::Absent) => true,
        _ => false,
    }
}
