//! PSD, ILBM, PVR, EXR, QOI, Netpbm, TGA, VTF and JPEG 2000.

use probe::{ColorSpace, Format, Image};

use crate::drive::{expect_corrupt, expect_size, expect_unsupported, probe_as};
use crate::images::{boxes, changed, exif, icc, named, others};

fn samples(image: &Image) -> (Option<u8>, Option<u8>) {
    (image.bits_per_channel, image.channels)
}

#[test]
fn photoshop_files_of_both_versions_are_read() {
    let image = expect_size(&others::psd(1, 3, 2), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(3)));
    expect_size(&others::psd(2, 300_000, 2), 300_000, 2);
    expect_size(&others::psd(1, 3, 30_000), 3, 30_000);
    expect_corrupt(&others::psd(1, 30_001, 2), "implausibly large");
    expect_corrupt(&others::psd(1, 3, 30_001), "implausibly large");
    expect_corrupt(&others::psd(3, 3, 2), "version");
}

#[test]
fn the_header_of_an_ilbm_image_may_follow_other_chunks() {
    let form = |chunks: &[&[u8]]| [&[&b"FORM\0\0\0\xFFILBM"[..]], chunks].concat().concat();
    let header =
        |fields: [u8; 3]| [&b"BMHD\0\0\0\x14\0\x28\0\x1E\0\0\0\0"[..], &fields, &[0; 9]].concat();
    let (note, even) = (b"ANNO\0\0\0\x03a b\0", b"AUTH\0\0\0\x02me");
    let body = &b"BODY\0\0\0\x01\0\0"[..];
    for fields in [[8, 0, 0], [32, 3, 3]] {
        expect_size(&form(&[note, even, &header(fields), body]), 40, 30);
    }
    expect_corrupt(&form(&[note, body, &header([8, 0, 0])]), "no BMHD chunk precedes");
    let short = changed(header([8, 0, 0]), &[(7, 19)]);
    expect_corrupt(&form(&[&short, body]), "too short");
}

#[test]
fn the_dimensions_have_less_than_32_bits() {
    let pvr = |width: u32, height: u32| {
        let fields = [52, height, width].map(u32::to_le_bytes).concat();
        [&fields[..], &[0; 32], b"PVR!\x01\0\0\0"].concat()
    };
    expect_size(&pvr((1 << 31) - 1, 1), (1 << 31) - 1, 1);
    for (width, height) in [(1 << 31, 1), (1, 1 << 31), (1 << 31, 1 << 31)] {
        expect_corrupt(&pvr(width, height), "implausibly large");
    }
}

#[test]
fn attributes_of_an_exr_file_are_read_across_reads() {
    let exr = named("exr");
    let (head, window) = exr.split_at(exr.windows(10).position(|it| it == b"dataWindow").unwrap());
    // The first read ends within the attribute's name, before the zero byte after the name, after
    // this zero byte, or within the attribute's type.
    for cut in [5, 10, 11, 15] {
        let length = 65_536 - cut - head.len() - 16;
        let size = (length as u32).to_le_bytes();
        let preview = [&b"preview\0any\0"[..], &size, &vec![1; length]].concat();
        let file = [head, &preview[..], window].concat();
        assert_eq!(file[65_536 - cut..][..10], *b"dataWindow", "{cut}");
        expect_size(&file, 40, 30);
    }
    let long = [head, &[b'a'; 256], b"\0int\0\x04\0\0\0\0\0\0\0", window].concat();
    expect_corrupt(&long, "too long");
}

#[test]
fn qoi_channels_are_checked() {
    for (channels, color_space) in [(3, 0), (4, 1)] {
        let file = changed(others::qoi(3, 2, channels), &[(13, color_space)]);
        let image = expect_size(&file, 3, 2);
        assert_eq!(samples(&image), (Some(8), Some(channels)));
        assert_eq!(image.has_alpha, Some(channels == 4));
    }
    expect_corrupt(&others::qoi(3, 2, 5), "channels");
}

