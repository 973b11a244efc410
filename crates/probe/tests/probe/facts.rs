//! Facts beyond dimensions: EXIF metadata, ICC profiles, density, alpha, frames and others.

use probe::{ColorSpace, Hint, Image, Probe};

use crate::drive::{expect_size, part, probe, run, trace};
use crate::images::jpeg::Jpeg;
use crate::images::tiff::{self, Entry, LITTLE_ENDIAN, Value, byte, fraction, long, short};
use crate::images::{self, boxes, exif, icc, named, others, png, webp};

/// Probes an object, and asks for the location.
fn with_location(object: &[u8]) -> Image {
    let mut probe = Probe::new(object.len() as u64, Hint::default()).with_location(true);
    run(&mut probe, |range| part(object, range)).unwrap()
}

fn density(image: &Image) -> Option<(u32, u32)> {
    image.density.map(|density| (density.x, density.y))
}

/// The facts of a JPEG file with these EXIF entries.
fn jpeg(entries: &[Entry]) -> Image {
    with_location(&Jpeg::new().exif(&LITTLE_ENDIAN.structure(entries)).picture())
}

/// A TIFF file of 40 × 30 pixels with these entries.
fn tiff_photo(entries: &[Entry]) -> Vec<u8> {
    LITTLE_ENDIAN.structure(&[&[(256, long(40)), (257, long(30))], entries].concat())
}

#[test]
fn every_container_of_metadata_is_read() {
    let profile = Some("Display P3");
    for (name, file, is_rotated_by_decoders, profile) in [
        ("JPEG", named("jpeg-photo"), false, profile),
        ("PNG", named("png-metadata"), false, profile),
        ("WebP", named("webp-photo"), false, profile),
        ("HEIC", named("heic-photo"), true, profile),
        ("HEIC, one extent", boxes::heic_photo(&[1000]), true, profile),
        ("HEIC, four extents", boxes::heic_photo(&[3, 7, 100, 1000]), true, profile),
        ("JPEG XL", named("jxl-photo"), true, None),
        ("TIFF", tiff_photo(&exif::photo()), false, None),
    ] {
        let image = with_location(&file);
        assert_eq!((image.width, image.height), (40, 30), "{name}");
        assert_eq!(image.taken_at.as_deref(), Some("2024-05-01T12:00:00+02:00"), "{name}");
        assert_eq!(image.camera_make.as_deref(), Some("Canon"), "{name}");
        assert_eq!(image.camera_model.as_deref(), Some("Canon EOS R5"), "{name}");
        assert_eq!(image.lens_model.as_deref(), Some("EF50mm f/1.8 STM"), "{name}");
        assert_eq!(density(&image), Some((300, 300)), "{name}");
        let location = image.location.unwrap();
        assert_eq!(location.latitude.to_string(), "48.858233", "{name}");
        assert_eq!(location.longitude.to_string(), "2.2945", "{name}");
        assert_eq!(location.altitude.unwrap().to_string(), "35.25", "{name}");
        assert_eq!(image.orientation.is_none(), is_rotated_by_decoders, "{name}");
        assert_eq!(image.icc_profile.as_deref(), profile, "{name}");
        // The TIFF file has no entry for its color space.
        let color_space = (name != "TIFF").then_some(ColorSpace::Rgb);
        assert_eq!(image.color_space, color_space, "{name}");
    }
    let psd = probe(&named("psd-photo")).unwrap();
    assert_eq!(psd.camera_model.as_deref(), Some("Canon EOS R5"));
    assert_eq!(density(&psd), Some((240, 120)));
    assert_eq!((psd.icc_profile.as_deref(), psd.color_space), (profile, Some(ColorSpace::Rgb)));
}

#[test]
fn the_location_is_neither_read_nor_reported_unless_asked_for() {
    for (name, object) in images::all() {
        assert_eq!(probe(&object).ok().and_then(|image| image.location), None, "{name}");
    }
    let mut file = tiff_photo(&[(0x8825, long(400_000))]);
    file.resize(500_000, 0);
    let reads = trace("", &file).reads;
    assert!(reads.iter().all(|read| read.end < 300_000), "{reads:?}");
}

