//! The JSON that passes between states: the facts about an image.

use serde::{Deserialize, Serialize};

/// Version of the measuring code, which finds the facts about an image. A record that states an
/// older version, or none, may lack facts or contain wrong ones, and a reconciliation can measure
/// its object again.
///
/// Raise this number with every change after which an object may be measured differently.
///
/// | version | change |
/// |---|---|
/// | none | records written before the code had version numbers; there is no version 1 |
/// | 2 | the probe reads each fact wherever the header states it, and reads more facts |
/// | 3 | JPEG 2000 files without a codestream have EXIF metadata; altitudes may be below the ellipsoid; invalid offsets from UTC, lengths of PNG chunks and characters in names are refused |
pub const MEASURING: u32 = 3;

/// Facts from the header of an image. Optional facts are absent if the file does not state them, or
/// if the probe does not read them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// Name of the format in lower case, for example `jpeg`.
    pub format: String,
    /// Content type detected from the bytes; the uploader may have declared another.
    pub content_type: String,
    /// Width in pixels as a decoder outputs it, before applying the EXIF orientation.
    pub width: u64,
    /// Height in pixels as a decoder outputs it, before applying the EXIF orientation.
    pub height: u64,
    /// EXIF orientation, 1 to 8, if the file has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// Width in pixels after applying the EXIF orientation.
    pub display_width: u64,
    /// Height in pixels after applying the EXIF orientation.
    pub display_height: u64,
    /// Bits per channel, if the header states them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits_per_channel: Option<u8>,
    /// Number of channels including alpha, if the header states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u8>,
    /// True if pixels may be transparent; `None` if the header does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_alpha: Option<bool>,
    /// Color space (`RGB`, `GRAY`, `CMYK`, `Lab` or `YCbCr`), from the ICC profile or else from the
    /// format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_space: Option<String>,
    /// Description of the ICC profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icc_profile: Option<String>,
    /// True if a part of the file shows a coarse version of the whole image (progressive JPEG,
    /// interlaced PNG and GIF); `None` for other formats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progressive: Option<bool>,
    /// True if the file is an animation; `None` if the bytes that were read do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
    /// Number of frames, for a format that can be animated; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<u32>,
    /// Number of pages of a TIFF file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Density in dots per inch from left to right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density_x: Option<u32>,
    /// Density in dots per inch from top to bottom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density_y: Option<u32>,
    /// Local time at which the image was taken, as ISO 8601, with an offset from UTC if the file
    /// states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Manufacturer of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_make: Option<String>,
    /// Model of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_model: Option<String>,
    /// Model of the lens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens_model: Option<String>,
    /// Place where the image was taken, if the stack records places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// True if a C2PA manifest was seen; its signature is not checked. If false, the file may still
    /// have a manifest.
    #[serde(default, skip_serializing_if = "is_false")]
    pub content_credentials: bool,
    /// Version of the measuring code ([`MEASURING`]) that found these facts; `None` if that code
    /// had no version number yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measuring: Option<u32>,
}

/// Place where an image was taken (WGS 84).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Latitude in decimal degrees, positive in the north, for example `48.858222`.
    pub latitude: String,
    /// Longitude in decimal degrees, positive in the east.
    pub longitude: String,
    /// Altitude in meters, negative below sea level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    /// Records come from different versions of the code, and each version must be able to read
    /// them all.
    #[test]
    fn optional_facts_are_absent_if_the_file_does_not_state_them() {
        let required = json!({
            "format": "jpeg", "contentType": "image/jpeg", "width": 4, "height": 3,
            "displayWidth": 3, "displayHeight": 4,
        });
        let facts: ImageFacts = from_value(required.clone()).unwrap();
        assert_eq!(facts, ImageFacts { display_height: 4, ..facts.clone() });
        assert_eq!(to_value(&facts).unwrap(), required);
        let facts = ImageFacts { content_credentials: true, measuring: Some(2), ..facts };
        let written = to_value(&facts).unwrap();
        assert_eq!(
            (&written["contentCredentials"], &written["measuring"]),
            (&json!(true), &json!(2))
        );
        assert_eq!(from_value::<ImageFacts>(written).unwrap(), facts);
    }
}
