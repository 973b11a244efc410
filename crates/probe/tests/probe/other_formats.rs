//! PSD, QOI, TGA, Netpbm, JPEG 2000, and one small image of every kind.

use probe::{ColorSpace, Format, Image, Orientation};

use crate::drive::{expect_corrupt, expect_size, probe, probe_as};
use crate::images::exif::{self, Value};
use crate::images::{self, boxes, icc, others};

fn named(name: &str) -> Vec<u8> {
    images::all().into_iter().find(|(found, _)| *found == name).unwrap().1
}

fn samples(image: &Image) -> (Option<u8>, Option<u8>) {
    (image.bits_per_channel, image.channels)
}

#[test]
fn a_small_image_of_every_kind_is_measured() {
    for (name, image) in images::all() {
        let found = probe(&image).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((found.width, found.height), (40, 30), "{name}");
    }
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
    let mut short = header([8, 0, 0]);
    short[7] = 19;
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
    // The first read ends within the attribute's name, at the end of the name, and within the type
    // in turn.
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
        let mut file = others::qoi(3, 2, channels);
        file[13] = color_space;
        let image = expect_size(&file, 3, 2);
        assert_eq!(
            (samples(&image), image.has_alpha),
            ((Some(8), Some(channels)), Some(channels == 4))
        );
    }
    expect_corrupt(&others::qoi(3, 2, 5), "channels");
}

#[test]
fn netpbm_comments_are_allowed_anywhere() {
    for text in
        ["P6 3 2 255\n", "P5\n#x\n3\n# 9 9\n2\n255\n", "P1#9 9\n3 # 9\r\n 2\n", "PF\n3 2\n-1.0\n"]
    {
        expect_size(text.as_bytes(), 3, 2);
    }
    assert_eq!(expect_size(b"P4 3 2\n", 3, 2).content_type(), "image/x-portable-bitmap");
    for text in [&b"P6 3 x 255\n"[..], b"P6 3 -2 255\n", b"P1 is a title\n"] {
        assert_eq!(probe(text).unwrap_err().name(), "UnsupportedImage");
    }
    expect_corrupt(b"P7\nWIDTH 3\nENDHDR\n", "zero");
    let error = probe(&[&b"P6 "[..], &vec![b'1'; 70_000]].concat()).unwrap_err();
    assert!(error.to_string().contains("does not end within the first 64 KiB"), "{error}");
}

#[test]
fn tga_is_recognized_by_a_common_header_or_by_the_key() {
    expect_size(&others::tga(3, 2), 3, 2);
    let mut odd = others::tga(3, 2);
    odd[17] = 0x98;
    assert_eq!(probe(&odd).unwrap_err().name(), "UnsupportedImage");
    assert_eq!(probe_as("uploads/a.TGA", &odd).unwrap().format, Format::Tga);
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
        let mut file = others::psd(1, 3, 2);
        file[25] = mode;
        assert_eq!(expect_size(&file, 3, 2).color_space, color_space, "mode {mode}");
    }
}

