//! PNG, GIF, WebP, BMP, ICO, PSD, QOI, TGA, PNM, JPEG XL and JPEG 2000.

use probe::Format;

use crate::drive::{expect_corrupt, expect_size, probe_as};
use crate::images::{boxes, exif, others, png, webp};

#[test]
fn every_short_image_is_measured() {
    for (name, image) in crate::images::all() {
        let found = crate::drive::probe(&image).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((found.width, found.height), (40, 30), "{name}");
    }
}

#[test]
fn png_facts_lie_before_the_image_data() {
    let data = png::chunk(b"IDAT", b"data");
    let exif = png::chunk(b"eXIf", &exif::big_endian(8));
    let animated = png::chunk(b"acTL", &[0; 8]);
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
fn apples_png_begins_with_another_chunk() {
    let cgbi = png::chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    expect_size(&png::file(&[cgbi, png::header(3, 2, 8, 6)]), 3, 2);
}

#[test]
fn broken_png_headers_are_corrupt() {
    let mut damaged = png::plain(3, 2);
    damaged[19] = 9;
    expect_corrupt(&damaged, "checksum");
    expect_corrupt(&png::file(&[png::header(0, 2, 8, 2)]), "zero");
    expect_corrupt(&png::file(&[png::header(1 << 31, 2, 8, 2)]), "absurdly large");
    expect_corrupt(&png::file(&[png::header(3, 2, 4, 2)]), "bit depth");
    expect_corrupt(&png::file(&[png::chunk(b"IDAT", &[0; 13])]), "not IHDR");
}

#[test]
fn gif_dimensions_are_the_logical_screen() {
    let frame = others::gif_frame(0, 0, 9, 9);
    let image = expect_size(&others::gif(3, 2, &[&frame, b";"]), 3, 2);
    assert_eq!((image.animated, image.bits_per_channel), (Some(false), Some(1)));
}

#[test]
fn gif_frames_are_counted_as_far_as_they_are_known() {
    let frame = others::gif_frame(0, 0, 3, 2);
    let loops = [&b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"[..], &frame].concat();
    let animated = others::gif(3, 2, &[&loops, &frame, b";"]);
    assert_eq!(expect_size(&animated, 3, 2).animated, Some(true));
    let cut = others::gif(3, 2, &[&loops]);
    assert_eq!(expect_size(&cut, 3, 2).animated, None);
}

#[test]
fn a_gif_without_a_screen_is_as_large_as_its_first_frame() {
    let comment = b"\x21\xFE\x02hi\0".to_vec();
    let frame = others::gif_frame(1, 2, 5, 5);
    expect_size(&others::gif(0, 0, &[&comment, &frame, b";"]), 6, 7);
    expect_corrupt(&others::gif(0, 2, &[b";"]), "no frame");
}

#[test]
fn webp_scale_bits_are_not_part_of_the_dimensions() {
    for scale in 0..4 {
        expect_size(&webp::lossy(3, 2, scale), 3, 2);
    }
    expect_size(&webp::lossy(16_383, 16_383, 3), 16_383, 16_383);
}

#[test]
fn webp_lossless_has_fourteen_bits_a_side() {
    assert_eq!(expect_size(&webp::lossless(16_384, 1, false), 16_384, 1).channels, Some(3));
    assert_eq!(expect_size(&webp::lossless(1, 16_384, true), 1, 16_384).channels, Some(4));
}

#[test]
fn webp_extended_states_the_canvas_and_more() {
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

#[test]
fn bmp_headers_of_every_size_are_read() {
    let core = expect_size(&others::bmp(12, 3, 2, 24), 3, 2);
    assert_eq!((core.bits_per_channel, core.channels), (Some(8), Some(3)));
    for header in [16, 40, 52, 56, 64, 108, 124] {
        expect_size(&others::bmp(header, 3, 2, 32), 3, 2);
        expect_size(&others::bmp(header, 3, -2, 32), 3, 2);
    }
    expect_corrupt(&others::bmp(40, -3, 2, 32), "negative");
    expect_corrupt(&others::bmp(40, 3, i32::MIN, 32), "negative");
    expect_corrupt(&others::bmp(13, 3, 2, 32), "header");
}

#[test]
fn the_largest_icon_counts_and_its_own_header_overrules_the_directory() {
    let small = (16, 16, others::icon_bitmap(16, 16));
    let large = (0, 0, png::plain(512, 300));
    let image = expect_size(&others::ico(1, &[small.clone(), large, small.clone()]), 512, 300);
    assert_eq!((image.format, image.content_type()), (Format::Ico, "image/vnd.microsoft.icon"));
    let wrong_entry = (48, 48, others::icon_bitmap(40, 30));
    let image = expect_size(&others::ico(2, &[wrong_entry, small]), 40, 30);
    assert_eq!(image.format, Format::Cur);
}

#[test]
fn icons_without_an_image_are_corrupt() {
    expect_corrupt(&others::ico(1, &[(16, 16, vec![0; 64])]), "neither PNG nor bitmap");
    expect_corrupt(&others::ico(1, &[(16, 16, vec![])]), "ends within");
}

#[test]
fn photoshop_files_of_both_versions_are_read() {
    let image = expect_size(&others::psd(1, 3, 2), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(3)));
    expect_size(&others::psd(2, 300_000, 2), 300_000, 2);
    expect_corrupt(&others::psd(1, 30_001, 2), "absurdly large");
    expect_corrupt(&others::psd(3, 3, 2), "version");
}

#[test]
fn qoi_channels_are_checked() {
    assert_eq!(expect_size(&others::qoi(3, 2, 4), 3, 2).channels, Some(4));
    expect_corrupt(&others::qoi(3, 2, 5), "channels");
}

#[test]
fn netpbm_comments_may_stand_anywhere() {
    for text in
        ["P6 3 2 255\n", "P5\n#x\n3\n# 9 9\n2\n255\n", "P1#9 9\n3 # 9\r\n 2\n", "PF\n3 2\n-1.0\n"]
    {
        expect_size(text.as_bytes(), 3, 2);
    }
    assert_eq!(expect_size(b"P4 3 2\n", 3, 2).content_type(), "image/x-portable-bitmap");
    for text in [&b"P6 3 x 255\n"[..], b"P6 3 -2 255\n", b"P1 is a title\n"] {
        assert_eq!(crate::drive::probe(text).unwrap_err().name(), "UnsupportedImage");
    }
    expect_corrupt(b"P7\nWIDTH 3\nENDHDR\n", "zero");
    expect_corrupt(&[&b"P6 "[..], &vec![b'1'; 70_000]].concat(), "does not end");
}

#[test]
fn tga_counts_where_the_key_or_a_plain_header_says_so() {
    expect_size(&others::tga(3, 2), 3, 2);
    let mut odd = others::tga(3, 2);
    odd[17] = 0x98;
    assert_eq!(crate::drive::probe(&odd).unwrap_err().name(), "UnsupportedImage");
    assert_eq!(probe_as("uploads/a.TGA", &odd).unwrap().format, Format::Tga);
}

#[test]
fn jpeg_xl_ratios_are_exact() {
    for (ratio, width) in [(1, 33), (2, 39), (3, 44), (4, 49), (5, 58), (6, 41), (7, 66)] {
        let stream = boxes::jxl_codestream(&[(0, 1), (0, 2), (32, 9), (ratio, 3), (1, 1)]);
        expect_size(&stream, width, 33);
    }
    let small = boxes::jxl_codestream(&[(1, 1), (2, 5), (0, 3), (4, 5), (1, 1)]);
    expect_size(&small, 40, 24);
}

#[test]
fn jpeg_xl_orientation_is_part_of_decoding() {
    let fields = |orientation: u64| {
        let size = [(0, 1), (0, 2), (29, 9), (0, 3), (0, 2), (39, 9)];
        let metadata =
            [(0, 1), (1, 1), (orientation - 1, 3), (0, 1), (0, 1), (0, 1), (0, 1), (1, 2)];
        boxes::jxl_codestream(&[&size[..], &metadata].concat())
    };
    let image = expect_size(&fields(1), 40, 30);
    assert_eq!((image.bits_per_channel, image.animated), (Some(10), Some(false)));
    let image = expect_size(&fields(6), 30, 40);
    assert_eq!((image.orientation, image.display_width()), (None, 30));
}

#[test]
fn jpeg_xl_codestreams_may_be_split_over_boxes() {
    let stream = boxes::jxl_codestream(&[(0, 1), (1, 2), (3000, 13), (7, 3), (1, 1)]);
    let part = |index: u32, bytes: &[u8]| {
        boxes::plain(b"jxlp", &[&index.to_be_bytes()[..], bytes].concat())
    };
    let exif = boxes::plain(b"Exif", &[0; 5000]);
    let parts =
        [exif.clone(), part(0, &stream[..3]), part(1, &[]), part(1 << 31 | 2, &stream[3..])];
    expect_size(&boxes::jxl_container(&parts), 6002, 3001);
    expect_size(
        &boxes::jxl_container(&[exif.clone(), boxes::endless(b"jxlc", &stream)]),
        6002,
        3001,
    );
    expect_size(&boxes::jxl_container(&[boxes::large(b"jxlc", &stream)]), 6002, 3001);
    expect_corrupt(&boxes::jxl_container(&[exif]), "no box holds");
}

#[test]
fn jpeg_2000_image_areas_may_be_offset() {
    let image = expect_size(&boxes::j2k(3, 2, 100, 200), 3, 2);
    assert_eq!((image.content_type(), image.bits_per_channel), ("image/j2c", Some(8)));
    assert_eq!(expect_size(&boxes::jp2(3, 2), 3, 2).content_type(), "image/jp2");
    let mut contradiction = boxes::j2k(3, 2, 0, 0);
    contradiction[16..20].copy_from_slice(&9_u32.to_be_bytes());
    expect_corrupt(&contradiction, "contradicts itself");
}
