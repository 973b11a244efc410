//! TIFF and BigTIFF.

use probe::{Hint, Probe};

use crate::drive::{expect_corrupt, expect_reads, expect_size, part, probe, probe_as, run};
use crate::images::tiff::{Entry, LAYOUTS, Value, integer, long, rgb, short};

/// The directory entries of an image that is 3 pixels wide and 2 pixels high.
fn sides() -> Vec<Entry> {
    vec![(256, long(3)), (257, long(2))]
}

#[test]
fn every_layout_is_read() {
    for layout in LAYOUTS {
        let image = expect_size(&layout.structure(&rgb(70_000, 2, 6)), 70_000, 2);
        assert_eq!((image.bits_per_channel, image.channels), (Some(8), Some(3)));
        assert_eq!(image.orientation.unwrap().get(), 6);
        assert_eq!((image.display_width(), image.display_height()), (2, 70_000));
    }
}

#[test]
fn width_and_height_may_have_any_integer_type() {
    let file =
        |layout: usize, width, height| LAYOUTS[layout].structure(&[(256, width), (257, height)]);
    for kind in [1, 3, 4, 6, 8, 9, 13] {
        expect_size(&file(1, integer(kind, 3), integer(kind, 2)), 3, 2);
    }
    expect_size(&file(3, integer(16, 3), integer(17, 2)), 3, 2);
    expect_corrupt(&file(0, integer(11, 3), long(2)), "unexpected type");
    expect_corrupt(&file(2, integer(16, 1 << 33), long(2)), "implausibly large");
    expect_corrupt(&file(0, long(0), long(2)), "zero");
}

#[test]
fn duplicate_entries_must_not_contradict_each_other() {
    let file = |more: &[Entry]| LAYOUTS[0].structure(&[&sides()[..], more].concat());
    expect_size(&file(&[(257, short(2)), (256, long(3))]), 3, 2);
    for duplicate in [(256, long(9)), (257, long(9))] {
        expect_corrupt(&file(&[duplicate]), "two different widths or heights");
    }
    // An entry that repeats a tag other than width or height is ignored.
    let others = [(258, short(8)), (274, short(6)), (258, short(4)), (274, short(1))];
    let image = expect_size(&file(&others), 3, 2);
    assert_eq!((image.bits_per_channel, image.orientation.unwrap().get()), (Some(8), 6));
}

#[test]
fn samples_default_to_one_bit() {
    let image = expect_size(&LAYOUTS[0].structure(&sides()), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(1), Some(1)));
}

#[test]
fn data_beyond_the_first_read_takes_few_reads() {
    let many: Vec<Entry> = (0..4000).map(|tag| (60_000 + tag, long(0))).collect();
    // In the file, the 300,000 bytes of tag 700 stand before those of `BitsPerSample` (tag 258).
    let mut values = vec![(700, Value::Bytes(vec![0xAB; 300_000]))];
    values.push((258, Value::Integers(3, vec![16; 5])));
    for layout in LAYOUTS {
        for (gap, more, reads, bits) in
            [(0, &values, 2, 16), (3 << 20, &vec![], 2, 8), (3 << 20, &many, 3, 8)]
        {
            let directory = [&more[..], &rgb(3, 2, 1)].concat();
            let image = expect_reads("a.tif", &layout.chain(&[(gap, directory)]), reads);
            assert_eq!((image.width, image.bits_per_channel), (3, Some(bits)), "{reads} reads");
            assert_eq!(image.channels, Some(3));
        }
    }
}

#[test]
fn the_hint_identifies_raw_photographs() {
    let file = LAYOUTS[0].structure(&rgb(3, 2, 1));
    assert_eq!(probe_as("uploads/a.DNG", &file).unwrap().content_type(), "image/x-adobe-dng");
    assert_eq!(probe_as("uploads/a.png", &file).unwrap().content_type(), "image/tiff");
    let hint = Hint { key: "uploads/a", content_type: Some("image/x-nikon-nef") };
    let image = run(&mut Probe::new(file.len() as u64, hint), |range| part(&file, range));
    assert_eq!(image.unwrap().content_type(), "image/x-nikon-nef");
}

#[test]
fn pages_are_counted_unless_they_are_far_apart() {
    let file = |kinds: &[u32], gap: usize| {
        let page = |kind: u32| [vec![(254, long(kind))], rgb(40, 30, 1)].concat();
        let first = (0, page(kinds[0]));
        let others = kinds[1..].iter().map(|kind| (gap, page(*kind)));
        LAYOUTS[0].chain(&[vec![first], others.collect()].concat())
    };
    for (kinds, gap, pages) in [
        (&[0][..], 0, Some(1)),
        (&[2, 2, 2], 0, Some(3)),
        // Thumbnails (kind 1) and masks (kind 4) do not count as pages.
        (&[0, 1, 4, 0], 100_000, Some(2)),
        (&[0, 0], 128 << 10, Some(2)),
        (&[0, 0], (128 << 10) + 1, None),
    ] {
        assert_eq!(probe(&file(kinds, gap)).unwrap().pages, pages, "{kinds:?} {gap}");
    }
    let mut cycle = file(&[1, 1], 0);
    let link = cycle.len() - 4;
    cycle[link] = 8;
    assert_eq!(probe(&cycle).unwrap().pages, None, "a cycle");
    assert_eq!(probe_as("a.nef", &file(&[0, 0], 0)).unwrap().pages, None, "a raw photograph");
}

#[test]
fn broken_directories_are_corrupt() {
    expect_corrupt(&LAYOUTS[0].structure(&[]), "implausible number of entries");
    expect_corrupt(&LAYOUTS[0].structure(&[(256, long(3))]), "no dimensions");
    expect_corrupt(b"II*\0\xFF\xFF\xFF\xFFxxxx", "ends within its header");
}