#[test]
fn the_first_time_that_makes_sense_is_used_with_its_offset() {
    const ZEROS: Value = Value::Text(b"0000:00:00 00:00:00\0");
    const UNKNOWN: Value = Value::Text(b"    :  :     :  :  \0");
    const DIGITIZED: (u16, Value) = (0x9004, Value::Text(b"2024:05:02 00:00:00\0"));
    let offsets = [(0x9011, Value::Text(b"+02:00\0")), (0x9012, Value::Text(b"+09:00\0"))];
    for (fields, taken_at) in [
        (vec![(0x9003, ZEROS), (0x9004, UNKNOWN)], None),
        (vec![(0x9003, ZEROS), DIGITIZED], Some("2024-05-02T00:00:00")),
        ([&[DIGITIZED], &offsets[..]].concat(), Some("2024-05-02T00:00:00+09:00")),
    ] {
        let image = jpeg(&[(0x8769, Value::Directory(fields))]);
        assert_eq!(image.taken_at.as_deref(), taken_at);
    }
}

#[test]
fn a_long_text_is_cut() {
    let image = jpeg(&[(0x10F, Value::Text(&[b'x'; 300]))]);
    assert_eq!(image.camera_make, Some("x".repeat(Image::MAX_TEXT)));
}

#[test]
fn the_density_has_a_unit() {
    for (x, y, unit, expected) in [
        (118, 300, short(3), Some((300, 762))),
        (300, 300, short(1), None),
        (150, 150, fraction(2, 1), Some((150, 150))),
    ] {
        let entries = [(0x11A, fraction(x, 1)), (0x11B, fraction(y, 1)), (0x128, unit)];
        assert_eq!(density(&jpeg(&entries)), expected, "{x} {y}");
    }
    for (unit, expected) in [(0, None), (1, Some((300, 150)))] {
        let image = probe(&png::with(&[png::density(unit)])).unwrap();
        assert_eq!(density(&image), expected, "unit {unit} of PNG");
    }
    let too_short = png::chunk(b"pHYs", &[0, 0, 1, 0, 0, 0, 1, 0]);
    assert_eq!(density(&probe(&png::with(&[too_short])).unwrap()), None);
    for (unit, expected) in [(0, None), (1, Some((118, 59))), (2, Some((300, 150)))] {
        let jfif = [&b"JFIF\0\x01\x02"[..], &[unit, 0, 118, 0, 59, 0, 0]].concat();
        let image = probe(&Jpeg::new().segment(0xE0, &jfif).picture()).unwrap();
        assert_eq!(density(&image), expected, "unit {unit} of JFIF");
    }
}

#[test]
fn values_outside_the_metadata_are_absent() {
    let mut structure = exif::camera(b"inside\0");
    let text = structure.len() - 7;
    let model = |structure: &[u8]| {
        let file = Jpeg::new().exif(structure).segment(0xFE, b"outside\0").picture();
        probe(&file).unwrap().camera_model
    };
    assert_eq!(model(&structure).as_deref(), Some("inside"));
    // The entry of the camera model now points to `outside`, four bytes after the metadata's end.
    structure[18..22].copy_from_slice(&(text as u32 + 7 + 4).to_le_bytes());
    assert_eq!(model(&structure), None);
}

#[test]
fn values_of_a_tiff_file_are_read_wherever_they_are() {
    let image = probe(&tiff_photo(&[
        (0x11A, fraction(150, 1)),
        (0x11B, fraction(150, 1)),
        (0x10E, Value::Bytes(vec![b'x'; 300_000])),
        (0x128, fraction(3, 1)),
        (34_675, Value::Bytes(icc::display_p3())),
        (52_545, Value::Bytes(b"manifest".to_vec())),
    ]))
    .unwrap();
    assert_eq!(density(&image), Some((381, 381)), "150 dots per centimeter");
    assert_eq!(image.icc_profile.as_deref(), Some("Display P3"));
    assert!(image.content_credentials);
}

#[test]
fn coordinates_need_a_hemisphere_and_make_sense() {
    let location = |reference: &'static [u8], degrees: (u32, u32)| {
        let gps = vec![
            (1, Value::Text(reference)),
            (2, Value::Fractions(vec![degrees, (30, 1), (0, 1)])),
            (3, Value::Text(b"W\0")),
            (4, Value::Fractions(vec![(70, 1), (30, 1), (0, 1)])),
        ];
        jpeg(&[(0x8825, Value::Directory(gps))]).location
    };
    let south = location(b"S\0", (33, 1)).unwrap();
    assert_eq!(south.latitude.to_string(), "-33.5");
    assert_eq!(south.longitude.to_string(), "-70.5");
    for (reference, degrees) in [(&b"\0"[..], (33, 1)), (b"N\0", (90, 1)), (b"N\0", (33, 0))] {
        assert_eq!(location(reference, degrees), None, "{reference:?} {degrees:?}");
    }
}

