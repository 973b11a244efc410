//! Facts beyond dimensions: EXIF metadata, ICC profiles, density, alpha, frames and pages.

use probe::{ColorSpace, Hint, Image, Probe, Step};

use crate::drive::{expect_size, probe, trace};
use crate::images::exif::{self, Value};
use crate::images::jpeg::Jpeg;
use crate::images::{self, boxes, icc, others, png, tiff, webp};

/// Probes an object, and asks for the location.
fn with_location(object: &[u8]) -> Image {
    let hint = Hint { key: "", content_type: None };
    let mut probe = Probe::new(object.len() as u64, hint).with_location(true);
    loop {
        match probe.step().unwrap() {
            Step::Done(image) => return image,
            Step::Read(range) => {
                let (start, end) = (range.start as usize, range.end as usize);
                probe.supply(range.start, object[start..end].to_vec());
            }
        }
    }
}

/// The image of this name among [`images::all`].
fn image(name: &str) -> Image {
    let (_, object) = images::all().into_iter().find(|(found, _)| *found == name).unwrap();
    with_location(&object)
}

fn density(image: &Image) -> Option<(u32, u32)> {
    image.density.map(|density| (density.x, density.y))
}

/// A JPEG file with this EXIF metadata.
fn jpeg(entries: &[(u16, Value)]) -> Vec<u8> {
    Jpeg::new().exif(&exif::structure(entries, true)).frame(0xC0, 40, 30, 3).finish()
}

#[test]
fn every_container_of_exif_metadata_is_read() {
    for name in ["jpeg-photo", "png-metadata", "webp-photo", "heic-photo", "jxl-photo"] {
        let image = image(name);
        assert_eq!(image.taken_at.as_deref(), Some("2024-05-01T12:00:00+02:00"), "{name}");
        assert_eq!(image.camera_make.as_deref(), Some("Canon"), "{name}");
        assert_eq!(image.camera_model.as_deref(), Some("Canon EOS R5"), "{name}");
        assert_eq!(image.lens_model.as_deref(), Some("EF50mm f/1.8 STM"), "{name}");
        assert_eq!(density(&image), Some((300, 300)), "{name}");
        let location = image.location.unwrap();
        assert_eq!(location.latitude.to_string(), "48.858233", "{name}");
        assert_eq!(location.longitude.to_string(), "2.2945", "{name}");
        assert_eq!(location.altitude.unwrap().to_string(), "35.25", "{name}");
        // Rotation is part of decoding HEIC and JPEG XL.
        let is_decoded = matches!(name, "heic-photo" | "jxl-photo");
        assert_eq!(image.orientation.is_none(), is_decoded, "{name}");
    }
    let psd = image("psd-photo");
    assert_eq!(psd.camera_model.as_deref(), Some("Canon EOS R5"));
    assert_eq!(density(&psd), Some((240, 120)));
}

#[test]
fn the_location_is_neither_read_nor_reported_unless_asked_for() {
    for (name, object) in images::all() {
        assert_eq!(probe(&object).ok().and_then(|image| image.location), None, "{name}");
    }
    let entries = [(1, Value::Short(0)), (2, Value::Short(0)), (0x8825, Value::Long(400_000))];
    let mut file = tiff_photo(&exif::structure(&entries, true));
    file.resize(500_000, 0);
    let reads = trace(Hint::default(), &file).reads;
    assert!(reads.iter().all(|read| read.end < 300_000), "{reads:?}");
}

/// Makes a TIFF file of a TIFF structure by replacing the first two entries with the width and
/// height.
fn tiff_photo(structure: &[u8]) -> Vec<u8> {
    let mut file = structure.to_vec();
    for (at, tag, value) in [(10, 256_u16, 40_u32), (22, 257, 30)] {
        let entry = [&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0], &value.to_le_bytes()].concat();
        file[at..at + 12].copy_from_slice(&entry);
    }
    file
}

