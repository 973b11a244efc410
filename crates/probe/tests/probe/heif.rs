//! HEIF and AVIF: items, properties and sequences.

use probe::{ColorSpace, Format};

use crate::drive::{expect_corrupt, expect_size, probe, trace};
use crate::images::boxes::{
    Item, Track, av1_configuration, clap, clap_at_top_left, derived_from, endless, file_type, full,
    grid, hevc_configuration, irot, ispe, large, locations, meta, movie, pixi, plain, sequence,
    single,
};
use crate::images::exif::{self, Value};
use crate::images::icc;

const HEIC: [&[u8; 4]; 2] = [b"heic", b"mif1"];
const AVIF: [&[u8; 4]; 2] = [b"avif", b"mif1"];

#[test]
fn format_and_content_type_follow_the_coding_format() {
    let avif = expect_size(&single(&AVIF, b"av01", &[ispe(3, 2), pixi(10)]), 3, 2);
    assert_eq!((avif.format, avif.content_type()), (Format::Avif, "image/avif"));
    assert_eq!((avif.bits_per_channel, avif.channels), (Some(10), Some(3)));
    let heic = expect_size(&single(&HEIC, b"hvc1", &[ispe(3, 2)]), 3, 2);
    assert_eq!((heic.format, heic.content_type()), (Format::Heif, "image/heic"));
    let neutral = expect_size(&single(&[b"mif1"], b"av01", &[ispe(3, 2)]), 3, 2);
    assert_eq!(neutral.content_type(), "image/avif");
    for (brands, coding, content_type) in [
        (&[b"mif1"][..], b"j2k1", "image/heif"),
        (&[b"mif1"], b"hvc1", "image/heic"),
        (&[b"heic"], b"jpeg", "image/heic"),
        (&[b"avif"], b"jpeg", "image/avif"),
    ] {
        let image = expect_size(&single(brands, coding, &[ispe(3, 2)]), 3, 2);
        assert_eq!(image.content_type(), content_type);
    }
    // A derived item has the coding format of the first coded item.
    let items = [
        Item { id: 1, kind: b"Exif", properties: vec![] },
        Item { id: 2, kind: b"hvc1", properties: vec![1] },
        Item { id: 3, kind: b"grid", properties: vec![1] },
    ];
    let meta = meta(3, &items, &[ispe(3, 2)], &[]);
    let image = expect_size(&[file_type(&[b"mif1"]), meta].concat(), 3, 2);
    assert_eq!(image.content_type(), "image/heic");
}

#[test]
fn the_primary_item_is_measured_even_if_another_is_larger() {
    let items = [
        Item { id: 1, kind: b"hvc1", properties: vec![1] },
        Item { id: 2, kind: b"hvc1", properties: vec![2] },
    ];
    let meta = meta(2, &items, &[ispe(4000, 3000), ispe(320, 240)], &[]);
    expect_size(&[file_type(&HEIC), meta].concat(), 320, 240);
}

#[test]
fn a_grid_has_its_own_dimensions_not_those_of_its_tiles() {
    let items = [
        Item { id: 1, kind: b"hvc1", properties: vec![1] },
        Item { id: 9, kind: b"grid", properties: vec![2, 3] },
    ];
    let meta = meta(9, &items, &[ispe(512, 512), ispe(4032, 3024), irot(1)], &[]);
    let image = expect_size(&[file_type(&HEIC), meta].concat(), 3024, 4032);
    assert_eq!(image.content_type(), "image/heic");
}

#[test]
fn properties_apply_in_their_order() {
    let crop = clap_at_top_left(30, 20, 40, 40);
    expect_size(&single(&AVIF, b"av01", &[ispe(40, 40), crop.clone(), irot(1)]), 20, 30);
    expect_size(&single(&AVIF, b"av01", &[ispe(40, 40), irot(3), crop]), 30, 20);
    expect_size(&single(&AVIF, b"av01", &[ispe(3, 2), irot(2)]), 3, 2);
}

