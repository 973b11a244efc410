//! HEIF and AVIF: items, properties and sequences.

use probe::{ColorSpace, Format};

use crate::drive::{expect_corrupt, expect_reads, expect_size, expect_unsupported, probe};
use crate::images::boxes::{
    AVIF, HEIC, Track, alpha, av1_configuration, clap, clap_at_top_left, depth, endless, file_type,
    full, grid, heic, hevc_configuration, irot, ispe, item, large, locations, meta, movie, pixi,
    plain, profile, reference, references, sequence, single,
};
use crate::images::{exif, icc, named};

#[test]
fn format_and_content_type_follow_the_coding_format() {
    for (brands, coding, format, content_type) in [
        (&AVIF[..], b"av01", Format::Avif, "image/avif"),
        (&HEIC, b"hvc1", Format::Heif, "image/heic"),
        (&[b"mif1"], b"av01", Format::Avif, "image/avif"),
        (&[b"mif1"], b"j2k1", Format::Heif, "image/heif"),
        (&[b"mif1"], b"hvc1", Format::Heif, "image/heic"),
        (&[b"heic"], b"jpeg", Format::Heif, "image/heic"),
        (&[b"avif"], b"jpeg", Format::Avif, "image/avif"),
    ] {
        let image = expect_size(&single(brands, coding, &[ispe(3, 2)]), 3, 2);
        assert_eq!((image.format, image.content_type()), (format, content_type), "{coding:?}");
    }
    // A derived item has the coding format of the file's first coded item.
    let items = [item(1, b"Exif", &[]), item(2, b"hvc1", &[1]), item(3, b"grid", &[1])];
    let meta = meta(3, &items, &[ispe(3, 2)], &[]);
    let image = expect_size(&[file_type(&[b"mif1"]), meta].concat(), 3, 2);
    assert_eq!(image.content_type(), "image/heic");
}

#[test]
fn the_primary_item_is_measured() {
    let references = references(&[
        // The third reference states the source of item 3. The first is not from item 3, and the
        // second does not have the type `dimg`.
        reference(b"dimg", 9, &[9]),
        reference(b"thmb", 3, &[9]),
        reference(b"dimg", 3, &[2]),
        reference(b"dimg", 4, &[4]),
    ]);
    let file = |primary, derived, properties: &[u8]| {
        let items = [
            item(1, b"hvc1", &[1]),
            item(2, b"hvc1", &[2, 3]),
            item(3, derived, properties),
            item(4, b"iden", &[3]),
        ];
        heic(
            primary,
            &items,
            &[ispe(4000, 3000), ispe(320, 240), irot(1)],
            std::slice::from_ref(&references),
        )
    };
    expect_size(&file(1, b"hvc1", &[]), 4000, 3000);
    expect_size(&file(2, b"hvc1", &[]), 240, 320);
    // A grid has its own dimensions, not those of its tiles.
    let grid = expect_size(&file(3, b"grid", &[1, 3]), 3000, 4000);
    assert_eq!(grid.content_type(), "image/heic");
    // The identity item shows item 2, which is 240 × 320 after its rotation, and rotates it again.
    expect_size(&file(3, b"iden", &[3]), 320, 240);
    expect_corrupt(&file(4, b"iden", &[]), "lacks its source");
}

