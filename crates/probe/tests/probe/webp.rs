//! WebP: lossy, lossless and extended files.

use crate::drive::{expect_corrupt, expect_reads, expect_size};
use crate::images::webp::Chunk;
use crate::images::{changed, exif, icc, webp};

const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;
const PROFILE: u8 = 0x20;

#[test]
fn scale_bits_are_not_part_of_the_dimensions() {
    for scale in 0..4 {
        expect_size(&webp::lossy(3, 2, scale), 3, 2);
    }
    expect_size(&webp::lossy(16_383, 16_383, 3), 16_383, 16_383);
}

#[test]
fn lossless_dimensions_have_fourteen_bits() {
    assert_eq!(expect_size(&webp::lossless(16_384, 1, false), 16_384, 1).channels, Some(3));
    assert_eq!(expect_size(&webp::lossless(1, 16_384, true), 1, 16_384).channels, Some(4));
}

#[test]
fn the_header_states_canvas_alpha_animation_and_exif() {
    let exif = (b"EXIF", [&b"Exif\0\0"[..], &exif::little_endian(5)].concat());
    let odd = (b"ICCP", vec![0; 3]);
    let file = webp::file(&[webp::extended(0x1A, 1 << 24, 2), odd, exif]);
    let image = expect_size(&file, 1 << 24, 2);
    assert_eq!((image.animated, image.channels), (Some(true), Some(4)));
    assert_eq!(image.orientation.unwrap().get(), 5);
}

#[test]
fn exif_metadata_is_found_in_few_reads() {
    let header = |flags| vec![webp::extended(flags, 40, 30)];
    let exif: Vec<Chunk> = vec![(b"EXIF", exif::far(5000))];
    let xmp: Vec<Chunk> = vec![(b"XMP ", vec![0; 3001])];
    let image = vec![webp::lossy_chunk(40, 30, 90_001)];
    let mut frames: Vec<_> = (0..40).map(|_| webp::frame(40, 30, 30_000)).collect();
    // A frame's data may happen to contain the name of the EXIF chunk.
    frames[39].1[20_000..20_008].copy_from_slice(b"EXIF\x04\0\0\0");
    let animation = || [header(EXIF | ANIMATION), frames.clone()].concat();
    for (name, chunks, orientation, reads) in [
        ("behind the image", [header(EXIF), image.clone(), exif.clone(), xmp.clone()], Some(6), 2),
        ("at the end", [header(EXIF), image.clone(), xmp.clone(), exif.clone()], Some(6), 2),
        ("not announced", [header(0x10), image, exif.clone(), vec![]], None, 1),
        ("in the tail of an animation", [animation(), vec![], exif.clone(), vec![]], Some(6), 2),
        ("before other data", [animation(), vec![], exif, xmp], Some(6), 2),
        ("announced only", [animation(), vec![], vec![], vec![]], None, 2),
    ] {
        let image = expect_reads("a.webp", &webp::file(&chunks.concat()), reads);
        assert_eq!(image.orientation.map(u8::from), orientation, "{name}");
    }
}

#[test]
fn exif_metadata_is_searched_up_to_the_end_of_the_file() {
    let orientation: [Chunk; 1] = [(b"EXIF", exif::big_endian(6))];
    let animation = [webp::extended(EXIF | ANIMATION, 40, 30), webp::frame(40, 30, 100)];
    let still = [webp::extended(EXIF, 40, 30), webp::frame(40, 30, 100)];
    let more: Vec<Chunk> = vec![(b"XMP ", vec![0; 10]); 8];
    let with = |chunks: &[Chunk], more: &[Chunk]| webp::file(&[chunks, more].concat());
    let distant = [&orientation[..], &more].concat();
    // A file may lack the padding byte after its last chunk.
    let odd = (b"EXIF", [exif::little_endian(6), vec![0]].concat());
    let mut unpadded = with(&animation, &[odd]);
    unpadded.pop();
    let size = unpadded.len() as u32 - 8;
    unpadded[4..8].copy_from_slice(&size.to_le_bytes());
    // In `behind`, the size in the RIFF header excludes the EXIF chunk.
    let whole = webp::file(&still);
    let behind = [&whole[..], &with(&still, &orientation)[whole.len()..]].concat();
    for (name, file, orientation) in [
        ("before many chunks of a still image", with(&still, &distant), Some(6)),
        ("before many chunks of an animation", with(&animation, &distant), None),
        ("without padding", unpadded, Some(6)),
        ("behind the file", behind, None),
    ] {
        let image = expect_size(&file, 40, 30);
        assert_eq!(image.orientation.map(u8::from), orientation, "{name}");
    }
}

#[test]
fn the_header_announces_alpha_and_the_profile_which_precedes_the_image() {
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
    for (size, count) in [(32_768, Some(2)), (32_770, None)] {
        let xmp = vec![0; size - webp::file(&frames).len() - 8];
        let file = webp::file(&[&frames[..], &[(b"XMP ", xmp)]].concat());
        assert_eq!(expect_size(&file, 40, 30).frames, count, "{size}");
    }
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
fn broken_headers_are_corrupt() {
    expect_corrupt(&webp::file(&[(b"VP8 ", vec![1; 10])]), "key frame");
    expect_corrupt(&changed(webp::lossy(40, 30, 0), &[(20, 0x11)]), "key frame");
    expect_corrupt(&webp::file(&[(b"VP8L", vec![0x2F, 0, 0, 0, 0xE0])]), "version");
    expect_corrupt(&webp::file(&[(b"ALPH", vec![0; 10])]), "first chunk");
}