#[test]
fn a_clean_aperture_that_browsers_ignore_does_not_crop() {
    for (width, height) in [((30, 1), (20, 1)), ((40, 1), (20, 1))] {
        let properties = [ispe(40, 40), clap(width, height), irot(1)];
        expect_size(&single(&AVIF, b"av01", &properties), 40, 40);
    }
    expect_size(&single(&HEIC, b"hvc1", &[ispe(40, 40), clap((30, 1), (20, 1))]), 30, 20);
}

#[test]
fn a_second_rotation_of_an_avif_image_is_refused() {
    let properties = [ispe(40, 30), irot(1), irot(1)];
    expect_corrupt(&single(&AVIF, b"av01", &properties), "two rotations");
    expect_size(&single(&HEIC, b"hvc1", &properties), 40, 30);
}

#[test]
fn transformations_may_be_listed_before_the_extent() {
    let crop = clap((30, 1), (20, 1));
    let mirror = plain(b"imir", &[1]);
    expect_size(&single(&AVIF, b"av01", &[irot(3), ispe(40, 30)]), 30, 40);
    expect_size(&single(&AVIF, b"av01", &[mirror, irot(1), pixi(8), ispe(40, 30)]), 30, 40);
    expect_size(&single(&HEIC, b"hvc1", &[crop.clone(), ispe(40, 40), irot(1)]), 20, 30);
    expect_size(&single(&HEIC, b"hvc1", &[irot(1), ispe(20, 30), crop.clone()]), 30, 20);
    expect_corrupt(&single(&HEIC, b"hvc1", &[crop, ispe(20, 30), irot(1)]), "clean aperture");
    expect_corrupt(&single(&HEIC, b"hvc1", &[irot(1)]), "no dimensions");
}

#[test]
fn extents_that_contradict_each_other_are_refused() {
    expect_size(&single(&AVIF, b"av01", &[ispe(4, 3), ispe(4, 3)]), 4, 3);
    expect_corrupt(&single(&AVIF, b"av01", &[ispe(4, 3), ispe(4000, 3)]), "contradict each other");
}

#[test]
fn the_data_of_a_grid_must_not_contradict_its_extent() {
    let tile = |id| Item { id, kind: b"hvc1", properties: vec![1] };
    let file = |extent: &[u8], construction: u16, data: &[u8]| {
        let items = [tile(1), tile(2), Item { id: 3, kind: b"grid", properties: vec![2] }];
        let meta = |offset| {
            let more = [
                derived_from(3, &[1, 2]),
                plain(b"idat", &[&[0; 5], data].concat()),
                locations(&[(1, 0, 7), (3, construction, offset)]),
            ];
            meta(3, &items, &[ispe(20, 40), extent.to_vec()], &more)
        };
        let offset = file_type(&HEIC).len() + meta(0).len() + 8;
        let offset = if construction == 0 { offset as u32 } else { 5 };
        [file_type(&HEIC), meta(offset), plain(b"mdat", data)].concat()
    };
    let wide = [&[0, 1, 0, 1][..], &40_u32.to_be_bytes(), &30_u32.to_be_bytes()].concat();
    for construction in [0, 1] {
        for data in [&grid(40, 30)[..], &wide] {
            expect_size(&file(&ispe(40, 30), construction, data), 40, 30);
            expect_size(&file(&pixi(8), construction, data), 40, 30);
            expect_corrupt(&file(&ispe(4, 3), construction, data), "contradict each other");
        }
    }
    // Construction method 2: the grid's data is in another item. The probe does not read this data,
    // so it cannot contradict the extent.
    expect_size(&file(&ispe(4, 3), 2, &wide), 4, 3);
}