#[test]
fn a_tiff_file_states_the_facts_of_exif_in_its_own_directory() {
    let mut entries = vec![(1, Value::Short(0)), (2, Value::Short(0))];
    entries.extend(exif::photo());
    let image = with_location(&tiff_photo(&exif::structure(&entries, true)));
    assert_eq!((image.width, image.height), (40, 30));
    assert_eq!(image.camera_model.as_deref(), Some("Canon EOS R5"));
    assert_eq!(image.taken_at.as_deref(), Some("2024-05-01T12:00:00+02:00"));
    assert_eq!(density(&image), Some((300, 300)));
    assert!(image.location.is_some());
}

#[test]
fn facts_that_make_no_sense_are_absent() {
    let zeros = Value::Text(b"0000:00:00 00:00:00\0");
    let unknown = Value::Text(b"    :  :     :  :  \0");
    let time = |original: Value, digitized: Value| {
        let exif = vec![(0x9003, original), (0x9004, digitized)];
        probe(&jpeg(&[(0x8769, Value::Directory(exif))])).unwrap().taken_at
    };
    assert_eq!(time(zeros.clone(), unknown), None);
    let digitized = time(zeros, Value::Text(b"2024:05:02 00:00:00\0"));
    assert_eq!(digitized.unwrap(), "2024-05-02T00:00:00");
    let digitized = vec![
        (0x9004, Value::Text(b"2024:05:02 00:00:00\0")),
        (0x9011, Value::Text(b"+02:00\0")),
        (0x9012, Value::Text(b"+09:00\0")),
    ];
    let digitized = probe(&jpeg(&[(0x8769, Value::Directory(digitized))])).unwrap().taken_at;
    assert_eq!(digitized.unwrap(), "2024-05-02T00:00:00+09:00", "the offset of the same time");
    let make =
        |text: &'static [u8]| probe(&jpeg(&[(0x10F, Value::Text(text))])).unwrap().camera_make;
    assert_eq!(make(b"      \0"), None);
    assert_eq!(make(b"\xFF\x07Make\0"), Some("\u{FFFD}Make".into()));
    assert_eq!(make(&[b'x'; 300]), Some("x".repeat(Image::MAX_TEXT)));
    let resolution = |unit: u16, x: (u32, u32)| {
        let fraction = |part| Value::Fractions(vec![part]);
        let entries =
            [(0x11A, fraction(x)), (0x11B, fraction((300, 1))), (0x128, Value::Short(unit))];
        density(&probe(&jpeg(&entries)).unwrap())
    };
    assert_eq!(resolution(3, (118, 1)), Some((300, 762)));
    assert_eq!(resolution(1, (300, 1)), None, "a ratio without unit");
    let fraction = |numerator| Value::Fractions(vec![(numerator, 1)]);
    let entries = [(0x11A, fraction(150)), (0x11B, fraction(150)), (0x128, fraction(2))];
    assert_eq!(density(&probe(&jpeg(&entries)).unwrap()), Some((150, 150)), "a unit as a fraction");
    assert_eq!(resolution(2, (0, 1)), None);
    assert_eq!(resolution(2, (1, 0)), None);
}

#[test]
fn values_outside_the_metadata_are_absent() {
    let mut structure = exif::structure(&[(0x110, Value::Text(b"inside\0"))], true);
    let text = structure.len() - 7;
    let file = |structure: &[u8]| {
        Jpeg::new().exif(structure).segment(0xFE, b"outside\0").frame(0xC0, 40, 30, 3).finish()
    };
    assert_eq!(probe(&file(&structure)).unwrap().camera_model.as_deref(), Some("inside"));
    // The value's offset now points into the comment, which begins four bytes after the metadata.
    structure[18..22].copy_from_slice(&(text as u32 + 7 + 4).to_le_bytes());
    assert_eq!(probe(&file(&structure)).unwrap().camera_model, None);
}