#[test]
fn of_several_resources_of_a_photoshop_file_the_first_counts() {
    let camera = |name: &'static [u8]| exif::structure(&[(0x110, Value::Text(name))], true);
    let profile = |name: &str| icc::profile(b"RGB ", 0, &icc::ascii(name));
    let resource = |id: u16, data: &[u8]| {
        let length = (data.len() as u32).to_be_bytes();
        [b"8BIM", &id.to_be_bytes()[..], &[0, 0], &length, data, &vec![0; data.len() % 2]].concat()
    };
    let file = |resources: &[Vec<u8>], behind: &[u8]| {
        let resources = resources.concat();
        let length = (resources.len() as u32).to_be_bytes();
        [&others::psd(1, 3, 2)[..], &[0; 4], &length, &resources, behind].concat()
    };
    let names = |image: Image| (image.camera_model, image.icc_profile);
    let both = |name: &'static [u8], text: &str| {
        [resource(1058, &camera(name)), resource(1039, &profile(text))].concat()
    };
    let found = probe(&file(&[both(b"one\0", "first"), both(b"two\0", "second")], b"")).unwrap();
    assert_eq!(names(found), (Some("one".into()), Some("first".into())));
    // Values beyond the end of the resource are not read, because they belong to other data.
    let (camera, profile) = (camera(b"far away\0"), profile("far"));
    let (start, rest) = camera.split_at(26);
    assert_eq!(names(probe(&file(&[resource(1058, start)], rest)).unwrap()), (None, None));
    let (start, rest) = profile.split_at(168);
    assert_eq!(names(probe(&file(&[resource(1039, start)], rest)).unwrap()), (None, None));
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
        let mut file = others::tga(3, 2);
        (file[2], file[16], file[17]) = (kind, depth, 0x20 | alpha);
        if matches!(kind, 1 | 9) {
            // The file has a color map of 256 entries of 24 bits.
            (file[1], file[6], file[7]) = (1, 1, 24);
        }
        let image = expect_size(&file, 3, 2);
        assert_eq!(image.format, Format::Tga);
        assert_eq!(samples(&image), expected, "type {kind}, {depth} bits");
        assert_eq!((image.color_space, image.has_alpha), (Some(color_space), Some(alpha > 0)));
    }
}

#[test]
fn without_a_key_a_tga_header_needs_common_values() {
    // Each case has the offsets and values of the changed bytes. The flag is true if the header is
    // accepted under the key `a.tga`.
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
    ] {
        let mut file = others::tga(3, 2);
        for (offset, value) in changes {
            file[*offset] = *value;
        }
        assert_eq!(probe(&file).unwrap_err().name(), "UnsupportedImage", "{changes:?}");
        let by_key = probe_as("a.tga", &file).is_ok_and(|image| image.format == Format::Tga);
        assert_eq!(by_key, is_tga_by_key, "{changes:?}");
    }
    let mut mapped = others::tga(3, 2);
    (mapped[1], mapped[6], mapped[7]) = (1, 1, 32);
    expect_size(&mapped, 3, 2);
    for empty in [12, 14] {
        let mut file = others::tga(3, 2);
        file[empty] = 0;
        assert_eq!(probe(&file).unwrap_err().name(), "UnsupportedImage");
    }
}

#[test]
fn textures_state_their_size_and_version() {
    for (name, offset, value) in [("vtf", 8, 6), ("vtf", 12, 64)] {
        let mut file = named(name);
        file[offset] = value;
        expect_size(&file, 40, 30);
    }
    let mut later = named("vtf");
    later[8] = 7;
    expect_corrupt(&later, "version");
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
    for text in ["P6 of 3", "Pf 3 2 0.0\n", "Pf 3 2 9e99\n", "P7\nTUP", "P7\nWIDE 3\n"] {
        let error = probe(text.as_bytes()).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage", "{text}: {error}");
    }
    for cut in ["P6 3 2", "P6 3", "P7\nWIDTH 3\nHEI", "P7\nWIDTH 3"] {
        expect_corrupt(cut.as_bytes(), "ends within its header");
    }
    expect_corrupt(b"P6 3 2 0\n", "maximum value");
    expect_corrupt(b"P6 3 2 65536\n", "maximum value");
    expect_corrupt(b"P7\nWIDTH 3\nHEIGHT 2\nDEPTH 0\nMAXVAL 1\nENDHDR\n", "depth is zero");
    // Image data that looks like text is accepted if it has the length that the header implies.
    for file in ["P4 16 2\nabcd", "P6 2 1 255\nabcdef", "P5 2 1 256\nabcd", "P5 2 2 255\nabcd\r\n"]
    {
        assert_eq!(probe(file.as_bytes()).unwrap().format, Format::Pnm, "{file}");
    }
    assert_eq!(probe(b"P5 9 9 255\nabcdef").unwrap_err().name(), "UnsupportedImage");
}

#[test]
fn numbers_and_names_of_facts_are_those_of_their_standards() {
    let spaces =
        [ColorSpace::Rgb, ColorSpace::Gray, ColorSpace::Cmyk, ColorSpace::Lab, ColorSpace::YCbCr];
    let names = spaces.map(|space| (space.as_str(), space.to_string()));
    let expected = ["RGB", "GRAY", "CMYK", "Lab", "YCbCr"].map(|name| (name, name.to_owned()));
    assert_eq!(names, expected);
    assert_eq!(Orientation::new(6).map(u8::from), Some(6));
}

