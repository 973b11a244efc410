//! The document of one image.

use catalog::ImageRecord;
use serde::Serialize;

/// What `GET /images/metadata/{s3objectkey}` says about one image.
///
/// The first five fields are the contract's, in its order. Numbers are strings in the contract,
/// so they are strings throughout.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Metadata {
    s3objectkey: String,
    size: String,
    #[serde(rename = "contentType")]
    content_type: String,
    width: String,
    height: String,
    format: String,
    #[serde(rename = "displayWidth")]
    display_width: String,
    #[serde(rename = "displayHeight")]
    display_height: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<String>,
    #[serde(rename = "bitsPerChannel", skip_serializing_if = "Option::is_none")]
    bits_per_channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    etag: String,
    #[serde(rename = "versionId", skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    #[serde(rename = "lastModified", skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

impl Metadata {
    /// The document of the image that is recorded under `key`.
    #[must_use]
    pub fn new(key: String, ImageRecord { object, image, .. }: ImageRecord) -> Self {
        Self {
            s3objectkey: key,
            size: object.size.to_string(),
            content_type: image.content_type,
            width: image.width.to_string(),
            height: image.height.to_string(),
            format: image.format,
            display_width: image.display_width.to_string(),
            display_height: image.display_height.to_string(),
            orientation: image.orientation.map(|number| number.to_string()),
            bits_per_channel: image.bits_per_channel.map(|bits| bits.to_string()),
            channels: image.channels.map(|channels| channels.to_string()),
            animated: image.animated,
            etag: object.etag,
            version_id: object.version_id,
            last_modified: object.last_modified,
        }
    }
}
