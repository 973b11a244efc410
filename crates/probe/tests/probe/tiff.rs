//! TIFF and BigTIFF.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, probe_as, trace};
use crate::images::tiff::{LAYOUTS, rgb};

#[test]
fn every_layout_is_read() {
    for layout in LAYOUTS {
        let image = expect_size(&layout.file(0, &rgb(70_000, 2, 6)), 70_000, 2);
        assert_eq!((image.bits_per_channel, image.channels), (Some(8), Some(3)));
        assert_eq!(image.orientation.unwrap().get(), 6);
        assert_eq!((image.display_width(), image.display_height()), (2, 70_000));
    }
}

#[test]
fn width_and_height_may_have_any_integer_type() {
    for kind in [1, 3, 4, 6, 8, 9, 13] {
        expect_size(&LAYOUTS[1].file(0, &[(256, kind, 3), (257, kind, 2)]), 3, 2);
    }
    expect_size(&LAYOUTS[3].file(0, &[(256, 16, 3), (257, 17, 2)]), 3, 2);
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 11, 3), (257, 4, 2)]), "unexpected type");
    expect_corrupt(&LAYOUTS[2].file(0, &[(256, 16, 1 << 33), (257, 4, 2)]), "implausibly large");
}

#[test]
fn duplicate_entries_must_not_contradict_each_other() {
    expect_size(&LAYOUTS[0].file(0, &[(256, 4, 3), (257, 4, 2), (257, 3, 2), (256, 4, 3)]), 3, 2);
    for duplicate in [(256, 4, 9), (257, 4, 9)] {
        let file = LAYOUTS[0].file(0, &[(256, 4, 3), (257, 4, 2), duplicate]);
        expect_corrupt(&file, "two different widths or heights");
    }
}

#[test]
fn the_first_of_duplicate_facts_counts() {
    let entries = [(256, 4, 3), (257, 4, 2), (258, 3, 8), (274, 3, 6), (258, 3, 4), (274, 3, 1)];
    let image = expect_size(&LAYOUTS[1].file(0, &entries), 3, 2);
    assert_eq!((image.bits_per_channel, image.orientation.unwrap().get()), (Some(8), 6));
}

#[test]
fn values_beyond_the_first_read_are_read() {
    let hint = Hint { key: "uploads/a.tif", content_type: None };
    for layout in LAYOUTS {
        let file = layout.with_values_at_the_end(&rgb(3, 2, 8), 300_000, &[16, 16, 16]);
        let outcome = trace(hint, &file);
        let image = outcome.result.unwrap();
        assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(3)));
        assert_eq!(outcome.reads.len(), 2);
    }
}

#[test]
fn samples_default_to_one_bit() {
    let image = expect_size(&LAYOUTS[0].file(0, &[(256, 4, 3), (257, 4, 2)]), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(1), Some(1)));
}

#[test]
fn a_directory_at_the_end_takes_a_second_read() {
    let hint = Hint { key: "uploads/a.tif", content_type: None };
    let outcome = trace(hint, &LAYOUTS[0].file(3 << 20, &rgb(3, 2, 1)));
    assert_eq!(outcome.result.unwrap().width, 3);
    assert_eq!(outcome.reads.len(), 2);
}

#[test]
fn a_long_directory_takes_one_more_read() {
    let hint = Hint { key: "uploads/a.tif", content_type: None };
    let many: Vec<_> = (0..4000).map(|tag| (60_000 + tag, 4, 0)).collect();
    for layout in LAYOUTS {
        let outcome = trace(hint, &layout.file(3 << 20, &[rgb(3, 2, 1), many.clone()].concat()));
        assert_eq!(outcome.result.unwrap().width, 3);
        assert_eq!(outcome.reads.len(), 3, "{:?}", outcome.reads);
    }
}

#[test]
fn the_hint_identifies_raw_photographs() {
    let file = LAYOUTS[0].file(0, &rgb(3, 2, 1));
    assert_eq!(probe_as("uploads/a.DNG", &file).unwrap().content_type(), "image/x-adobe-dng");
    assert_eq!(probe_as("uploads/a.png", &file).unwrap().content_type(), "image/tiff");
    let hint = Hint { key: "uploads/a", content_type: Some("image/x-nikon-nef") };
    assert_eq!(trace(hint, &file).result.unwrap().content_type(), "image/x-nikon-nef");
}

#[test]
fn broken_directories_are_corrupt() {
    expect_corrupt(&LAYOUTS[0].file(0, &[]), "implausible number of entries");
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 4, 3)]), "no dimensions");
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 4, 0), (257, 4, 2)]), "zero");
    expect_corrupt(b"II*\0\xFF\xFF\xFF\xFFxxxx", "ends within its header");
}
