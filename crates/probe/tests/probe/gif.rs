//! GIF: the logical screen and its frames.

use crate::drive::{expect_corrupt, expect_size};
use crate::images::others;

#[test]
fn gif_dimensions_are_the_logical_screen() {
    let frame = others::gif_frame(0, 0, 9, 9);
    let image = expect_size(&others::gif(3, 2, &[&frame, b";"]), 3, 2);
    assert_eq!((image.animated, image.bits_per_channel), (Some(false), Some(1)));
}

#[test]
fn a_gif_is_animated_if_two_frames_are_known() {
    let frame = others::gif_frame(0, 0, 3, 2);
    let loops = [&b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"[..], &frame].concat();
    let animated = others::gif(3, 2, &[&loops, &frame, b";"]);
    assert_eq!(expect_size(&animated, 3, 2).animated, Some(true));
    let cut = others::gif(3, 2, &[&loops]);
    assert_eq!(expect_size(&cut, 3, 2).animated, None);
}

#[test]
fn a_gif_with_an_empty_screen_has_the_extent_of_its_first_frame() {
    let comment = b"\x21\xFE\x02hi\0".to_vec();
    let frame = others::gif_frame(1, 2, 5, 5);
    expect_size(&others::gif(0, 0, &[&comment, &frame, b";"]), 6, 7);
    expect_corrupt(&others::gif(0, 2, &[b";"]), "no frame");
}