#[test]
fn bits_and_channels_come_from_the_decoder_configuration_if_need_be() {
    for (kind, configuration, bits, channels) in [
        (b"av01", av1_configuration(0), 8, 3),
        (b"av01", av1_configuration(0x40), 10, 3),
        (b"av01", av1_configuration(0x70), 12, 1),
        (b"hvc1", hevc_configuration(1, 8), 8, 3),
        (b"hvc1", hevc_configuration(0, 10), 10, 1),
    ] {
        let image = expect_size(&single(&HEIC, kind, &[configuration.clone(), ispe(3, 2)]), 3, 2);
        assert_eq!((image.bits_per_channel, image.channels), (Some(bits), Some(channels)));
        let color_space = if channels == 1 { ColorSpace::Gray } else { ColorSpace::Rgb };
        assert_eq!(image.color_space, Some(color_space));
        let properties = [configuration, pixi(9), ispe(3, 2)];
        let image = expect_size(&single(&HEIC, kind, &properties), 3, 2);
        assert_eq!((image.bits_per_channel, image.channels), (Some(9), Some(3)));
    }
    let (_, grid) =
        crate::images::all().into_iter().find(|(name, _)| *name == "heic-grid").unwrap();
    let image = expect_size(&grid, 40, 30);
    assert_eq!((image.bits_per_channel, image.channels), (Some(10), Some(3)));
}

#[test]
fn mirroring_does_not_affect_the_dimensions() {
    expect_size(&single(&AVIF, b"av01", &[ispe(3, 2), plain(b"imir", &[1])]), 3, 2);
}

#[test]
fn clean_apertures_are_rounded_and_must_fit_the_image() {
    expect_size(&single(&HEIC, b"hvc1", &[ispe(40, 40), clap((71, 2), (30, 1))]), 36, 30);
    for crop in [clap((41, 1), (30, 1)), clap((30, 0), (30, 1))] {
        expect_corrupt(&single(&AVIF, b"av01", &[ispe(40, 40), crop]), "clean aperture");
    }
    expect_corrupt(&single(&HEIC, b"hvc1", &[ispe(40, 40), clap((0, 1), (1, 1))]), "zero");
}

#[test]
fn an_identity_item_has_the_dimensions_of_its_source() {
    let items = [
        Item { id: 1, kind: b"hvc1", properties: vec![1, 2] },
        Item { id: 2, kind: b"iden", properties: vec![2] },
    ];
    // Two other references precede the reference to the source: one from another item, and one of
    // another type.
    let references = [
        plain(b"dimg", &[0, 9, 0, 1, 0, 9]),
        plain(b"thmb", &[0, 2, 0, 1, 0, 9]),
        plain(b"dimg", &[0, 2, 0, 1, 0, 1]),
    ];
    let references = full(b"iref", 0, 0, &references.concat());
    let meta = meta(2, &items, &[ispe(3, 2), irot(1)], &[references]);
    expect_size(&[file_type(&HEIC), meta].concat(), 3, 2);
}

#[test]
fn items_that_refer_to_themselves_are_corrupt() {
    let items = [Item { id: 2, kind: b"iden", properties: vec![1] }];
    let references = full(b"iref", 0, 0, &plain(b"dimg", &[0, 2, 0, 1, 0, 2]));
    let meta = meta(2, &items, &[irot(1)], &[references]);
    expect_corrupt(&[file_type(&HEIC), meta].concat(), "lacks its source");
}

#[test]
fn the_description_may_follow_the_image_data() {
    let item = || [Item { id: 1, kind: b"hvc1", properties: vec![1] }];
    let data = vec![0; 300_000];
    let metadata = [plain(b"free", &vec![0; 20_000])];
    for data in [plain(b"mdat", &data), large(b"mdat", &data)] {
        let file = [file_type(&HEIC), data, meta(1, &item(), &[ispe(3, 2)], &metadata)].concat();
        let outcome = trace(probe::Hint::default(), &file);
        assert_eq!(outcome.result.unwrap().width, 3);
        assert_eq!(outcome.reads.len(), 2);
    }
}

