//! JPEG XL: size headers, orientation and containers.

use crate::drive::{expect_corrupt, expect_size};
use crate::images::boxes;

#[test]
fn jpeg_xl_ratios_are_exact() {
    for (ratio, width) in [(1, 33), (2, 39), (3, 44), (4, 49), (5, 58), (6, 41), (7, 66)] {
        let stream = boxes::jxl_codestream(&[(0, 1), (0, 2), (32, 9), (ratio, 3), (1, 1)]);
        expect_size(&stream, width, 33);
    }
    let small = boxes::jxl_codestream(&[(1, 1), (2, 5), (0, 3), (4, 5), (1, 1)]);
    expect_size(&small, 40, 24);
}

#[test]
fn jpeg_xl_orientation_is_part_of_decoding() {
    let fields = |orientation: u64| {
        let size = [(0, 1), (0, 2), (29, 9), (0, 3), (0, 2), (39, 9)];
        let metadata =
            [(0, 1), (1, 1), (orientation - 1, 3), (0, 1), (0, 1), (0, 1), (0, 1), (1, 2)];
        boxes::jxl_codestream(&[&size[..], &metadata].concat())
    };
    let image = expect_size(&fields(1), 40, 30);
    assert_eq!((image.bits_per_channel, image.animated), (Some(10), Some(false)));
    let image = expect_size(&fields(6), 30, 40);
    assert_eq!((image.orientation, image.display_width()), (None, 30));
}

#[test]
fn jpeg_xl_codestreams_may_be_split_over_boxes() {
    let stream = boxes::jxl_codestream(&[(0, 1), (1, 2), (3000, 13), (7, 3), (1, 1)]);
    let part = |index: u32, bytes: &[u8]| {
        boxes::plain(b"jxlp", &[&index.to_be_bytes()[..], bytes].concat())
    };
    let exif = boxes::plain(b"Exif", &[0; 5000]);
    let parts =
        [exif.clone(), part(0, &stream[..3]), part(1, &[]), part(1 << 31 | 2, &stream[3..])];
    expect_size(&boxes::jxl_container(&parts), 6002, 3001);
    expect_size(
        &boxes::jxl_container(&[exif.clone(), boxes::endless(b"jxlc", &stream)]),
        6002,
        3001,
    );
    expect_size(&boxes::jxl_container(&[boxes::large(b"jxlc", &stream)]), 6002, 3001);
    expect_corrupt(&boxes::jxl_container(&[exif]), "no box holds");
}