#[test]
fn an_altitude_may_be_below_its_reference() {
    for (reference, meters) in [(0, "2.5"), (1, "-2.5"), (2, "2.5"), (3, "-2.5")] {
        let gps = vec![
            (1, Value::Text(b"S\0")),
            (2, Value::Fractions(vec![(33, 1), (30, 1), (0, 1)])),
            (3, Value::Text(b"W\0")),
            (4, Value::Fractions(vec![(70, 1), (30, 1), (0, 1)])),
            (5, byte(reference)),
            (6, fraction(5, 2)),
        ];
        let location = jpeg(&[(0x8825, Value::Directory(gps))]).location.unwrap();
        assert_eq!(location.altitude.unwrap().to_string(), meters, "{reference}");
    }
}

#[test]
fn bitmaps_state_density_and_an_alpha_mask() {
    let mut file = others::bmp(56, 40, 30, 32);
    file[38..42].copy_from_slice(&2835_u32.to_le_bytes());
    file[42..46].copy_from_slice(&5669_u32.to_le_bytes());
    let mut with_alpha = file.clone();
    with_alpha[69] = 0xFF;
    for (name, file, density, has_alpha) in [
        ("no mask", file, Some((72, 144)), Some(false)),
        ("a mask", with_alpha, Some((72, 144)), Some(true)),
        ("unknown", [others::bmp(40, 40, 30, 32), vec![0; 20]].concat(), None, None),
        ("24 bits", others::bmp(12, 40, 30, 24), None, Some(false)),
    ] {
        let image = probe(&file).unwrap();
        assert_eq!((self::density(&image), image.has_alpha), (density, has_alpha), "{name}");
    }
}

#[test]
fn exif_metadata_in_the_text_of_a_png_file_counts_unless_there_is_a_chunk_of_its_own() {
    let text = png::raw_profile(&exif::camera(b"old\0"));
    let old = png::chunk(b"tEXt", &[&b"Raw profile type APP1\0"[..], &text].concat());
    let new = png::chunk(b"eXIf", &exif::camera(b"new\0"));
    let title = png::chunk(b"tEXt", b"Title\0Raw profile type exif");
    let broken = png::chunk(b"zTXt", b"Raw profile type exif\0\0not zlib");
    for (chunks, model) in [
        (vec![old.clone()], Some("old")),
        (vec![old, new], Some("new")),
        (vec![title, broken], None),
    ] {
        let image = probe(&png::with(&chunks)).unwrap();
        assert_eq!(image.camera_model.as_deref(), model);
    }
}

#[test]
fn profiles_state_the_color_space_and_a_description() {
    let named = |space| icc::profile(space, 0, &icc::ascii("name"));
    let translated = icc::translated(&[(b"de", "Äpfel"), (b"fr", "Pommes")]);
    for (profile, channels, color_space, description) in [
        (named(b"CMYK"), 4, ColorSpace::Cmyk, Some("name")),
        (named(b"CMYK")[..140].to_vec(), 4, ColorSpace::Cmyk, None),
        (named(b"GRAY"), 3, ColorSpace::Gray, Some("name")),
        (named(b"YCbr"), 3, ColorSpace::YCbCr, Some("name")),
        (icc::profile(b"Lab ", 0, &translated), 3, ColorSpace::Lab, Some("Äpfel")),
        (icc::profile(b"HSV ", 0, b"text\0\0\0\0plain\0"), 3, ColorSpace::Rgb, Some("plain")),
        (b"no profile".to_vec(), 1, ColorSpace::Gray, None),
    ] {
        let jpeg = Jpeg::new().profile(1, 1, &profile);
        let image = probe(&jpeg.frame(0xC0, 40, 30, channels).finish()).unwrap();
        assert_eq!(image.color_space, Some(color_space), "{channels} channels");
        assert_eq!(image.icc_profile.as_deref(), description, "{color_space}");
    }
}

#[test]
fn the_description_may_lie_beyond_the_first_part_of_a_profile() {
    let profile = icc::profile(b"CMYK", 70_000, &icc::ascii("at the end"));
    let (first, second) = profile.split_at(65_519);
    let image = probe(&Jpeg::new().profile(1, 2, first).profile(2, 2, second).picture()).unwrap();
    assert_eq!(image.icc_profile.as_deref(), Some("at the end"));
}