#[test]
fn values_of_a_tiff_file_are_read_wherever_they_are() {
    let far = Value::Text(Box::leak(vec![b'x'; 300_000].into_boxed_slice()));
    let fraction = |numerator| Value::Fractions(vec![(numerator, 1)]);
    let entries = [
        (1, Value::Short(0)),
        (2, Value::Short(0)),
        (0x11A, fraction(150)),
        (0x11B, fraction(150)),
        (0x10E, far),
        (0x128, fraction(3)),
        (34_675, Value::Bytes(icc::display_p3())),
        (52_545, Value::Bytes(b"manifest".to_vec())),
    ];
    let image = probe(&tiff_photo(&exif::structure(&entries, true))).unwrap();
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
            (5, Value::Byte(1)),
            (6, Value::Fractions(vec![(5, 2)])),
        ];
        with_location(&jpeg(&[(0x8825, Value::Directory(gps))])).location
    };
    let south = location(b"S\0", (33, 1)).unwrap();
    assert_eq!(south.latitude.to_string(), "-33.5");
    assert_eq!(south.longitude.to_string(), "-70.5");
    assert_eq!(south.altitude.unwrap().to_string(), "-2.5");
    for (reference, degrees) in [(&b"\0"[..], (33, 1)), (b"N\0", (90, 1)), (b"N\0", (33, 0))] {
        assert_eq!(location(reference, degrees), None, "{reference:?} {degrees:?}");
    }
}

#[test]
fn jfif_states_the_density_unless_exif_does() {
    let jfif = |unit: u8| [&b"JFIF\0\x01\x02"[..], &[unit, 0, 118, 0, 59, 0, 0]].concat();
    let file = |unit| Jpeg::new().segment(0xE0, &jfif(unit)).frame(0xC0, 40, 30, 3).finish();
    assert_eq!(density(&probe(&file(0)).unwrap()), None);
    assert_eq!(density(&probe(&file(1)).unwrap()), Some((118, 59)));
    assert_eq!(density(&probe(&file(2)).unwrap()), Some((300, 150)));
}

#[test]
fn bitmaps_state_density_and_an_alpha_mask() {
    let mut file = others::bmp(56, 40, 30, 32);
    file[38..42].copy_from_slice(&2835_u32.to_le_bytes());
    file[42..46].copy_from_slice(&5669_u32.to_le_bytes());
    let image = probe(&file).unwrap();
    assert_eq!((density(&image), image.has_alpha), (Some((72, 144)), Some(false)));
    file[69] = 0xFF;
    assert_eq!(probe(&file).unwrap().has_alpha, Some(true));
    assert_eq!(probe(&others::bmp(40, 40, 30, 32)).unwrap().has_alpha, None);
    assert_eq!(probe(&others::bmp(12, 40, 30, 24)).unwrap().has_alpha, Some(false));
}

#[test]
fn exif_metadata_in_the_text_of_a_png_file_counts_unless_there_is_a_chunk_of_its_own() {
    let camera = |name: &'static [u8]| exif::structure(&[(0x110, Value::Text(name))], true);
    let text = |tiff: &[u8]| {
        let data = [&b"Raw profile type APP1\0"[..], &png::raw_profile(tiff)].concat();
        png::chunk(b"tEXt", &data)
    };
    let model = |chunks: &[Vec<u8>]| {
        let all = [&[png::header(40, 30, 8, 2)], chunks, &[png::chunk(b"IDAT", b"")]].concat();
        probe(&png::file(&all)).unwrap().camera_model
    };
    let (old, new) = (text(&camera(b"old\0")), png::chunk(b"eXIf", &camera(b"new\0")));
    assert_eq!(model(std::slice::from_ref(&old)).as_deref(), Some("old"));
    assert_eq!(model(&[old, new]).as_deref(), Some("new"));
    let title = png::chunk(b"tEXt", b"Title\0Raw profile type exif");
    assert_eq!(model(&[title, png::chunk(b"zTXt", b"Raw profile type exif\0\0not zlib")]), None);
}

