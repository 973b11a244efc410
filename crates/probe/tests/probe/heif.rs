//! HEIF and AVIF: items, properties and sequences.

use probe::Format;

use crate::drive::{expect_corrupt, expect_size, probe, trace};
use crate::images::boxes::{
    Item, clap, endless, file_type, full, irot, ispe, large, meta, pixi, plain, sequence, single,
};

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
    let other = expect_size(&single(&[b"mif1"], b"j2k1", &[ispe(3, 2)]), 3, 2);
    assert_eq!(other.content_type(), "image/heif");
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
    let crop = clap((30, 1), (20, 1));
    expect_size(&single(&AVIF, b"av01", &[ispe(40, 40), crop.clone(), irot(1)]), 20, 30);
    expect_size(&single(&AVIF, b"av01", &[ispe(40, 40), irot(3), crop]), 30, 20);
    expect_size(&single(&AVIF, b"av01", &[ispe(3, 2), irot(2)]), 3, 2);
}

#[test]
fn mirroring_does_not_affect_the_dimensions() {
    expect_size(&single(&AVIF, b"av01", &[ispe(3, 2), plain(b"imir", &[1])]), 3, 2);
}

#[test]
fn clean_apertures_are_rounded_and_must_fit_the_image() {
    expect_size(&single(&AVIF, b"av01", &[ispe(40, 40), clap((71, 2), (30, 1))]), 36, 30);
    for crop in [clap((41, 1), (30, 1)), clap((30, 0), (30, 1))] {
        expect_corrupt(&single(&AVIF, b"av01", &[ispe(40, 40), crop]), "clean aperture");
    }
    expect_corrupt(&single(&AVIF, b"av01", &[ispe(40, 40), clap((0, 1), (1, 1))]), "zero");
}

#[test]
fn an_identity_item_has_the_dimensions_of_its_source() {
    let items = [
        Item { id: 1, kind: b"hvc1", properties: vec![1, 2] },
        Item { id: 2, kind: b"iden", properties: vec![2] },
    ];
    let dimg = plain(b"dimg", &[0, 2, 0, 1, 0, 1]);
    let references = full(b"iref", 0, 0, &dimg);
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
    let associations = full(b"ipma", 1, 1, &[0, 0, 0, 1, 0, 1, 0, 2, 1, 0x80, 1]);
    let properties = plain(b"iprp", &[plain(b"ipco", &ispe(3, 2)), associations].concat());
    let primary = full(b"pitm", 1, 0, &[0, 1, 0, 2]);
    let meta = full(b"meta", 0, 0, &[primary, infos, properties].concat());
    expect_size(&[file_type(&HEIC), meta].concat(), 3, 2);
}

#[test]
fn sequences_are_measured_by_their_image_track() {
    let avif = expect_size(&sequence(&[b"avis", b"msf1", b"miaf"], b"av01", 3, 2), 3, 2);
    assert_eq!((avif.content_type(), avif.animated), ("image/avif", Some(true)));
    let heic = expect_size(&sequence(&[b"hevc", b"msf1"], b"hvc1", 3, 2), 3, 2);
    assert_eq!((heic.content_type(), heic.animated), ("image/heic-sequence", Some(true)));
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
