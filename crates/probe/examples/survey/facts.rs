//! The facts about an image, under their names in the API's JSON.

use probe::Image;
use serde_json::{Map, Value, json};

/// Every fact that the probe states, as a JSON object. Unknown facts are left out.
pub(crate) fn of(image: &Image) -> Map<String, Value> {
    let all = [
        ("format", json!(image.format)),
        ("contentType", json!(image.content_type())),
        ("width", json!(image.width)),
        ("height", json!(image.height)),
        ("orientation", json!(image.orientation)),
        ("displayWidth", json!(image.display_width())),
        ("displayHeight", json!(image.display_height())),
        ("bitsPerChannel", json!(image.bits_per_channel)),
        ("channels", json!(image.channels)),
        ("hasAlpha", json!(image.has_alpha)),
        ("colorSpace", json!(image.color_space)),
        ("iccProfile", json!(image.icc_profile)),
        ("progressive", json!(image.progressive)),
        ("animated", json!(image.animated)),
        ("frames", json!(image.frames)),
        ("pages", json!(image.pages)),
        ("densityX", json!(image.density.map(|density| density.x))),
        ("densityY", json!(image.density.map(|density| density.y))),
        ("takenAt", json!(image.taken_at)),
        ("cameraMake", json!(image.camera_make)),
        ("cameraModel", json!(image.camera_model)),
        ("lensModel", json!(image.lens_model)),
        ("location", json!(image.location)),
        ("contentCredentials", json!(image.content_credentials.then_some(true))),
    ];
    let known = all.into_iter().filter(|(_, value)| !value.is_null());
    known.map(|(name, value)| (name.to_owned(), value)).collect()
}
