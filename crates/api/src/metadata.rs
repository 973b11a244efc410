//! Document of one image.

use catalog::ImageRecord;
use serde::Serialize;

/// Body of `GET /images/metadata/{s3objectkey}`: one image.
///
/// The API contract fixes the first five fields and their order. It defines numbers as strings, so
/// all numbers are strings.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Key of the object, with its `uploads/` prefix.
    s3objectkey: String,
    /// Size of the file, in bytes.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    size: String,
    /// Content type detected from the bytes, which may differ from the one that the uploader
    /// declared.
    #[serde(rename = "contentType")]
    content_type: String,
    /// Width in pixels as a decoder outputs it, before applying the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    width: String,
    /// Height in pixels as a decoder outputs it, before applying the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    height: String,
    /// Name of the format in lower case, for example `jpeg`.
    format: String,
    /// Width in pixels after applying the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    #[serde(rename = "displayWidth")]
    display_width: String,
    /// Height in pixels after applying the EXIF orientation.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    #[serde(rename = "displayHeight")]
    display_height: String,
    /// EXIF orientation, 1 to 8, if the file has one.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[1-8]$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<String>,
    /// Bits per channel, if the header states them.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(rename = "bitsPerChannel", skip_serializing_if = "Option::is_none")]
    bits_per_channel: Option<String>,
    /// Number of channels including alpha, if the header states it.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<String>,
    /// True if the file is an animation; absent if its header does not tell.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    /// Entity tag of the object in S3, without quotes.
    etag: String,
    /// Version ID of the object, if the bucket has versions.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "versionId", skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// Time at which the object was written, as RFC 3339 in UTC.
    #[cfg_attr(test, schema(nullable = false, format = DateTime))]
    #[serde(rename = "lastModified", skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// ARN of the execution that recorded the image. Only for signed requests, and only if the stack
    /// shows it (`showExecution`).
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    execution: Option<String>,
}

impl Metadata {
    /// The document of the image recorded under `key`.
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
            execution: None,
        }
    }

    /// Adds the ARN of the execution that recorded the image, or leaves it out.
    #[must_use]
    pub fn recorded_by(mut self, execution: Option<String>) -> Self {
        self.execution = execution;
        self
    }
}