#[test]
fn a_profile_in_a_png_file_is_inflated_up_to_64_kib() {
    for (gap, description) in [(60_000, Some("far")), (70_000, None)] {
        let profile = icc::profile(b"GRAY", gap, &icc::ascii("far"));
        let image = probe(&png::with(&[png::compressed(b"iCCP", b"name", &profile)])).unwrap();
        assert_eq!(image.icc_profile.as_deref(), description);
        assert_eq!(image.color_space, Some(ColorSpace::Gray));
    }
}

#[test]
fn alpha_and_color_space_follow_from_the_format() {
    let (gray, rgb, cmyk) = (ColorSpace::Gray, ColorSpace::Rgb, ColorSpace::Cmyk);
    let png = |color_type, chunks: &[Vec<u8>]| {
        png::file(&[png::header(40, 30, 8, color_type), chunks.concat(), png::data()])
    };
    let tiff = |photometric, extra: Option<u16>| {
        let extra = extra.map(|extra| (338, short(extra)));
        let entries = [(262, short(photometric))].into_iter().chain(extra);
        LITTLE_ENDIAN.structure(&[tiff::rgb(40, 30, 1), entries.collect()].concat())
    };
    for (name, file, has_alpha, color_space) in [
        ("PNG, gray", png(0, &[]), Some(false), gray),
        ("PNG, palette", png(3, &[]), Some(false), rgb),
        ("PNG, transparent color", png(3, &[png::chunk(b"tRNS", &[0])]), Some(true), rgb),
        ("PNG, gray and alpha", png(4, &[]), Some(true), gray),
        ("PNG, RGB and alpha", png(6, &[]), Some(true), rgb),
        ("WebP, lossless", webp::lossless(40, 30, true), Some(true), rgb),
        ("WebP, lossy", webp::lossy(40, 30, 0), Some(false), rgb),
        ("HEIC", named("heic-single"), Some(false), rgb),
        ("HEIC, alpha plane", named("heic-photo"), Some(true), rgb),
        ("TIFF, alpha", tiff(2, Some(2)), Some(true), rgb),
        ("TIFF, other channel", tiff(5, Some(0)), None, cmyk),
        ("TIFF, YCbCr", tiff(6, None), Some(false), ColorSpace::YCbCr),
        ("TIFF, Lab", tiff(8, None), Some(false), ColorSpace::Lab),
        ("TIFF, white is zero", tiff(0, None), Some(false), gray),
        ("TIFF, black is zero", tiff(1, None), Some(false), gray),
        ("TIFF, mask", tiff(4, None), Some(false), gray),
        ("JPEG, CMYK", Jpeg::new().frame(0xC0, 40, 30, 4).finish(), Some(false), cmyk),
    ] {
        let image = expect_size(&file, 40, 30);
        assert_eq!((image.has_alpha, image.color_space), (has_alpha, Some(color_space)), "{name}");
    }
}

#[test]
fn small_images_state_frames_progression_and_content_credentials() {
    for (name, frames, progressive, content_credentials) in [
        ("jpeg-photo", None, Some(true), true),
        ("jpeg-baseline", None, Some(false), false),
        ("png-metadata", None, Some(true), true),
        ("png-plain", None, Some(false), false),
        ("png-animated", Some(2), Some(false), false),
        ("webp-photo", None, None, false),
        ("webp-animated", Some(1), None, false),
        ("aseprite", Some(1), None, false),
    ] {
        let image = probe(&named(name)).unwrap();
        assert_eq!((image.frames, image.progressive), (frames, progressive), "{name}");
        assert_eq!(image.content_credentials, content_credentials, "{name}");
    }
    let other = Jpeg::new().manifest(b"cbor").picture();
    assert!(!probe(&other).unwrap().content_credentials);
    let uuid = b"\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81";
    let heic = boxes::heic_photo(&[1000]);
    let (head, rest) = heic.split_at(20);
    let signed = [head, &boxes::plain(b"uuid", &[&uuid[..], &[0; 8]].concat()), rest].concat();
    for (file, content_credentials) in [(&signed, true), (&heic, false)] {
        assert_eq!(probe(file).unwrap().content_credentials, content_credentials);
    }
}