#[test]
fn an_alpha_plane_of_the_tiles_of_a_grid_makes_it_transparent() {
    let alpha = boxes::full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:1\0");
    let depth = boxes::full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:2\0");
    let has_alpha = |plane: &[u8], to: u8| {
        let item = |id, kind, properties| boxes::Item { id, kind, properties };
        let items =
            [item(1, b"grid", vec![1]), item(2, b"hvc1", vec![1]), item(3, b"hvc1", vec![1, 2])];
        // The reference to the tile of another grid comes first.
        let tiles = [[0, 9, 0, 1, 0, 3], [0, 1, 0, 1, 0, 2]].map(|it| boxes::plain(b"dimg", &it));
        let auxiliary = boxes::plain(b"auxl", &[0, 3, 0, 1, 0, to]);
        let references = boxes::full(b"iref", 0, 0, &[tiles.concat(), auxiliary].concat());
        let properties = [boxes::ispe(40, 30), plane.to_vec()];
        let meta = boxes::meta(1, &items, &properties, &[references]);
        let file = [boxes::file_type(&[b"heic", b"mif1"]), meta].concat();
        expect_size(&file, 40, 30).has_alpha.unwrap()
    };
    assert!(has_alpha(&alpha, 1) && has_alpha(&alpha, 2));
    assert!(!has_alpha(&alpha, 3) && !has_alpha(&depth, 1));
}

#[test]
fn profiles_state_the_color_space_and_a_description() {
    for name in ["jpeg-photo", "png-metadata", "webp-photo", "heic-photo", "psd-photo"] {
        let image = image(name);
        assert_eq!(image.icc_profile.as_deref(), Some("Display P3"), "{name}");
        assert_eq!(image.color_space, Some(ColorSpace::Rgb), "{name}");
    }
    let jpeg = |profile: &[u8], channels| {
        let segment = [b"ICC_PROFILE\0", &[1, 1][..], profile].concat();
        let file = Jpeg::new().segment(0xE2, &segment).frame(0xC0, 40, 30, channels).finish();
        let image = probe(&file).unwrap();
        (image.color_space.unwrap(), image.icc_profile)
    };
    let cmyk = icc::profile(b"CMYK", 0, &icc::ascii("Coated FOGRA39"));
    assert_eq!(jpeg(&cmyk, 4), (ColorSpace::Cmyk, Some("Coated FOGRA39".into())));
    assert_eq!(jpeg(&cmyk[..140], 4), (ColorSpace::Cmyk, None));
    let lab = icc::profile(b"Lab ", 0, &icc::translated(&[(b"de", "Äpfel"), (b"fr", "Pommes")]));
    assert_eq!(jpeg(&lab, 3), (ColorSpace::Lab, Some("Äpfel".into())));
    for (name, color_space) in [(b"GRAY", ColorSpace::Gray), (b"YCbr", ColorSpace::YCbCr)] {
        let profile = icc::profile(name, 0, &icc::ascii("name"));
        assert_eq!(jpeg(&profile, 3), (color_space, Some("name".into())));
    }
    let other = icc::profile(b"HSV ", 0, b"text\0\0\0\0plain\0");
    assert_eq!(jpeg(&other, 3), (ColorSpace::Rgb, Some("plain".into())));
    assert_eq!(jpeg(b"no profile", 1), (ColorSpace::Gray, None));
}

#[test]
fn the_description_may_lie_beyond_the_first_part_of_a_profile() {
    let profile = icc::profile(b"CMYK", 70_000, &icc::ascii("at the end"));
    let (first, second) = profile.split_at(65_519);
    let part = |number: u8, part: &[u8]| [b"ICC_PROFILE\0", &[number, 2][..], part].concat();
    let jpeg = Jpeg::new().segment(0xE2, &part(1, first)).segment(0xE2, &part(2, second));
    let image = expect_size(&jpeg.frame(0xC0, 40, 30, 4).finish(), 40, 30);
    assert_eq!(image.icc_profile.as_deref(), Some("at the end"));
}

