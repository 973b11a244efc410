//! TIFF and BigTIFF.

use probe::Hint;

use crate::drive::{converse, expect_corrupt, expect_size, probe_as};
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
fn any_integer_type_may_state_a_side() {
    for kind in [1, 3, 4, 6, 8, 9, 13] {
        expect_size(&LAYOUTS[1].file(0, &[(256, kind, 3), (257, kind, 2)]), 3, 2);
    }
    expect_size(&LAYOUTS[3].file(0, &[(256, 16, 3), (257, 17, 2)]), 3, 2);
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 11, 3), (257, 4, 2)]), "unexpected type");
    expect_corrupt(&LAYOUTS[2].file(0, &[(256, 16, 1 << 33), (257, 4, 2)]), "absurdly large");
}

#[test]
fn of_entries_that_occur_twice_the_first_counts() {
    expect_size(&LAYOUTS[0].file(0, &[(256, 4, 3), (257, 4, 2), (257, 4, 9), (256, 4, 9)]), 3, 2);
}

#[test]
fn samples_default_to_one_bit() {
    let image = expect_size(&LAYOUTS[0].file(0, &[(256, 4, 3), (257, 4, 2)]), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(1), Some(1)));
}

#[test]
fn a_directory_at_the_end_takes_one_jump() {
    let hint = Hint { key: "uploads/a.tif", content_type: None };
    let outcome = converse(hint, &LAYOUTS[0].file(3 << 20, &rgb(3, 2, 1)));
    assert_eq!(outcome.result.unwrap().width, 3);
    assert_eq!(outcome.reads.len(), 2);
}

#[test]
fn raw_photographs_are_told_apart_by_their_key() {
    let file = LAYOUTS[0].file(0, &rgb(3, 2, 1));
    assert_eq!(probe_as("uploads/a.DNG", &file).unwrap().content_type(), "image/x-adobe-dng");
    assert_eq!(probe_as("uploads/a.png", &file).unwrap().content_type(), "image/tiff");
    let hint = Hint { key: "uploads/a", content_type: Some("image/x-nikon-nef") };
    assert_eq!(converse(hint, &file).result.unwrap().content_type(), "image/x-nikon-nef");
}

#[test]
fn broken_directories_are_corrupt() {
    expect_corrupt(&LAYOUTS[0].file(0, &[]), "absurd number of entries");
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 4, 3)]), "no dimensions");
    expect_corrupt(&LAYOUTS[0].file(0, &[(256, 4, 0), (257, 4, 2)]), "zero");
    expect_corrupt(b"II*\0\xFF\xFF\xFF\xFFxxxx", "ends within its header");
}
