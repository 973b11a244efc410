//! Truncated objects: an error or the right dimensions, never wrong ones.

use crate::drive::probe;
use crate::images;

#[test]
fn a_truncated_image_never_has_other_dimensions() {
    for (name, image) in images::all() {
        let whole = probe(&image).unwrap();
        for length in 1..image.len() {
            if let Ok(cut) = probe(&image[..length]) {
                let cut = (cut.width, cut.height);
                assert_eq!(cut, (whole.width, whole.height), "{name} cut at byte {length}");
            }
        }
    }
}

#[test]
fn a_truncated_header_is_corrupt() {
    for (name, length) in
        [("png-plain", 20), ("jpeg-baseline", 15), ("heic-single", 60), ("bmp-top-down", 20)]
    {
        let (_, image) = images::all().into_iter().find(|(found, _)| *found == name).unwrap();
        let error = probe(&image[..length]).unwrap_err();
        assert_eq!(error.name(), "CorruptImage", "{name}: {error}");
        assert!(error.to_string().contains(&format!("at byte {length}")), "{name}: {error}");
    }
}
