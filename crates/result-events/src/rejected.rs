//! The document of a rejected object.

use contract::{Rejection, StoredObject};
use serde::Serialize;

/// An object that is not an image, is a corrupt image, or cannot be read.
///
/// Numbers are strings, as in the metadata that the API returns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rejected {
    /// Reason for the rejection: `UnsupportedImage`, `CorruptImage` or `UnreadableObject`.
    reason: String,
    /// Human-readable explanation.
    message: String,
    /// Size of the file, in bytes; absent if S3 did not describe the object.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
    /// Entity tag of the object in S3, without quotes; absent if S3 did not describe the object.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// Version ID of the object; absent if the bucket is not versioned, or if S3 did not describe
    /// the object.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// Time at which the object was written, as RFC 3339 in UTC; absent if S3 did not describe the
    /// object.
    #[cfg_attr(test, schema(nullable = false, format = DateTime))]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

impl Rejected {
    /// The document of a rejection, with size, ETag, version and time of the object if S3 described
    /// the object.
    #[must_use]
    pub fn new(rejection: Rejection, object: Option<StoredObject>) -> Self {
        let Rejection { reason, message } = rejection;
        let mut rejected =
            Self { reason, message, size: None, etag: None, version_id: None, last_modified: None };
        if let Some(StoredObject { size, etag, version_id, last_modified, .. }) = object {
            rejected.size = Some(size.to_string());
            rejected.etag = Some(etag);
            rejected.version_id = version_id;
            rejected.last_modified = last_modified;
        }
        rejected
    }
}
