//! The JSON between the states: an object in S3, the image in it, and what is recorded of both.

use serde::{Deserialize, Serialize};

use crate::Sequencer;

/// What S3 holds under a key: the answer of `head-object`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Name of the bucket.
    pub bucket: String,
    /// Key of the object, decoded, with its `uploads/` prefix.
    pub key: String,
    /// Position of the event among the events of this key; none for an execution started by
    /// hand without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<Sequencer>,
    /// Whether S3 holds an object under the key now.
    pub present: bool,
    /// The object, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<StoredObject>,
}

/// One version of an object as S3 describes it, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredObject {
    /// Size in bytes.
    pub size: u64,
    /// Entity tag without the quotes; every read of the object is pinned to it.
    pub etag: String,
    /// Version, in a bucket with versioning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Content type that the uploader claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_content_type: Option<String>,
    /// When the object was written, as RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// What the header of an image says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// Name of the format in lower case, for example `jpeg`.
    pub format: String,
    /// Content type of the bytes, whatever the uploader claimed.
    pub content_type: String,
    /// Width in pixels that a decoder outputs, EXIF orientation not applied.
    pub width: u64,
    /// Height in pixels that a decoder outputs, EXIF orientation not applied.
    pub height: u64,
    /// EXIF orientation, 1 to 8, when the file has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// Width in pixels after the EXIF orientation.
    pub display_width: u64,
    /// Height in pixels after the EXIF orientation.
    pub display_height: u64,
    /// Bits per channel, when the header says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits_per_channel: Option<u8>,
    /// Number of channels, alpha included, when the header says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u8>,
    /// Whether the file holds an animation, when the bytes that were read tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
}

/// Why an object is not an image that can be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Name of the error: `UnsupportedImage` or `CorruptImage`.
    pub reason: String,
    /// The same in a sentence for a person.
    pub message: String,
}

/// What an execution saw, ready to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Observation {
    /// An image.
    Image {
        /// The object that holds it.
        object: StoredObject,
        /// What its header says.
        image: ImageFacts,
    },
    /// An object that is no image, or a broken one.
    Rejected {
        /// The object.
        object: StoredObject,
        /// Why it was rejected.
        rejection: Rejection,
    },
    /// Nothing under the key.
    Absent,
}

impl Observation {
    /// The name under which it is recorded and reported: `image`, `rejected` or `absent`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Image { .. } => "image",
            Self::Rejected { .. } => "rejected",
            Self::Absent => "absent",
        }
    }
}