#[test]
fn the_wide_ids_and_indices_of_later_versions_are_read() {
    let entry = full(b"infe", 3, 0, b"\0\x01\0\x02\0\0hvc1\0");
    let infos = full(b"iinf", 1, 0, &[&[0, 0, 0, 1][..], &entry].concat());
    let other = [0, 1, 0, 9, 2, 0x80, 1, 0, 1];
    let own = [0, 1, 0, 2, 2, 0x80, 1, 0x80, 2];
    let associations = full(b"ipma", 1, 1, &[&[0, 0, 0, 2], &other[..], &own].concat());
    let properties = plain(b"ipco", &[ispe(2, 3), irot(1)].concat());
    let properties = plain(b"iprp", &[properties, associations].concat());
    let primary = full(b"pitm", 1, 0, &[0, 1, 0, 2]);
    let meta = full(b"meta", 0, 0, &[primary, infos, properties].concat());
    let image = expect_size(&[file_type(&[b"mif1"]), meta].concat(), 3, 2);
    assert_eq!(image.content_type(), "image/heic");
}

#[test]
fn locations_of_every_version_are_read() {
    let item = |id, kind| Item { id, kind, properties: vec![1] };
    let file = |location: &[u8]| {
        let items = [item(1, b"hvc1"), item(3, b"grid")];
        let data = plain(b"idat", &grid(40, 30));
        let more = [location.to_vec(), data, derived_from(3, &[1])];
        [file_type(&HEIC), meta(3, &items, &[pixi(8)], &more)].concat()
    };
    let [first, second] = [&[0; 4][..], &[0, 0, 0, 4]];
    let rest = &[0, 0, 0, 4][..];
    // Version 2 has 32-bit IDs, and version 1 has 16-bit IDs. Both have an index for each extent.
    let wide = [&[0, 0, 0, 2][..], &[0, 0, 0, 1, 0, 0, 0, 0, 0, 1], &[9; 12]].concat();
    let own = [&[0, 0, 0, 3, 0, 1, 0, 0, 0, 2][..], &[0; 4], first, rest, &[0; 4], second, rest];
    let version_2 = full(b"iloc", 2, 0, &[&[0x44, 0x04][..], &wide, &own.concat()].concat());
    expect_size(&file(&version_2), 40, 30);
    let others = [&[0, 2][..], &[0, 1, 0, 0, 0, 0, 0, 1], &[9; 12]].concat();
    let own = [&[0, 3, 0, 1, 0, 0, 0, 1][..], &[0; 4], first, &[0, 0, 0, 8]].concat();
    let version_1 = full(b"iloc", 1, 0, &[&[0x44, 0x04][..], &others, &own].concat());
    expect_size(&file(&version_1), 40, 30);
}

#[test]
fn the_tiles_of_a_grid_state_what_the_grid_does_not() {
    let profile = plain(b"colr", &[&b"prof"[..], &icc::display_p3()].concat());
    let other = icc::profile(b"GRAY", 0, &icc::ascii("second"));
    let second = plain(b"colr", &[&b"prof"[..], &other].concat());
    let items = [
        Item { id: 1, kind: b"hvc1", properties: vec![1, 3, 4] },
        Item { id: 2, kind: b"grid", properties: vec![1, 2] },
    ];
    let properties = [ispe(40, 30), pixi(10), profile, second];
    let meta = meta(2, &items, &properties, &[derived_from(2, &[1])]);
    let image = expect_size(&[file_type(&HEIC), meta].concat(), 40, 30);
    assert_eq!(image.icc_profile.as_deref(), Some("Display P3"), "the first profile");
    assert_eq!((image.bits_per_channel, image.channels), (Some(10), Some(3)));
}