#[test]
fn properties_apply_in_their_order() {
    let avif = |properties: &[Vec<u8>]| single(&AVIF, b"av01", properties);
    let heic = |properties: &[Vec<u8>]| single(&HEIC, b"hvc1", properties);
    let [extent, crop] = [ispe(40, 40), clap((30, 1), (20, 1))];
    let at_top_left = clap_at_top_left(30, 20);
    let mirror = plain(b"imir", &[1]);
    for (file, width, height) in [
        (avif(&[extent.clone(), at_top_left.clone(), irot(1)]), 20, 30),
        (avif(&[extent.clone(), irot(3), at_top_left]), 30, 20),
        (avif(&[ispe(3, 2), irot(2)]), 3, 2),
        (avif(&[ispe(3, 2), mirror.clone()]), 3, 2),
        // In an AVIF image, browsers ignore a clean aperture that does not begin at the top left.
        (avif(&[extent.clone(), crop.clone(), irot(1)]), 40, 40),
        (avif(&[extent.clone(), clap((40, 1), (20, 1)), irot(1)]), 40, 40),
        (heic(&[extent.clone(), crop.clone()]), 30, 20),
        (heic(&[extent.clone(), clap((71, 2), (30, 1))]), 36, 30),
        (heic(&[ispe(40, 30), irot(1), irot(1)]), 40, 30),
        // Transformations may be listed before the extent.
        (avif(&[irot(3), ispe(40, 30)]), 30, 40),
        (avif(&[mirror, irot(1), pixi(8), ispe(40, 30)]), 30, 40),
        (heic(&[crop.clone(), extent.clone(), irot(1)]), 20, 30),
        (heic(&[irot(1), ispe(20, 30), crop.clone()]), 30, 20),
        // The same extent may be listed twice.
        (avif(&[ispe(4, 3), ispe(4, 3)]), 4, 3),
    ] {
        expect_size(&file, width, height);
    }
    for (file, what) in [
        (avif(&[ispe(40, 30), irot(1), irot(1)]), "two rotations"),
        (avif(&[extent.clone(), clap((41, 1), (30, 1))]), "clean aperture"),
        (avif(&[extent.clone(), clap((30, 0), (30, 1))]), "clean aperture"),
        (heic(&[crop, ispe(20, 30), irot(1)]), "clean aperture"),
        (heic(&[extent, clap((0, 1), (1, 1))]), "zero"),
        (heic(&[irot(1)]), "no dimensions"),
        (avif(&[ispe(4, 3), ispe(4000, 3)]), "contradict each other"),
    ] {
        expect_corrupt(&file, what);
    }
}

#[test]
fn the_data_of_a_grid_must_not_contradict_its_extent() {
    let file = |extent: &[u8], construction: u16, data: &[u8]| {
        let items = [item(1, b"hvc1", &[1]), item(2, b"hvc1", &[1]), item(3, b"grid", &[2])];
        let heic = |offset| {
            let more = [
                references(&[reference(b"dimg", 3, &[1, 2])]),
                plain(b"idat", &[&[0; 5], data].concat()),
                locations(&[(1, 0, &[(7, 100)]), (3, construction, &[(offset, 100)])]),
            ];
            heic(3, &items, &[ispe(20, 40), extent.to_vec()], &more)
        };
        let offset = if construction == 0 { heic(0).len() as u32 + 8 } else { 5 };
        [heic(offset), plain(b"mdat", data)].concat()
    };
    let wide = [&[0, 1, 0, 1][..], &40_u32.to_be_bytes(), &30_u32.to_be_bytes()].concat();
    for construction in [0, 1] {
        for data in [&grid(40, 30)[..], &wide] {
            expect_size(&file(&ispe(40, 30), construction, data), 40, 30);
            expect_size(&file(&pixi(8), construction, data), 40, 30);
            expect_corrupt(&file(&ispe(4, 3), construction, data), "contradict each other");
        }
    }
    // With construction method 2, the grid's data is in another item. The probe does not read it,
    // so the probe does not notice the contradiction.
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
    let grid = expect_size(&named("heic-grid"), 40, 30);
    assert_eq!((grid.bits_per_channel, grid.channels), (Some(10), Some(3)));
}

