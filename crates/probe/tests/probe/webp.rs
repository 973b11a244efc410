//! WebP: lossy, lossless and extended files.

use crate::drive::{expect_corrupt, expect_size};
use crate::images::{exif, webp};

#[test]
fn webp_scale_bits_are_not_part_of_the_dimensions() {
    for scale in 0..4 {
        expect_size(&webp::lossy(3, 2, scale), 3, 2);
    }
    expect_size(&webp::lossy(16_383, 16_383, 3), 16_383, 16_383);
}

#[test]
fn webp_lossless_dimensions_have_fourteen_bits() {
    assert_eq!(expect_size(&webp::lossless(16_384, 1, false), 16_384, 1).channels, Some(3));
    assert_eq!(expect_size(&webp::lossless(1, 16_384, true), 1, 16_384).channels, Some(4));
}

#[test]
fn webp_extended_states_canvas_alpha_animation_and_exif() {
    let exif = (b"EXIF", [b"Exif\0\0".to_vec(), exif::little_endian(5, 1)].concat());
    let odd = (b"ICCP", vec![0; 3]);
    let file = webp::file(&[webp::extended(0x1A, 1 << 24, 2), odd, exif]);
    let image = expect_size(&file, 1 << 24, 2);
    assert_eq!((image.animated, image.channels), (Some(true), Some(4)));
    assert_eq!(image.orientation.unwrap().get(), 5);
}

#[test]
fn broken_webp_is_corrupt() {
    expect_corrupt(&webp::file(&[(b"VP8 ", vec![1; 10])]), "key frame");
    expect_corrupt(&webp::file(&[(b"VP8L", vec![0x2F, 0, 0, 0, 0xE0])]), "version");
    expect_corrupt(&webp::file(&[(b"ALPH", vec![0; 10])]), "first chunk");
}