#[test]
fn a_profile_in_a_png_file_is_inflated_up_to_64_kib() {
    let file = |gap| {
        let profile = icc::profile(b"GRAY", gap, &icc::ascii("far"));
        let profile = png::compressed(b"iCCP", b"name", &profile);
        png::file(&[png::header(40, 30, 8, 0), profile, png::chunk(b"IDAT", b"data")])
    };
    assert_eq!(probe(&file(60_000)).unwrap().icc_profile.as_deref(), Some("far"));
    let beyond = probe(&file(70_000)).unwrap();
    assert_eq!((beyond.icc_profile, beyond.color_space), (None, Some(ColorSpace::Gray)));
}

#[test]
fn exif_metadata_of_several_extents_is_joined() {
    for lengths in [&[1000][..], &[3, 7, 100, 1000]] {
        let image = probe(&boxes::heic_photo(lengths)).unwrap();
        assert_eq!(image.camera_model.as_deref(), Some("Canon EOS R5"), "{lengths:?}");
        assert_eq!(image.has_alpha, Some(true));
    }
}

#[test]
fn alpha_and_color_space_follow_from_the_format() {
    let png = |color_type, chunks: &[Vec<u8>]| {
        let data = png::chunk(b"IDAT", b"data");
        let all = [&[png::header(40, 30, 8, color_type)], chunks, &[data]].concat();
        let image = probe(&png::file(&all)).unwrap();
        (image.has_alpha.unwrap(), image.color_space.unwrap())
    };
    assert_eq!(png(0, &[]), (false, ColorSpace::Gray));
    assert_eq!(png(3, &[]), (false, ColorSpace::Rgb));
    assert_eq!(png(3, &[png::chunk(b"tRNS", &[0])]), (true, ColorSpace::Rgb));
    assert_eq!(png(4, &[]), (true, ColorSpace::Gray));
    assert_eq!(png(6, &[]), (true, ColorSpace::Rgb));
    assert_eq!(probe(&webp::lossless(40, 30, true)).unwrap().has_alpha, Some(true));
    assert_eq!(probe(&webp::lossy(40, 30, 0)).unwrap().has_alpha, Some(false));
    assert_eq!(image("gif-transparent").has_alpha, Some(true));
    assert_eq!(image("gif").has_alpha, Some(false));
    assert_eq!(image("heic-single").has_alpha, Some(false));
    let tiff = |photometric, extra: Option<u64>| {
        let mut entries = tiff::rgb(40, 30, 1);
        entries.push((262, 3, photometric));
        entries.extend(extra.map(|extra| (338, 3, extra)));
        let image = probe(&tiff::LAYOUTS[0].file(0, &entries)).unwrap();
        (image.has_alpha, image.color_space.unwrap())
    };
    assert_eq!(tiff(2, Some(2)), (Some(true), ColorSpace::Rgb));
    assert_eq!(tiff(5, Some(0)), (None, ColorSpace::Cmyk));
    assert_eq!(tiff(6, None), (Some(false), ColorSpace::YCbCr));
    assert_eq!(tiff(8, None), (Some(false), ColorSpace::Lab));
    for gray in [0, 1, 4] {
        assert_eq!(tiff(gray, None), (Some(false), ColorSpace::Gray));
    }
    assert_eq!(image("jp2").color_space, Some(ColorSpace::Rgb));
    assert_eq!(
        probe(&Jpeg::new().frame(0xC0, 4, 3, 4).finish()).unwrap().color_space,
        Some(ColorSpace::Cmyk)
    );
}