#[test]
fn exif_metadata_is_that_of_the_primary_item() {
    let camera = |name: &'static [u8]| {
        let metadata = exif::structure(&[(0x110, Value::Text(name))], true);
        [&[0; 4][..], &metadata, &vec![0; 100 - 4 - metadata.len()]].concat()
    };
    let file = |references: &[Vec<u8>]| {
        let items = [
            Item { id: 1, kind: b"hvc1", properties: vec![1] },
            Item { id: 2, kind: b"hvc1", properties: vec![1] },
            Item { id: 3, kind: b"Exif", properties: vec![] },
            Item { id: 4, kind: b"Exif", properties: vec![] },
            Item { id: 5, kind: b"mime", properties: vec![] },
        ];
        let data = plain(b"idat", &[camera(b"of another\0"), camera(b"own\0")].concat());
        let more = [
            full(b"iref", 0, 0, &references.concat()),
            locations(&[(3, 1, 0), (4, 1, 100), (5, 1, 0)]),
            data,
        ];
        [file_type(&HEIC), meta(1, &items, &[ispe(40, 30)], &more)].concat()
    };
    let refers = |kind: &[u8; 4], from: u8, to: u8| plain(kind, &[0, from, 0, 1, 0, to]);
    let model = |references: &[Vec<u8>]| expect_size(&file(references), 40, 30).camera_model;
    let [other, thumbnail, text] =
        [refers(b"cdsc", 3, 2), refers(b"thmb", 3, 1), refers(b"cdsc", 5, 1)];
    assert_eq!(model(&[other, thumbnail, text, refers(b"cdsc", 4, 1)]).as_deref(), Some("own"));
    assert_eq!(model(&[]).as_deref(), Some("of another"), "without a reference, the first one");
}

#[test]
fn few_auxiliary_items_are_examined() {
    let alpha = full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:1\0");
    let depth = full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:2\0");
    let has_alpha = |depths: u16| {
        let planes = (2..2 + depths).map(|id| (id, 2)).chain([(2 + depths, 3)]);
        let planes: Vec<(u16, u8)> = planes.collect();
        let item = |(id, property): &(u16, u8)| Item {
            id: *id,
            kind: b"hvc1",
            properties: vec![1, *property],
        };
        let items: Vec<Item> = [(1, 4)].iter().chain(&planes).map(item).collect();
        let references = planes.iter().map(|(id, _)| plain(b"auxl", &[0, *id as u8, 0, 1, 0, 1]));
        let references = full(b"iref", 0, 0, &references.collect::<Vec<_>>().concat());
        let properties = [ispe(40, 30), depth.clone(), alpha.clone(), pixi(8)];
        let meta = meta(1, &items, &properties, &[references]);
        expect_size(&[file_type(&HEIC), meta].concat(), 40, 30).has_alpha
    };
    assert_eq!(has_alpha(3), Some(true));
    assert_eq!(has_alpha(4), Some(false), "the limit");
    assert_eq!(has_alpha(9), Some(false), "beyond the limit");
}

#[test]
fn sequences_are_measured_by_their_image_track() {
    let avif = expect_size(&sequence(&[b"avis", b"msf1", b"miaf"], b"av01", 3, 2), 3, 2);
    assert_eq!((avif.content_type(), avif.animated), ("image/avif", Some(true)));
    let heic = expect_size(&sequence(&[b"hevc", b"msf1"], b"hvc1", 3, 2), 3, 2);
    assert_eq!((heic.content_type(), heic.animated), ("image/heic-sequence", Some(true)));
}

/// Brands of an AVIF file that contains an image sequence and a still image.
const AVIS: [&[u8; 4]; 3] = [b"avis", b"avif", b"msf1"];

/// A `meta` box with a primary item of 4 × 3 pixels.
fn small_item(kind: &'static [u8; 4]) -> Vec<u8> {
    meta(1, &[Item { id: 1, kind, properties: vec![1] }], &[ispe(4, 3)], &[])
}

fn shown(coding: &'static [u8; 4], width: u16, height: u16) -> Track {
    Track { shown: Some((width, height)), ..Track::new(coding, (40, 30)) }
}

#[test]
fn sequences_are_measured_by_their_track_header() {
    for version in [0, 1] {
        let movie = movie(version, &[shown(b"av01", 1600, 1200)]);
        expect_size(&[file_type(&AVIS), movie.clone()].concat(), 1600, 1200);
        // Between the items and the tracks, there may be image data.
        let data = plain(b"mdat", &vec![0; 200_000]);
        for between in [vec![], data] {
            let file = [file_type(&AVIS), small_item(b"av01"), between, movie.clone()].concat();
            expect_size(&file, 1600, 1200);
        }
    }
    let hevc =
        [file_type(&[b"hevc", b"heic"]), small_item(b"hvc1"), movie(0, &[shown(b"hvc1", 9, 8)])];
    expect_size(&hevc.concat(), 9, 8);
    let empty = movie(0, &[shown(b"av01", 0, 0)]);
    expect_size(&[file_type(&AVIS), empty].concat(), 40, 30);
    expect_corrupt(&[file_type(&AVIS), small_item(b"av01")].concat(), "has no tracks");
}

