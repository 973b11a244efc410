//! WebP: lossy, lossless and extended files.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, trace};
use crate::images::{exif, icc, webp};

const WEBP: Hint<'_> = Hint { key: "uploads/a.webp", content_type: None };

const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

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
fn exif_is_read_behind_the_image_data() {
    let exif = (b"EXIF", exif::far(6, 5000));
    let xmp = (b"XMP ", vec![0; 3001]);
    let image = webp::lossy_chunk(40, 30, 90_001);
    for chunks in [[image.clone(), exif.clone(), xmp.clone()], [image, xmp, exif]] {
        let file = webp::file(&[&[webp::extended(EXIF, 40, 30)], &chunks[..]].concat());
        let outcome = trace(WEBP, &file);
        assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 6);
        assert_eq!(outcome.reads.len(), 2);
    }
}

#[test]
fn exif_that_is_not_announced_takes_no_read() {
    let exif = (b"EXIF", exif::big_endian(6));
    let file = webp::file(&[webp::extended(0, 40, 30), webp::lossy_chunk(40, 30, 90_000), exif]);
    let outcome = trace(WEBP, &file);
    assert_eq!(outcome.result.unwrap().orientation, None);
    assert_eq!(outcome.reads.len(), 1);
}

#[test]
fn exif_is_read_from_the_tail_of_an_animation() {
    let header = webp::extended(EXIF | ANIMATION, 40, 30);
    let mut frames: Vec<_> = (0..40).map(|_| webp::frame(40, 30, 30_000)).collect();
    // A frame's data may happen to contain the name of the EXIF chunk.
    frames[39].1[20_000..20_008].copy_from_slice(b"EXIF\x04\0\0\0");
    let exif = (b"EXIF", exif::far(6, 5000));
    for tail in [vec![exif.clone()], vec![exif, (b"XMP ", vec![0; 3001])]] {
        let file = webp::file(&[vec![header.clone()], frames.clone(), tail].concat());
        let outcome = trace(WEBP, &file);
        assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 6);
        assert_eq!(outcome.reads.len(), 2);
    }
    let without = webp::file(&[vec![header], frames].concat());
    assert_eq!(trace(WEBP, &without).result.unwrap().orientation, None);
}

#[test]
fn the_header_announces_alpha_and_the_profile_which_precedes_the_image() {
    const PROFILE: u8 = 0x20;
    let image = webp::lossy_chunk(40, 30, 9);
    let profile = (b"ICCP", icc::display_p3());
    for (flags, chunks, name) in [
        (PROFILE, [profile.clone(), image.clone()], Some("Display P3")),
        (0, [profile.clone(), image.clone()], None),
        (PROFILE, [image, profile], None),
    ] {
        let file = webp::file(&[&[webp::extended(flags, 40, 30)], &chunks[..]].concat());
        let found = expect_size(&file, 40, 30);
        assert_eq!((found.icc_profile.as_deref(), found.has_alpha), (name, Some(false)));
    }
}

#[test]
fn frames_are_counted_in_files_of_up_to_32_kib() {
    let frames =
        [webp::extended(ANIMATION, 40, 30), webp::frame(40, 30, 100), webp::frame(40, 30, 100)];
    let padded = |size: usize| {
        let xmp = vec![0; size - webp::file(&frames).len() - 8];
        webp::file(&[&frames[..], &[(b"XMP ", xmp)]].concat())
    };
    assert_eq!(expect_size(&padded(32_768), 40, 30).frames, Some(2));
    assert_eq!(expect_size(&padded(32_770), 40, 30).frames, None);
}

#[test]
fn the_padding_of_the_last_chunk_may_be_missing() {
    let odd = [exif::little_endian(6, 1), vec![0]].concat();
    let frames = [webp::extended(EXIF | ANIMATION, 40, 30), webp::frame(40, 30, 100)];
    let mut file = webp::file(&[&frames[..], &[(b"EXIF", odd)]].concat());
    file.pop();
    let size = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&size.to_le_bytes());
    assert_eq!(expect_size(&file, 40, 30).orientation.unwrap().get(), 6);
}

#[test]
fn chunks_behind_the_file_are_ignored() {
    let chunks = [webp::extended(EXIF, 40, 30), webp::lossy_chunk(40, 30, 100)];
    let file = webp::file(&chunks);
    let whole = webp::file(&[&chunks[..], &[(b"EXIF", exif::big_endian(6))]].concat());
    let behind = [&file[..], &whole[file.len()..]].concat();
    assert_eq!(expect_size(&behind, 40, 30).orientation, None);
}

#[test]
fn the_canvas_of_a_still_image_must_fit_it() {
    let alpha = (b"ALPH", vec![0; 90_001]);
    for image in [webp::lossy_chunk(4000, 30, 100), webp::lossless_chunk(40, 3000, true)] {
        for before in [vec![], vec![alpha.clone()]] {
            let chunks = [vec![webp::extended(0x10, 40, 30)], before, vec![image.clone()]];
            expect_corrupt(&webp::file(&chunks.concat()), "dimensions of the canvas");
        }
    }
    let frame = webp::frame(20, 10, 100);
    expect_size(&webp::file(&[webp::extended(ANIMATION, 40, 30), frame]), 40, 30);
}

#[test]
fn broken_webp_is_corrupt() {
    expect_corrupt(&webp::file(&[(b"VP8 ", vec![1; 10])]), "key frame");
    let mut difference = webp::lossy(40, 30, 0);
    difference[20] |= 1;
    expect_corrupt(&difference, "key frame");
    expect_corrupt(&webp::file(&[(b"VP8L", vec![0x2F, 0, 0, 0, 0xE0])]), "version");
    expect_corrupt(&webp::file(&[(b"ALPH", vec![0; 10])]), "first chunk");
}