#[test]
fn the_color_mode_of_a_photoshop_file_is_its_color_space() {
    for (mode, color_space) in [
        (0, Some(ColorSpace::Gray)),
        (1, Some(ColorSpace::Gray)),
        (2, Some(ColorSpace::Rgb)),
        (3, Some(ColorSpace::Rgb)),
        (4, Some(ColorSpace::Cmyk)),
        (7, None),
        (8, Some(ColorSpace::Gray)),
        (9, Some(ColorSpace::Lab)),
    ] {
        let file = changed(others::psd(1, 3, 2), &[(25, mode)]);
        assert_eq!(expect_size(&file, 3, 2).color_space, color_space, "mode {mode}");
    }
}

#[test]
fn of_several_resources_of_a_photoshop_file_the_first_counts() {
    let profile = |name: &str| icc::profile(b"RGB ", 0, &icc::ascii(name));
    let metadata = |data: &[u8]| others::psd_resource(1058, b"\0\0", data);
    let colors = |data: &[u8]| others::psd_resource(1039, b"\0\0", data);
    let (one, two) = (exif::camera(b"one\0"), exif::camera(b"two\0"));
    let all =
        [metadata(&one), colors(&profile("first")), metadata(&two), colors(&profile("second"))];
    let (cut, far) = (exif::camera(b"far away\0"), profile("far"));
    let whole = others::psd_with(&all);
    // A value beyond the end of its resource is not read, because the bytes there are other data.
    let cut = [&others::psd_with(&[metadata(&cut[..26])])[..], &cut[26..]].concat();
    let far = [&others::psd_with(&[colors(&far[..168])])[..], &far[168..]].concat();
    for (file, model, profile) in
        [(whole, Some("one"), Some("first")), (cut, None, None), (far, None, None)]
    {
        let image = expect_size(&file, 40, 30);
        assert_eq!(image.camera_model.as_deref(), model);
        assert_eq!(image.icc_profile.as_deref(), profile);
    }
}

#[test]
fn every_kind_of_tga_states_its_samples() {
    let (gray, rgb) = (ColorSpace::Gray, ColorSpace::Rgb);
    for (kind, depth, alpha, expected, color_space) in [
        (1, 8, 0, (Some(8), Some(1)), rgb),
        (2, 16, 1, (None, None), rgb),
        (2, 24, 0, (Some(8), Some(3)), rgb),
        (10, 32, 8, (Some(8), Some(4)), rgb),
        (3, 8, 0, (Some(8), Some(1)), gray),
        (11, 8, 0, (Some(8), Some(1)), gray),
        (11, 16, 8, (Some(8), Some(2)), gray),
        (9, 8, 0, (Some(8), Some(1)), rgb),
    ] {
        let file = changed(others::tga(3, 2), &[(2, kind), (16, depth), (17, 0x20 | alpha)]);
        // Adds a color map of 256 entries. Types 1 and 9 need one, and type 10 may have one.
        let file = match kind {
            1 | 9 => changed(file, &[(1, 1), (6, 1), (7, 24)]),
            10 => changed(file, &[(1, 1), (6, 1), (7, 32)]),
            _ => file,
        };
        let image = expect_size(&file, 3, 2);
        assert_eq!(image.format, Format::Tga);
        assert_eq!(samples(&image), expected, "type {kind}, {depth} bits");
        assert_eq!((image.color_space, image.has_alpha), (Some(color_space), Some(alpha > 0)));
    }
}

#[test]
fn without_a_key_a_tga_header_needs_common_values() {
    // Each case has the offsets and values of the changed bytes. `is_tga_by_key` is true if the
    // header is accepted when the key ends with `.TGA`.
    for (changes, is_tga_by_key) in [
        (&[(1, 2)][..], false),
        (&[(2, 1)], false),
        (&[(2, 4)], false),
        (&[(3, 1)], true),
        (&[(6, 1)], true),
        (&[(7, 24)], true),
        (&[(1, 1), (6, 1), (7, 17)], false),
        (&[(1, 1), (7, 24)], true),
        (&[(2, 3), (16, 24)], true),
        (&[(2, 9), (1, 1), (6, 1), (7, 24), (16, 24)], true),
        (&[(16, 8)], true),
        (&[(16, 9)], false),
        (&[(17, 0x40)], true),
        (&[(17, 9)], true),
        (&[(17, 0x98)], true),
    ] {
        let file = changed(others::tga(3, 2), changes);
        expect_unsupported(&file, "");
        let by_key =
            probe_as("uploads/a.TGA", &file).is_ok_and(|image| image.format == Format::Tga);
        assert_eq!(by_key, is_tga_by_key, "{changes:?}");
    }
    for empty in [12, 14] {
        expect_unsupported(&changed(others::tga(3, 2), &[(empty, 0)]), "");
    }
}