#[test]
fn the_track_that_decoders_show_is_measured() {
    let auxiliary = Track { is_auxiliary: true, ..shown(b"av01", 9, 9) };
    let sound = Track { handler: b"soun", ..shown(b"mp4a", 9, 9) };
    let other = shown(b"hvc1", 9, 9);
    let misnamed = Track { handler: b"auxv", ..shown(b"av01", 16, 12) };
    let empty = Track { chunks: 0, ..shown(b"av01", 9, 9) };
    let tracks = [auxiliary, sound, empty.clone(), other, misnamed, shown(b"av01", 9, 9)];
    expect_size(&[file_type(&AVIS), movie(0, &tracks)].concat(), 16, 12);
    expect_size(&[file_type(&AVIS), movie(0, &[empty])].concat(), 9, 9);
    expect_corrupt(&[file_type(&AVIS), movie(0, &tracks[..2])].concat(), "no track contains");
}

#[test]
fn properties_of_a_track_are_in_its_sample_entry() {
    let track = Track {
        properties: vec![av1_configuration(0x50), clap((1, 1), (1, 1)), irot(1)],
        ..shown(b"av01", 16, 12)
    };
    let image = expect_size(&[file_type(&AVIS), movie(0, &[track])].concat(), 12, 16);
    assert_eq!((image.bits_per_channel, image.channels), (Some(10), Some(1)));
}

#[test]
fn a_track_states_its_frames_and_the_extent_that_is_shown() {
    let image = |track: Track| {
        let image = probe(&[file_type(&AVIS), movie(0, &[track])].concat()).unwrap();
        (image.width, image.height, image.frames)
    };
    assert_eq!(image(Track { frames: 12, ..shown(b"av01", 16, 12) }), (16, 12, Some(12)));
    assert_eq!(image(Track { frames: 0, ..shown(b"av01", 16, 12) }), (16, 12, None));
    // If the track header's width or height is zero, the sample entry states the dimensions.
    for (width, height) in [(0, 12), (16, 0)] {
        assert_eq!(image(shown(b"av01", width, height)), (40, 30, None));
    }
    // An `ispe` property and trailing junk in the sample entry are ignored.
    let properties = vec![ispe(80, 60), irot(1), vec![0, 0, 0, 4, 0, 0, 0, 0]];
    assert_eq!(image(Track { properties, ..shown(b"av01", 16, 12) }), (12, 16, None));
}

#[test]
fn without_a_decisive_major_brand_an_avif_file_shows_its_track() {
    let movie = movie(0, &[shown(b"av01", 16, 12)]);
    let item = small_item(b"av01");
    let file = |brands: &[&[u8; 4]], boxes: [&Vec<u8>; 2]| {
        [&file_type(brands), boxes[0], boxes[1]].map(Clone::clone).concat()
    };
    for (brands, item_first, track_first) in [
        (&[b"mif1", b"avif", b"avis"][..], (16, 12), (16, 12)),
        (&[b"mif1", b"avif"], (4, 3), (16, 12)),
        (&[b"avif", b"avis"], (4, 3), (4, 3)),
        (&[b"mif1", b"heic", b"hevc"], (4, 3), (4, 3)),
    ] {
        expect_size(&file(brands, [&item, &movie]), item_first.0, item_first.1);
        expect_size(&file(brands, [&movie, &item]), track_first.0, track_first.1);
    }
}

#[test]
fn a_still_image_with_a_sequence_is_measured_by_its_primary_item() {
    let item = [Item { id: 1, kind: b"hvc1", properties: vec![1] }];
    let movie = sequence(&[b"heic", b"mif1", b"msf1"], b"hvc1", 9, 9);
    let image = expect_size(&[movie, meta(1, &item, &[ispe(3, 2)], &[])].concat(), 3, 2);
    assert_eq!((image.content_type(), image.animated), ("image/heic", Some(true)));
}

