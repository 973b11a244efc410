//! The JSON document that describes one image.

use catalog::ImageRecord;
use serde::Serialize;

/// Body of `GET /images/metadata/{s3objectkey}`: one image.
///
/// The API contract fixes the first five fields and their order. It defines numbers as strings, so
/// all numbers are strings.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Full key of the object, with the prefix `uploads/`.
    s3objectkey: String,
    /// Size of the file, in bytes.
    #[cfg_attr(test, schema(pattern = "^[0-9]+$"))]
    size: String,
    /// Content type detected from the bytes; the uploader may have declared another.
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
    /// True if pixels may be transparent; absent if that is not known.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "hasAlpha", skip_serializing_if = "Option::is_none")]
    has_alpha: Option<bool>,
    /// Color space, from the ICC profile or else from the format: `RGB`, `GRAY`, `CMYK`, `Lab` or
    /// `YCbCr`. Files that decoders convert from `YCbCr` to `RGB`, such as JPEG, are `RGB`.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "colorSpace", skip_serializing_if = "Option::is_none")]
    color_space: Option<String>,
    /// Description of the ICC profile, for example `Display P3`.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "iccProfile", skip_serializing_if = "Option::is_none")]
    icc_profile: Option<String>,
    /// True if a part of the file shows a coarse version of the whole image (progressive JPEG,
    /// interlaced PNG and GIF); absent for other formats.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    progressive: Option<bool>,
    /// True if the file is an animation; absent if that is not known.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    /// Number of frames, for a format that can be animated; absent if it is not known.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<String>,
    /// Number of pages of a TIFF file; absent if it is not known.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<String>,
    /// Density from left to right, in whole dots per inch, if the file states it.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(rename = "densityX", skip_serializing_if = "Option::is_none")]
    density_x: Option<String>,
    /// Density from top to bottom, in whole dots per inch, if the file states it.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]+$"))]
    #[serde(rename = "densityY", skip_serializing_if = "Option::is_none")]
    density_y: Option<String>,
    /// Local time at which the image was taken, from its EXIF metadata, as ISO 8601, with an offset
    /// from UTC if the file states one, for example `2024-05-01T12:00:00+02:00`.
    #[cfg_attr(
        test,
        schema(
            nullable = false,
            pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?$"
        )
    )]
    #[serde(rename = "takenAt", skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    /// Manufacturer of the camera, from the EXIF metadata.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "cameraMake", skip_serializing_if = "Option::is_none")]
    camera_make: Option<String>,
    /// Model of the camera, from the EXIF metadata.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "cameraModel", skip_serializing_if = "Option::is_none")]
    camera_model: Option<String>,
    /// Model of the lens, from the EXIF metadata.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "lensModel", skip_serializing_if = "Option::is_none")]
    lens_model: Option<String>,
    /// Place where the image was taken, from its EXIF metadata; absent unless the stack records
    /// places.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    /// True if a C2PA manifest (Content Credentials) was seen; its signature is not checked.
    /// If this member is absent, the file may still have a manifest.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "contentCredentials", skip_serializing_if = "Option::is_none")]
    content_credentials: Option<bool>,
    /// Entity tag of the object in S3, without quotes.
    etag: String,
    /// Version ID of the object, if the bucket is versioned.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(rename = "versionId", skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// Time at which the object was written, as RFC 3339 in UTC.
    #[cfg_attr(test, schema(nullable = false, format = DateTime))]
    #[serde(rename = "lastModified", skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// ARN of the execution that recorded the image. Present only in responses to signed requests
    /// to a stack with the setting `showExecution`.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    execution: Option<String>,
}