#[test]
fn progressive_and_interlaced_files_say_so() {
    assert_eq!(image("jpeg-photo").progressive, Some(true));
    assert_eq!(image("jpeg-baseline").progressive, Some(false));
    assert_eq!(image("png-metadata").progressive, Some(true));
    assert_eq!(image("png-plain").progressive, Some(false));
    assert_eq!(image("gif").progressive, Some(false));
    assert_eq!(image("webp-photo").progressive, None);
}

#[test]
fn frames_are_counted_where_the_header_tells() {
    let frames = |object: &[u8]| probe(object).unwrap().frames;
    assert_eq!(image("png-animated").frames, Some(2));
    assert_eq!(image("png-plain").frames, None);
    assert_eq!(image("gif").frames, Some(2));
    assert_eq!(image("gif-transparent").frames, Some(1));
    let cut = others::gif(40, 30, &[&others::gif_frame(0, 0, 40, 30)]);
    assert_eq!(frames(&cut), None, "the trailer is missing");
    assert_eq!(image("webp-animated").frames, Some(1));
    let many: Vec<_> = [webp::extended(2, 40, 30)]
        .into_iter()
        .chain(std::iter::repeat_with(|| webp::frame(40, 30, 8000)).take(5))
        .collect();
    assert_eq!(frames(&webp::file(&many)), None, "beyond the bytes in which frames are counted");
    assert_eq!(frames(&webp::file(&many[..4])), Some(3));
    assert_eq!(image("aseprite").frames, Some(1));
}

#[test]
fn pages_of_a_tiff_file_are_counted_unless_they_are_far_apart() {
    let page = |kind: u64| [vec![(254, 4, kind)], tiff::rgb(40, 30, 1)].concat();
    let file = |kinds: &[u64], gap: usize| {
        let layout = tiff::LAYOUTS[0];
        let mut file = layout.file(0, &page(kinds[0]));
        for kind in &kinds[1..] {
            let link = file.len() - 4;
            file.resize(file.len() + gap, 0xAB);
            let offset = (file.len() as u32).to_le_bytes();
            file[link..link + 4].copy_from_slice(&offset);
            file.extend(layout.directory(&page(*kind)));
        }
        file
    };
    let pages = |kinds: &[u64], gap| probe(&file(kinds, gap)).unwrap().pages;
    assert_eq!(pages(&[0], 0), Some(1));
    assert_eq!(pages(&[2, 2, 2], 0), Some(3));
    assert_eq!(pages(&[0, 1, 4, 0], 100_000), Some(2), "thumbnails and masks are no pages");
    assert_eq!(pages(&[0, 0], 128 << 10), Some(2));
    assert_eq!(pages(&[0, 0], (128 << 10) + 1), None);
    let mut cycle = file(&[1, 1], 0);
    let link = cycle.len() - 4;
    cycle[link] = 8;
    assert_eq!(probe(&cycle).unwrap().pages, None);
    let raw = Hint { key: "a.nef", content_type: None };
    assert_eq!(trace(raw, &file(&[0, 0], 0)).result.unwrap().pages, None);
}

#[test]
fn content_credentials_are_seen_before_the_image_data() {
    assert!(image("jpeg-photo").content_credentials);
    assert!(image("png-metadata").content_credentials);
    assert!(!image("jpeg-baseline").content_credentials);
    let other = Jpeg::new().segment(0xEB, b"JP\0\x01\0\0\0\x01\0\0\0\x40jumb\0\0\0\x20jumdcbor");
    assert!(!probe(&other.frame(0xC0, 4, 3, 3).finish()).unwrap().content_credentials);
    let uuid = b"\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81";
    let heic = boxes::heic_photo(&[1000]);
    let (head, rest) = heic.split_at(20);
    let signed = [head, &boxes::plain(b"uuid", &[&uuid[..], &[0; 8]].concat()), rest].concat();
    assert!(probe(&signed).unwrap().content_credentials);
    assert!(!probe(&heic).unwrap().content_credentials);
}