#[test]
fn broken_descriptions_are_corrupt() {
    let item = |properties| [Item { id: 1, kind: b"hvc1", properties }];
    let file = |meta: Vec<u8>| [file_type(&HEIC), meta].concat();
    expect_corrupt(&file(meta(7, &item(vec![1]), &[ispe(3, 2)], &[])), "no properties");
    expect_corrupt(&file(meta(1, &item(vec![2]), &[ispe(3, 2)], &[])), "is missing");
    expect_corrupt(&file(meta(1, &item(vec![]), &[ispe(3, 2)], &[])), "no dimensions");
    expect_corrupt(&file(meta(1, &item(vec![1]), &[ispe(0, 2)], &[])), "zero");
    expect_corrupt(&file(plain(b"mdat", &[0; 9])), "neither items nor tracks");
    expect_corrupt(&file(endless(b"meta", &[0; 4])), "ends within its header");
    expect_corrupt(&file([&[0, 0, 0, 7][..], b"free"].concat()), "smaller than its own header");
}

#[test]
fn of_several_descriptions_the_first_counts() {
    let none = full(b"meta", 0, 0, &full(b"hdlr", 0, 0, b"\0\0\0\0pict"));
    let file = [file_type(&HEIC), none.clone(), small_item(b"hvc1")].concat();
    expect_corrupt(&file, "neither items nor tracks");
    let movies =
        [(16, 12), (9, 8)].map(|(width, height)| movie(0, &[shown(b"hvc1", width, height)]));
    expect_size(&[&file_type(&HEIC), &movies.concat()[..]].concat(), 16, 12);
    let [first, second] = movies;
    expect_size(&[file_type(&HEIC), first, none, second].concat(), 16, 12);
}

#[test]
fn boxes_may_be_empty_or_extend_to_the_end_of_their_parent() {
    let free = plain(b"free", b"");
    let infos = full(b"iinf", 0, 0, &[0, 0]);
    let primary = full(b"pitm", 0, 0, &[0, 1]);
    let associations = full(b"ipma", 0, 0, &[0, 0, 0, 1, 0, 1, 1, 1]);
    let properties = [plain(b"ipco", &ispe(3, 2)), associations].concat();
    let file = |properties: Vec<u8>| {
        let boxes = [free.clone(), primary.clone(), infos.clone(), properties];
        let meta = full(b"meta", 0, 0, &boxes.concat());
        [file_type(&HEIC), free.clone(), meta, plain(b"mdat", &[0; 100])].concat()
    };
    expect_size(&file(plain(b"iprp", &properties)), 3, 2);
    expect_size(&file(large(b"iprp", &properties)), 3, 2);
    expect_size(&file(endless(b"iprp", &properties)), 3, 2);
    // A box without a stated end ends with its parent box.
    let cut = [plain(b"ipco", &ispe(3, 2)), plain(b"free", b"")].concat();
    expect_corrupt(&file(endless(b"iprp", &cut)), "no properties");
    let mut long = plain(b"iprp", &properties);
    long[3] += 1;
    expect_corrupt(&file(long), "extends beyond its parent");
}

#[test]
fn the_minimized_form_is_unsupported_by_name() {
    let file = [file_type(&[b"mif3", b"avif"]), plain(b"mini", &[0; 64])].concat();
    let error = probe(&file).unwrap_err();
    assert_eq!(error.name(), "UnsupportedImage");
    assert!(error.to_string().contains("minimized"), "{error}");
}

#[test]
fn videos_and_raw_photographs_are_unsupported_by_name() {
    for (brand, name) in
        [(b"isom", "MP4 video"), (b"qt  ", "QuickTime video"), (b"crx ", "Canon CR3")]
    {
        let error = probe(&[file_type(&[brand]), plain(b"moov", &[0; 64])].concat()).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage");
        assert!(error.to_string().contains(name), "{error}");
    }
}