/// Place where an image was taken (WGS 84).
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Location {
    /// Latitude in decimal degrees, positive in the north.
    #[cfg_attr(test, schema(pattern = r"^-?\d+(\.\d+)?$"))]
    latitude: String,
    /// Longitude in decimal degrees, positive in the east.
    #[cfg_attr(test, schema(pattern = r"^-?\d+(\.\d+)?$"))]
    longitude: String,
    /// Altitude in meters, negative below sea level.
    #[cfg_attr(test, schema(nullable = false, pattern = r"^-?\d+(\.\d+)?$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude: Option<String>,
}

impl From<contract::Location> for Location {
    fn from(location: contract::Location) -> Self {
        let contract::Location { latitude, longitude, altitude } = location;
        Self { latitude, longitude, altitude }
    }
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
            has_alpha: image.has_alpha,
            color_space: image.color_space,
            icc_profile: image.icc_profile,
            progressive: image.progressive,
            animated: image.animated,
            frames: image.frames.map(|frames| frames.to_string()),
            pages: image.pages.map(|pages| pages.to_string()),
            density_x: image.density_x.map(|dots| dots.to_string()),
            density_y: image.density_y.map(|dots| dots.to_string()),
            taken_at: image.taken_at,
            camera_make: image.camera_make,
            camera_model: image.camera_model,
            lens_model: image.lens_model,
            location: image.location.map(Location::from),
            content_credentials: image.content_credentials.then_some(true),
            etag: object.etag,
            version_id: object.version_id,
            last_modified: object.last_modified,
            execution: None,
        }
    }

    /// Sets the member `execution`: the ARN of the execution that recorded the image. `None` omits
    /// the member.
    #[must_use]
    pub fn recorded_by(mut self, execution: Option<String>) -> Self {
        self.execution = execution;
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_has_the_recorded_facts_with_numbers_as_strings() {
        let image = serde_json::from_value(json!({
            "size": 828_201, "etag": "a1", "versionId": "v1", "claimedContentType": "text/plain",
            "lastModified": "2024-05-01T12:00:00Z", "format": "jpeg", "contentType": "image/jpeg",
            "width": 1680, "height": 1050, "orientation": 6, "displayWidth": 1050,
            "displayHeight": 1680, "bitsPerChannel": 8, "channels": 3, "hasAlpha": false,
            "colorSpace": "RGB", "iccProfile": "Display P3", "progressive": true,
            "animated": false, "frames": 1, "pages": 2, "densityX": 300, "densityY": 299,
            "takenAt": "2024-05-01T12:00:00+02:00", "cameraMake": "Canon",
            "cameraModel": "Canon EOS R5", "lensModel": "EF50mm f/1.8 STM",
            "location": {"latitude": "48.858222", "longitude": "-2.2945", "altitude": "35.5"},
            "contentCredentials": true, "measuring": 2, "shard": 0,
        }));
        let document = Metadata::new("uploads/a".into(), image.unwrap());
        let expected = json!({
            "s3objectkey": "uploads/a", "size": "828201", "contentType": "image/jpeg",
            "width": "1680", "height": "1050", "format": "jpeg", "displayWidth": "1050",
            "displayHeight": "1680", "orientation": "6", "bitsPerChannel": "8", "channels": "3",
            "hasAlpha": false, "colorSpace": "RGB", "iccProfile": "Display P3",
            "progressive": true, "animated": false, "frames": "1", "pages": "2",
            "densityX": "300", "densityY": "299", "takenAt": "2024-05-01T12:00:00+02:00",
            "cameraMake": "Canon", "cameraModel": "Canon EOS R5",
            "lensModel": "EF50mm f/1.8 STM",
            "location": {"latitude": "48.858222", "longitude": "-2.2945", "altitude": "35.5"},
            "contentCredentials": true, "etag": "a1", "versionId": "v1",
            "lastModified": "2024-05-01T12:00:00Z", "execution": "arn:1",
        });
        let document = document.recorded_by(Some("arn:1".into()));
        // The documents are compared as text, because the API contract fixes the order of the
        // first members.
        assert_eq!(serde_json::to_string(&document).unwrap(), expected.to_string());
    }
}
