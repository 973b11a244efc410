//! The document of one image.

use catalog::ImageRecord;
use serde::Serialize;

/// What `GET /images/metadata/{s3objectkey}` says about one image.
///
/// The first five fields are the contract's, in its order. Numbers are strings in the contract,
/// so they are strings throughout.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Key of the object, with its `uploads/` prefix.
    s3objectkey: String,
    /// Size of the file, in bytes.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    size: String,
    /// Content type of the bytes, whatever the uploader claimed.
    #[serde(rename = "contentType")]
    content_type: String,
    /// Width in pixels that a decoder outputs, EXIF orientation not applied.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    width: String,
    /// Height in pixels that a decoder outputs, EXIF orientation not applied.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    height: String,
    /// Name of the format in lower case, for example `jpeg`.
    format: String,
    /// Width in pixels after the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    #[serde(rename = "displayWidth")]
    display_width: String,
    /// Height in pixels after the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    #[serde(rename = "displayHeight")]
    display_height: String,
    /// EXIF orientation, 1 to 8, when the file has one.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[1-8]$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<String>,
    /// Bits per channel, when the header says so.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(rename = "bitsPerChannel", skip_serializing_if = "Option::is_none")]
    bits_per_channel: Option<String>,
    /// Number of channels, alpha included, when the header says so.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<String>,
    /// Whether the file holds an animation, when its header tells.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    /// Entity tag of the object in S3, without quotes.
    etag: String,
    /// Version of the object, in a bucket with versioning.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "versionId", skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// When the object was written, as RFC 3339 in UTC.
    #[cfg_attr(test, schema(nullable = false, format = DateTime))]
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
