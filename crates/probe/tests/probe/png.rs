//! PNG, APNG and `CgBI`.

use crate::drive::{expect_corrupt, expect_reads, expect_size, expect_unsupported};
use crate::images::{changed, exif, icc, png};

#[test]
fn facts_are_read_up_to_the_image_data() {
    let exif = png::chunk(b"eXIf", &exif::big_endian(8));
    for (depth, color_type, metadata, samples, orientation, animated) in [
        (16, 4, vec![exif, png::animation(2)], (16, 2), Some(8), true),
        (8, 2, vec![png::animation(1)], (8, 3), None, false),
        (8, 2, vec![png::animation(0)], (8, 3), None, false),
        (8, 2, vec![png::chunk(b"acTL", &[0, 0, 0, 2])], (8, 3), None, false),
        (1, 3, vec![], (1, 1), None, false),
    ] {
        let chunks = [png::header(3, 2, depth, color_type), metadata.concat()];
        let image = expect_size(&png::file(&[&chunks[..], &[png::data()]].concat()), 3, 2);
        let found = (image.bits_per_channel.unwrap(), image.channels.unwrap());
        assert_eq!((found, image.animated), (samples, Some(animated)), "{metadata:?}");
        assert_eq!(image.orientation.map(u8::from), orientation, "{metadata:?}");
    }
}

#[test]
fn facts_are_read_behind_large_chunks() {
    let text = png::chunk(b"tEXt", &vec![b'x'; 100_000]);
    let exif = png::chunk(b"eXIf", &exif::far(5000));
    for metadata in [[text.clone(), exif.clone()], [exif, text.clone()]] {
        let file = png::with(&[&metadata[..], &[png::animation(2)]].concat());
        let image = expect_reads("a.png", &file, 2);
        assert_eq!((image.orientation.unwrap().get(), image.animated), (6, Some(true)));
    }
    assert_eq!(expect_reads("a.png", &png::with(&[text]), 2).animated, Some(false));
}

#[test]
fn of_several_chunks_of_one_type_the_first_counts() {
    let old = |name| {
        let text = png::raw_profile(&exif::camera(name));
        png::compressed(b"zTXt", b"Raw profile type exif", &text)
    };
    let new = |name| png::chunk(b"eXIf", &exif::camera(name));
    let animations = [png::animation(3), png::animation(1)].concat();
    for metadata in [[old(b"first\0"), old(b"second\0")], [new(b"first\0"), new(b"second\0")]] {
        let image = expect_size(&png::with(&[animations.clone(), metadata.concat()]), 3, 2);
        assert_eq!(image.camera_model.as_deref(), Some("first"));
        assert_eq!((image.frames, image.animated), (Some(3), Some(true)));
    }
}

#[test]
fn a_large_profile_takes_one_more_read() {
    // The profile is stored without compression, so that the chunk is large.
    let profile = icc::profile(b"RGB ", 40_000, &icc::ascii("large"));
    let stored = miniz_oxide::deflate::compress_to_vec_zlib(&profile, 0);
    let name = [b'n'; 79];
    let chunk = png::chunk(b"iCCP", &[&name[..], &[0, 0], &stored].concat());
    let before = png::chunk(b"tEXt", &vec![b'x'; 32_768 - 33 - 12 - 30]);
    let image = expect_reads("a.png", &png::with(&[before, chunk]), 2);
    assert_eq!(image.icc_profile.as_deref(), Some("large"));
}

#[test]
fn a_second_ihdr_chunk_is_refused() {
    for (width, gap) in [(4000, 0), (3, 0), (4000, 100_000)] {
        let gap = png::chunk(b"tEXt", &vec![0; gap]);
        expect_corrupt(&png::with(&[gap, png::header(width, 2, 8, 2)]), "second IHDR");
    }
    expect_size(&[png::with(&[]), png::header(4000, 2, 8, 2)].concat(), 3, 2);
}

#[test]
fn chunks_beyond_the_limits_are_an_error() {
    let text = png::chunk(b"tEXt", &vec![0; 1 << 20]);
    expect_unsupported(&png::with(&vec![text; 30]), "header does not end within");
}

#[test]
fn broken_headers_are_corrupt() {
    expect_corrupt(
        &changed(png::plain(3, 2), &[(19, 9)]),
        "checksum of IHDR is wrong (at byte 29)",
    );
    expect_corrupt(&png::file(&[png::header(0, 2, 8, 2)]), "zero");
    expect_corrupt(&png::file(&[png::header(1 << 31, 2, 8, 2)]), "implausibly large");
    expect_corrupt(&png::file(&[png::header(3, 2, 4, 2)]), "bit depth (at byte 24)");
    expect_corrupt(&png::file(&[png::chunk(b"IDAT", &[0; 13])]), "not IHDR");
}
