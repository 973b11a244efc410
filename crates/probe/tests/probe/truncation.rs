//! A truncated image leads to an error or to the right dimensions, never to wrong ones.

use crate::drive::{expect_corrupt, expect_size, probe};
use crate::images::{self, named};

#[test]
fn a_truncated_image_never_has_other_dimensions() {
    for (name, image) in images::all() {
        expect_size(&image, 40, 30);
        for length in 1..image.len() {
            if let Ok(cut) = probe(&image[..length]) {
                assert_eq!((cut.width, cut.height), (40, 30), "{name} cut at byte {length}");
            }
        }
    }
}

#[test]
fn a_truncated_header_is_corrupt() {
    for (name, length) in
        [("png-plain", 20), ("jpeg-baseline", 15), ("heic-single", 60), ("bmp-top-down", 20)]
    {
        expect_corrupt(&named(name)[..length], &format!("at byte {length}"));
    }
}