#[test]
fn the_description_may_follow_the_image_data() {
    let data = vec![0; 300_000];
    let metadata = [plain(b"free", &vec![0; 20_000])];
    for data in [plain(b"mdat", &data), large(b"mdat", &data)] {
        let meta = meta(1, &[item(1, b"hvc1", &[1])], &[ispe(3, 2)], &metadata);
        let image = expect_reads("", &[file_type(&HEIC), data, meta].concat(), 2);
        assert_eq!(image.width, 3);
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
    let [first, second] = [&[0; 4][..], &[0, 0, 0, 4]];
    let rest = &[0, 0, 0, 4][..];
    // In version 2 of `iloc`, item IDs have 32 bits; in version 1, 16 bits. In both versions, each
    // extent has an index.
    let wide = [&[0, 0, 0, 2][..], &[0, 0, 0, 1, 0, 0, 0, 0, 0, 1], &[9; 12]].concat();
    let own = [&[0, 0, 0, 3, 0, 1, 0, 0, 0, 2][..], &[0; 4], first, rest, &[0; 4], second, rest];
    let version_2 = [wide, own.concat()];
    let others = [&[0, 2][..], &[0, 1, 0, 0, 0, 0, 0, 1], &[9; 12]].concat();
    let own = [&[0, 3, 0, 1, 0, 0, 0, 1][..], &[0; 4], first, &[0, 0, 0, 8]].concat();
    for (version, entries) in [(2, version_2), (1, [others, own])] {
        let location = full(b"iloc", version, 0, &[&[0x44, 0x04][..], &entries.concat()].concat());
        let data = plain(b"idat", &grid(40, 30));
        let more = [location, data, references(&[reference(b"dimg", 3, &[1])])];
        let items = [item(1, b"hvc1", &[1]), item(3, b"grid", &[1])];
        expect_size(&heic(3, &items, &[pixi(8)], &more), 40, 30);
    }
}

#[test]
fn the_tiles_of_a_grid_state_what_the_grid_does_not() {
    let second = icc::profile(b"GRAY", 0, &icc::ascii("second"));
    let items = [item(1, b"hvc1", &[1, 3, 4]), item(2, b"grid", &[1, 2])];
    let properties = [ispe(40, 30), pixi(10), profile(&icc::display_p3()), profile(&second)];
    let references = references(&[reference(b"dimg", 2, &[1])]);
    let image = expect_size(&heic(2, &items, &properties, &[references]), 40, 30);
    assert_eq!(image.icc_profile.as_deref(), Some("Display P3"), "the first profile");
    assert_eq!((image.bits_per_channel, image.channels), (Some(10), Some(3)));
}

#[test]
fn exif_metadata_is_that_of_the_primary_item() {
    let model = |more: &[Vec<u8>]| {
        let items = [
            item(1, b"hvc1", &[1]),
            item(2, b"hvc1", &[1]),
            item(3, b"Exif", &[]),
            item(4, b"Exif", &[]),
            item(5, b"mime", &[]),
        ];
        let metadata = [&b"of another\0"[..], b"own\0"].map(|name| {
            let mut metadata = [&[0; 4][..], &exif::camera(name)].concat();
            metadata.resize(100, 0);
            metadata
        });
        let places = [(3, 1, &[(0, 100)][..]), (4, 1, &[(100, 100)]), (5, 1, &[(0, 100)])];
        let data = plain(b"idat", &metadata.concat());
        let more = [references(more), locations(&places), data];
        expect_size(&heic(1, &items, &[ispe(40, 30)], &more), 40, 30).camera_model
    };
    let [other, thumbnail, text] = [(b"cdsc", 3, 2), (b"thmb", 3, 1), (b"cdsc", 5, 1)]
        .map(|(kind, from, to)| reference(kind, from, &[to]));
    let own = reference(b"cdsc", 4, &[1]);
    assert_eq!(model(&[other, thumbnail, text, own]).as_deref(), Some("own"));
    assert_eq!(model(&[]).as_deref(), Some("of another"), "without a reference, the first one");
}

#[test]
fn few_auxiliary_items_are_examined() {
    for (depths, has_alpha) in [(3, true), (4, false), (9, false)] {
        let planes = (2..2 + depths).map(|id| (id, 2)).chain([(2 + depths, 3)]);
        let of = |(id, property): (u8, u8)| item(id.into(), b"hvc1", &[1, property]);
        let items: Vec<_> = [(1, 4)].into_iter().chain(planes.clone()).map(of).collect();
        let all: Vec<_> = planes.map(|(id, _)| reference(b"auxl", id, &[1])).collect();
        let properties = [ispe(40, 30), depth(), alpha(), pixi(8)];
        let image = expect_size(&heic(1, &items, &properties, &[references(&all)]), 40, 30);
        assert_eq!(image.has_alpha, Some(has_alpha), "{depths} depth maps");
    }
}

#[test]
fn an_alpha_plane_of_the_tiles_of_a_grid_makes_it_transparent() {
    let mut unended = alpha();
    (unended[3], _) = (unended[3] - 1, unended.pop());
    for (plane, to, has_alpha) in [
        (alpha(), 1, true),
        (alpha(), 2, true),
        (alpha(), 3, false),
        (depth(), 1, false),
        // This `auxC` box lacks the zero byte that ends its type. The next box begins with a zero
        // byte, which must not end the type.
        (unended, 1, false),
    ] {
        let items = [item(1, b"grid", &[1]), item(2, b"hvc1", &[1]), item(3, b"hvc1", &[1, 2])];
        // The first reference makes item 3 a tile of item 9, not of the primary item 1.
        let references = references(&[
            reference(b"dimg", 9, &[3]),
            reference(b"dimg", 1, &[2]),
            reference(b"auxl", 3, &[to]),
        ]);
        let file = heic(1, &items, &[ispe(40, 30), plane.clone()], &[references]);
        assert_eq!(expect_size(&file, 40, 30).has_alpha, Some(has_alpha), "{plane:?} {to}");
    }
}

/// Brands of an AVIF file that contains an image sequence and a still image.
const AVIS: [&[u8; 4]; 3] = [b"avis", b"avif", b"msf1"];

/// A `meta` box with a primary item of 4 × 3 pixels.
fn small_item(kind: &'static [u8; 4]) -> Vec<u8> {
    meta(1, &[item(1, kind, &[1])], &[ispe(4, 3)], &[])
}

fn shown(coding: &'static [u8; 4], width: u16, height: u16) -> Track {
    Track { shown: Some((width, height)), ..Track::new(coding, (40, 30)) }
}

#[test]
fn sequences_are_measured_by_their_track_header() {
    for (file, content_type) in [
        (sequence(&[b"avis", b"msf1", b"miaf"], b"av01", 3, 2), "image/avif"),
        (sequence(&[b"hevc", b"msf1"], b"hvc1", 3, 2), "image/heic-sequence"),
    ] {
        let image = expect_size(&file, 3, 2);
        assert_eq!((image.content_type(), image.animated), (content_type, Some(true)));
    }
    for version in [0, 1] {
        let movie = movie(version, &[shown(b"av01", 1600, 1200)]);
        expect_size(&[file_type(&AVIS), movie.clone()].concat(), 1600, 1200);
        // Between the items and the tracks, there may be image data.
        for between in [vec![], plain(b"mdat", &vec![0; 200_000])] {
            let file = [file_type(&AVIS), small_item(b"av01"), between, movie.clone()].concat();
            expect_size(&file, 1600, 1200);
        }
    }
    expect_corrupt(&[file_type(&AVIS), small_item(b"av01")].concat(), "has no tracks");
}

#[test]
fn the_track_that_decoders_show_is_measured() {
    let file = |tracks: &[Track]| [file_type(&AVIS), movie(0, tracks)].concat();
    let track = || shown(b"av01", 16, 12);
    let properties = vec![av1_configuration(0x50), clap((1, 1), (1, 1)), irot(1)];
    let described = Track { properties, ..track() };
    // Of these boxes in the sample entry, only `irot` counts. The others are ignored.
    let junk = vec![ispe(80, 60), irot(1), vec![0, 0, 0, 4, 0, 0, 0, 0]];
    let auxiliary = Track { is_auxiliary: true, ..shown(b"av01", 9, 9) };
    let sound = Track { handler: b"soun", ..shown(b"mp4a", 9, 9) };
    let misnamed = Track { handler: b"auxv", ..track() };
    let empty = Track { chunks: 0, ..shown(b"av01", 9, 9) };
    let others = [auxiliary, sound, empty.clone(), shown(b"hvc1", 9, 9)];
    for (name, tracks, width, height, frames) in [
        ("a wrong handler", vec![misnamed, shown(b"av01", 9, 9)], 16, 12, None),
        ("behind others", [&others[..], &[track()]].concat(), 16, 12, None),
        ("without data", vec![empty], 9, 9, None),
        ("frames", vec![Track { frames: 12, ..track() }], 16, 12, Some(12)),
        // If the track header's width or height is zero, the sample entry states the dimensions.
        ("no width", vec![shown(b"av01", 0, 12)], 40, 30, None),
        ("no height", vec![shown(b"av01", 16, 0)], 40, 30, None),
        ("junk", vec![Track { properties: junk, ..track() }], 12, 16, None),
        ("properties", vec![described.clone()], 12, 16, None),
    ] {
        let image = probe(&file(&tracks)).unwrap();
        assert_eq!((image.width, image.height, image.frames), (width, height, frames), "{name}");
    }
    let described = file(&[described]);
    let image = expect_size(&described, 12, 16);
    assert_eq!((image.bits_per_channel, image.channels), (Some(10), Some(1)));
    expect_corrupt(&described[..described.len() - 1], "ends within its header");
    expect_corrupt(&file(&others[..2]), "no track contains");
}

#[test]
fn brands_decide_whether_the_item_or_the_track_is_shown() {
    let [item, track] = [(4, 3), (16, 12)];
    for (brands, coding, item_first, track_first) in [
        (&[b"mif1", b"avif", b"avis"][..], b"av01", track, track),
        (&[b"mif1", b"avif"], b"av01", item, track),
        (&[b"avif", b"avis"], b"av01", item, item),
        (&[b"mif1", b"heic", b"hevc"], b"hvc1", item, item),
        (&[b"heic", b"mif1", b"msf1"], b"hvc1", item, item),
        (&[b"hevc", b"heic"], b"hvc1", track, track),
    ] {
        let (small, movie) = (small_item(coding), movie(0, &[shown(coding, 16, 12)]));
        for (boxes, (width, height)) in
            [([&small, &movie], item_first), ([&movie, &small], track_first)]
        {
            let file = [&file_type(brands)[..], boxes[0], boxes[1]].concat();
            let image = expect_size(&file, width, height);
            assert_eq!(image.animated, Some(brands != [b"mif1", b"avif"]), "{brands:?}");
        }
    }
}

#[test]
fn broken_descriptions_are_corrupt() {
    for (primary, properties, width, what) in [
        (7, &[1][..], 3, "no properties"),
        (1, &[2], 3, "is missing"),
        (1, &[], 3, "no dimensions"),
        (1, &[1], 0, "zero"),
    ] {
        let items = [item(1, b"hvc1", properties)];
        expect_corrupt(&heic(primary, &items, &[ispe(width, 2)], &[]), what);
    }
    for (boxes, what) in [
        (plain(b"mdat", &[0; 9]), "neither items nor tracks"),
        (endless(b"meta", &[0; 4]), "ends within its header"),
        (b"\0\0\0\x07free".to_vec(), "smaller than its own header"),
    ] {
        expect_corrupt(&[file_type(&HEIC), boxes].concat(), what);
    }
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
    // This `iprp` box lacks `ipma`. It has size 0, so it ends where its parent box ends.
    let cut = [plain(b"ipco", &ispe(3, 2)), plain(b"free", b"")].concat();
    expect_corrupt(&file(endless(b"iprp", &cut)), "no properties");
    let mut long = plain(b"iprp", &properties);
    long[3] += 1;
    expect_corrupt(&file(long), "extends beyond its parent");
}

#[test]
fn other_files_made_of_boxes_are_unsupported_by_name() {
    for (brands, kind, name) in [
        (&[b"mif3", b"avif"][..], b"mini", "minimized"),
        (&[b"isom"], b"moov", "MP4 video"),
        (&[b"qt  "], b"moov", "QuickTime video"),
        (&[b"crx "], b"moov", "Canon CR3"),
    ] {
        expect_unsupported(&[file_type(brands), plain(kind, &[0; 64])].concat(), name);
    }
}