#[test]
fn textures_state_their_size_and_version() {
    for change in [(8, 6), (12, 64)] {
        expect_size(&changed(named("vtf"), &[change]), 40, 30);
    }
    expect_corrupt(&changed(named("vtf"), &[(8, 7)]), "version");
    for (name, length) in [("ktx2", 27), ("dds", 100), ("vtf", 60)] {
        expect_corrupt(&named(name)[..length], "ends within its header");
    }
}

#[test]
fn every_kind_of_netpbm_states_its_samples() {
    let (gray, rgb) = (Some(ColorSpace::Gray), Some(ColorSpace::Rgb));
    for (header, content_type, expected, color_space) in [
        ("P1 3 2\n", "bitmap", (1, 1), gray),
        ("P2 3 2 255\n", "graymap", (8, 1), gray),
        ("P3 3 2 256\n", "pixmap", (16, 3), rgb),
        ("P4 3 2\n", "bitmap", (1, 1), gray),
        ("P5 3 2 65535\n", "graymap", (16, 1), gray),
        ("P6 3 2 255\n", "pixmap", (8, 3), rgb),
        ("PF 3 2 -1e2\n", "floatmap", (32, 3), rgb),
        ("Pf 3 2 +.5\n", "floatmap", (32, 1), gray),
        ("P7\nWIDTH 3\nHEIGHT 2\nDEPTH 2\nMAXVAL 255\nENDHDR\n", "arbitrarymap", (8, 2), None),
    ] {
        let image = expect_size(header.as_bytes(), 3, 2);
        assert_eq!(image.content_type(), format!("image/x-portable-{content_type}"));
        assert_eq!(samples(&image), (Some(expected.0), Some(expected.1)), "{header}");
        assert_eq!(image.color_space, color_space, "{header}");
        assert_eq!(image.has_alpha, color_space.map(|_| false), "{header}");
    }
}

#[test]
fn netpbm_headers_are_told_from_text_and_from_truncated_headers() {
    let long = format!("P6 {}", "1".repeat(70_000));
    for (header, what) in [
        ("P6 of 3", ""),
        ("P6 3 x 255\n", ""),
        ("P6 3 -2 255\n", ""),
        ("P1 is a title\n", ""),
        ("Pf 3 2 0.0\n", ""),
        ("Pf 3 2 9e99\n", ""),
        ("P7\nTUP", ""),
        ("P7\nWIDE 3\n", ""),
        ("P5 9 9 255\nabcdef", ""),
        (&long, "does not end within the first 64 KiB"),
    ] {
        expect_unsupported(header.as_bytes(), what);
    }
    for (header, what) in [
        ("P6 3 2", "ends within its header"),
        ("P6 3", "ends within its header"),
        ("P7\nWIDTH 3\nHEI", "ends within its header"),
        ("P7\nWIDTH 3", "ends within its header"),
        ("P6 3 2 0\n", "maximum value"),
        ("P6 3 2 65536\n", "maximum value"),
        ("P7\nWIDTH 3\nHEIGHT 2\nDEPTH 0\nMAXVAL 1\nENDHDR\n", "depth is zero"),
        ("P7\nWIDTH 3\nENDHDR\n", "zero"),
    ] {
        expect_corrupt(header.as_bytes(), what);
    }
    for (file, width, height) in [
        // Comments are allowed anywhere in the header.
        ("P5\n#x\n3\n# 9 9\n2\n255\n", 3, 2),
        ("P1#9 9\n3 # 9\r\n 2\n", 3, 2),
        // Image data that looks like text is accepted if it has the length that the header implies,
        // with or without a line break at the end.
        ("P4 16 2\nabcd", 16, 2),
        ("P6 2 1 255\nabcdef", 2, 1),
        ("P5 2 1 256\nabcd", 2, 1),
        ("P5 2 2 255\nabcd", 2, 2),
        ("P5 2 2 255\nabcd\n", 2, 2),
        ("P5 2 2 255\nabcd\r\n", 2, 2),
        // Printable samples are accepted unless they read like prose.
        ("P5 9 9 255\ndddddddddddd", 9, 9),
    ] {
        assert_eq!(expect_size(file.as_bytes(), width, height).format, Format::Pnm);
    }
}