/// A JP2 file with these boxes between its file type and its codestream.
fn jp2(brand: &[u8; 4], boxes: &[Vec<u8>]) -> Vec<u8> {
    let signature = boxes::plain(b"jP  ", b"\r\n\x87\n");
    let codestream = boxes::endless(b"jp2c", &boxes::j2k(3, 2, 0, 0));
    [signature, boxes::file_type(&[brand, b"jp2 "]), boxes.concat(), codestream].concat()
}

/// A header box of a JPEG 2000 image with a color specification.
fn jp2_header(width: u8, height: u8, color: &[u8]) -> Vec<u8> {
    let ihdr = [0, 0, 0, height, 0, 0, 0, width, 0, 4, 11, 7, 0, 0];
    boxes::plain(b"jp2h", &[boxes::plain(b"ihdr", &ihdr), boxes::plain(b"colr", color)].concat())
}

#[test]
fn the_major_brand_of_a_jpeg_2000_file_is_its_content_type() {
    for (brand, name) in [(b"jp2 ", "jp2"), (b"jpx ", "jpx"), (b"jpm ", "jpm"), (b"jph ", "jph")] {
        let image = expect_size(&jp2(brand, &[jp2_header(3, 2, &[])]), 3, 2);
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
        let header = jp2_header(3, 2, &[1, 0, 0, 0, 0, 0, number]);
        let image = expect_size(&jp2(b"jp2 ", &[header]), 3, 2);
        assert_eq!(image.color_space, color_space, "{number}");
        assert_eq!(samples(&image), (Some(12), Some(4)));
    }
    let profile = [&[2, 0, 0][..], &icc::display_p3()].concat();
    // If there are several header boxes, the first is used.
    let headers = [jp2_header(3, 2, &profile), jp2_header(9, 9, &[])];
    let image = expect_size(&jp2(b"jp2 ", &headers), 3, 2);
    assert_eq!(image.icc_profile.as_deref(), Some("Display P3"));
    expect_corrupt(&jp2(b"jp2 ", &[jp2_header(9, 2, &[])]), "contradict each other");
}

#[test]
fn a_jpeg_2000_file_has_exif_metadata_in_a_box_of_its_own() {
    let camera = |name: &'static [u8]| {
        let metadata = exif::structure(&[(0x110, Value::Text(name))], true);
        boxes::plain(b"uuid", &[&b"JpgTiffExif->JP2"[..], &metadata].concat())
    };
    let other = boxes::plain(b"uuid", &[b'x'; 60]);
    let boxes = [other, camera(b"first\0"), camera(b"second\0"), jp2_header(3, 2, &[])];
    assert_eq!(expect_size(&jp2(b"jp2 ", &boxes), 3, 2).camera_model.as_deref(), Some("first"));
}

#[test]
fn the_codestream_of_a_jpeg_2000_file_is_checked() {
    for (offset, value, what) in [
        (5, 46, "wrong length or number of components (at byte 4)"),
        (19, 9, "outside the reference grid (at byte 8)"),
    ] {
        let mut file = boxes::j2k(3, 2, 0, 0);
        file[offset] = value;
        expect_corrupt(&file, what);
    }
    let mut none = boxes::j2k(3, 2, 0, 0);
    (none[5], none[41]) = (38, 0);
    expect_corrupt(&none, "number of components");
}

#[test]
fn jpeg_2000_image_areas_may_be_offset() {
    let image = expect_size(&boxes::j2k(3, 2, 100, 200), 3, 2);
    assert_eq!((image.content_type(), image.bits_per_channel), ("image/j2c", Some(8)));
    assert_eq!(expect_size(&boxes::jp2(3, 2), 3, 2).content_type(), "image/jp2");
    let mut outside = boxes::j2k(3, 2, 0, 0);
    outside[16..20].copy_from_slice(&9_u32.to_be_bytes());
    expect_corrupt(&outside, "outside the reference grid");
}
