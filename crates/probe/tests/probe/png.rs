//! PNG, APNG and `CgBI`.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, trace};
use crate::images::exif::{self, Value};
use crate::images::{icc, png};

const PNG: Hint<'_> = Hint { key: "uploads/a.png", content_type: None };

#[test]
fn png_facts_are_read_up_to_the_image_data() {
    let data = png::chunk(b"IDAT", b"data");
    let exif = png::chunk(b"eXIf", &exif::big_endian(8));
    let animated = png::animation(2);
    let file = png::file(&[png::header(3, 2, 16, 4), exif, animated, data.clone()]);
    let image = expect_size(&file, 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(2)));
    assert_eq!(image.orientation.unwrap().get(), 8);
    assert_eq!(image.animated, Some(true));
    let still = expect_size(&png::file(&[png::header(3, 2, 1, 3), data]), 3, 2);
    assert_eq!((still.bits_per_channel, still.channels), (Some(1), Some(1)));
    assert_eq!((still.orientation, still.animated), (None, Some(false)));
}

#[test]
fn png_facts_are_read_behind_large_chunks() {
    let text = png::chunk(b"tEXt", &vec![b'x'; 100_000]);
    let exif = png::chunk(b"eXIf", &exif::far(6, 5000));
    let data = png::chunk(b"IDAT", b"data");
    for metadata in [[text.clone(), exif.clone()], [exif, text.clone()]] {
        let chunks =
            [&[png::header(3, 2, 8, 2)], &metadata[..], &[png::animation(2), data.clone()]];
        let outcome = trace(PNG, &png::file(&chunks.concat()));
        let image = outcome.result.unwrap();
        assert_eq!((image.orientation.unwrap().get(), image.animated), (6, Some(true)));
        assert_eq!(outcome.reads.len(), 2);
    }
    let still = png::file(&[png::header(3, 2, 8, 2), text, data]);
    assert_eq!(trace(PNG, &still).result.unwrap().animated, Some(false));
}

#[test]
fn only_several_frames_make_an_animation() {
    let data = png::chunk(b"IDAT", b"data");
    for (frames, animated) in [(0, false), (1, false), (2, true)] {
        let file = png::file(&[png::header(3, 2, 8, 2), png::animation(frames), data.clone()]);
        assert_eq!(expect_size(&file, 3, 2).animated, Some(animated));
    }
}

#[test]
fn of_several_chunks_of_one_type_the_first_counts() {
    let camera = |name: &'static [u8]| exif::structure(&[(0x110, Value::Text(name))], true);
    let old =
        |name| png::compressed(b"zTXt", b"Raw profile type exif", &png::raw_profile(&camera(name)));
    let new = |name| png::chunk(b"eXIf", &camera(name));
    let data = png::chunk(b"IDAT", b"data");
    let animations = [png::animation(3), png::animation(1)].concat();
    for metadata in [[old(b"first\0"), old(b"second\0")], [new(b"first\0"), new(b"second\0")]] {
        let metadata = metadata.concat();
        let file =
            png::file(&[png::header(3, 2, 8, 2), animations.clone(), metadata, data.clone()]);
        let image = expect_size(&file, 3, 2);
        assert_eq!(image.camera_model.as_deref(), Some("first"));
        assert_eq!((image.frames, image.animated), (Some(3), Some(true)));
    }
}

#[test]
fn a_density_chunk_states_pixels_per_meter() {
    let density = |unit: u8| {
        let fields = [11_811_u32.to_be_bytes(), 5906_u32.to_be_bytes()].concat();
        let chunk = png::chunk(b"pHYs", &[&fields[..], &[unit]].concat());
        let file = png::file(&[png::header(3, 2, 8, 2), chunk, png::chunk(b"IDAT", b"data")]);
        expect_size(&file, 3, 2).density.map(|density| (density.x, density.y))
    };
    assert_eq!(density(1), Some((300, 150)));
    assert_eq!(density(0), None, "a ratio");
}

#[test]
fn a_large_profile_takes_one_more_read() {
    // The profile is stored without compression, so that the chunk is large.
    let profile = icc::profile(b"RGB ", 40_000, &icc::ascii("large"));
    let stored = miniz_oxide::deflate::compress_to_vec_zlib(&profile, 0);
    let name = [b'n'; 79];
    let chunk = png::chunk(b"iCCP", &[&name[..], &[0, 0], &stored].concat());
    let before = png::chunk(b"tEXt", &vec![b'x'; 32_768 - 33 - 12 - 30]);
    let file = png::file(&[png::header(3, 2, 8, 2), before, chunk, png::chunk(b"IDAT", b"data")]);
    let outcome = trace(PNG, &file);
    assert_eq!(outcome.result.unwrap().icc_profile.as_deref(), Some("large"));
    assert_eq!(outcome.reads.len(), 2, "{:?}", outcome.reads);
}

#[test]
fn a_second_ihdr_chunk_is_refused() {
    let data = png::chunk(b"IDAT", b"data");
    for (width, gap) in [(4000, 0), (3, 0), (4000, 100_000)] {
        let gap = png::chunk(b"tEXt", &vec![0; gap]);
        let file =
            png::file(&[png::header(3, 2, 8, 2), gap, png::header(width, 2, 8, 2), data.clone()]);
        expect_corrupt(&file, "second IHDR");
    }
    let behind = png::file(&[png::header(3, 2, 8, 2), data, png::header(4000, 2, 8, 2)]);
    expect_size(&behind, 3, 2);
}

#[test]
fn chunks_beyond_the_limits_are_an_error() {
    let text = png::chunk(b"tEXt", &vec![0; 1 << 20]);
    let chunks = [vec![png::header(3, 2, 8, 2)], vec![text; 30]].concat();
    let error = trace(PNG, &png::file(&chunks)).result.unwrap_err();
    assert!(error.to_string().contains("header does not end within"), "{error}");
}

#[test]
fn a_cgbi_chunk_may_precede_ihdr() {
    let cgbi = png::chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    expect_size(&png::file(&[cgbi, png::header(3, 2, 8, 6)]), 3, 2);
}

#[test]
fn broken_png_headers_are_corrupt() {
    let mut damaged = png::plain(3, 2);
    damaged[19] = 9;
    expect_corrupt(&damaged, "checksum of IHDR is wrong (at byte 29)");
    expect_corrupt(&png::file(&[png::header(0, 2, 8, 2)]), "zero");
    expect_corrupt(&png::file(&[png::header(1 << 31, 2, 8, 2)]), "implausibly large");
    expect_corrupt(&png::file(&[png::header(3, 2, 4, 2)]), "bit depth (at byte 24)");
    expect_corrupt(&png::file(&[png::chunk(b"IDAT", &[0; 13])]), "not IHDR");
}