#[test]
fn numbers_and_names_of_facts_are_those_of_their_standards() {
    let spaces =
        [ColorSpace::Rgb, ColorSpace::Gray, ColorSpace::Cmyk, ColorSpace::Lab, ColorSpace::YCbCr];
    let names = spaces.map(|space| (space.as_str(), space.to_string()));
    let expected = ["RGB", "GRAY", "CMYK", "Lab", "YCbCr"].map(|name| (name, name.to_owned()));
    assert_eq!(names, expected);
}

/// A JP2 file of 3 × 2 pixels with these boxes.
fn jp2(brand: &[u8; 4], boxes: &[Vec<u8>]) -> Vec<u8> {
    boxes::jp2_with(brand, boxes, &boxes::j2k(3, 2, 0, 0))
}

#[test]
fn the_major_brand_of_a_jpeg_2000_file_is_its_content_type() {
    for (brand, name) in [(b"jp2 ", "jp2"), (b"jpx ", "jpx"), (b"jpm ", "jpm"), (b"jph ", "jph")] {
        let image = expect_size(&jp2(brand, &[boxes::jp2_header(3, 2, &[])]), 3, 2);
        assert_eq!(image.content_type(), format!("image/{name}"));
    }
}

#[test]
fn the_header_of_a_jpeg_2000_file_states_its_colors() {
    for (number, color_space) in [
        (16, Some(ColorSpace::Rgb)),
        (17, Some(ColorSpace::Gray)),
        (12, Some(ColorSpace::Cmyk)),
        (14, Some(ColorSpace::Lab)),
        (18, Some(ColorSpace::YCbCr)),
        (0, None),
    ] {
        let header = boxes::jp2_header(3, 2, &[1, 0, 0, 0, 0, 0, number]);
        let image = expect_size(&jp2(b"jp2 ", &[header]), 3, 2);
        assert_eq!(image.color_space, color_space, "{number}");
        assert_eq!(samples(&image), (Some(12), Some(4)));
    }
    let profile = [&[2, 0, 0][..], &icc::display_p3()].concat();
    // If there are several header boxes, the first is used.
    let headers = [boxes::jp2_header(3, 2, &profile), boxes::jp2_header(9, 9, &[])];
    let image = expect_size(&jp2(b"jp2 ", &headers), 3, 2);
    assert_eq!(image.icc_profile.as_deref(), Some("Display P3"));
    expect_corrupt(&jp2(b"jp2 ", &[boxes::jp2_header(9, 2, &[])]), "contradict each other");
}

#[test]
fn a_jpeg_2000_file_has_exif_metadata_in_a_box_of_its_own() {
    let camera =
        |model| boxes::plain(b"uuid", &[&b"JpgTiffExif->JP2"[..], &exif::camera(model)].concat());
    let other = boxes::plain(b"uuid", &[b'x'; 60]);
    let boxes = [other, camera(b"first\0"), camera(b"second\0"), boxes::jp2_header(3, 2, &[])];
    let file = jp2(b"jp2 ", &boxes);
    let without_codestream = &file[..file.len() - 8 - boxes::j2k(3, 2, 0, 0).len()];
    for file in [&file, without_codestream] {
        assert_eq!(expect_size(file, 3, 2).camera_model.as_deref(), Some("first"));
    }
}

#[test]
fn the_codestream_of_a_jpeg_2000_file_is_checked() {
    for (changes, what) in [
        (&[(5, 46)][..], "wrong length or number of components (at byte 4)"),
        (&[(19, 9)], "outside the reference grid (at byte 8)"),
        (&[(5, 38), (41, 0)], "number of components"),
    ] {
        expect_corrupt(&changed(boxes::j2k(3, 2, 0, 0), changes), what);
    }
}

#[test]
fn jpeg_2000_image_areas_may_be_offset() {
    let image = expect_size(&boxes::j2k(3, 2, 100, 200), 3, 2);
    assert_eq!((image.content_type(), image.bits_per_channel), ("image/j2c", Some(8)));
}
