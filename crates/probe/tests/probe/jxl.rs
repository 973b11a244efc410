//! JPEG XL: size headers, orientation and containers.

use probe::ColorSpace;

use crate::drive::{expect_corrupt, expect_size};
use crate::images::{boxes, exif};

/// The fields of a size header of 40 × 30 pixels, without the last field, which is the width.
const SIZE: [(u64, u32); 5] = [(0, 1), (0, 2), (29, 9), (0, 3), (0, 2)];

/// A codestream of 40 × 30 pixels, whose metadata has `all_default` = false and then `fields`.
fn with_metadata(fields: &[&[(u64, u32)]]) -> Vec<u8> {
    let fields = [&SIZE[..], &[(39, 9), (0, 1)], &fields.concat()].concat();
    boxes::jxl_codestream(&fields)
}

/// The fields that say that the colors are not XYB but gray.
const GRAY: [(u64, u32); 4] = [(0, 1), (0, 1), (0, 1), (1, 2)];

/// The fields for a depth of 8 bits. The last field says that buffers of 16 bits suffice.
const EIGHT_BITS: [(u64, u32); 3] = [(0, 1), (0, 2), (1, 1)];
const NO_EXTRA_FIELDS: (u64, u32) = (0, 1);
const NO_EXTRA_CHANNELS: (u64, u32) = (0, 2);
const NOT_XYB: (u64, u32) = (0, 1);
const DEFAULT_COLOR: (u64, u32) = (1, 1);

#[test]
fn jpeg_xl_metadata_state_samples_and_colors() {
    let depth = |fields: &[(u64, u32)]| {
        with_metadata(&[
            &[NO_EXTRA_FIELDS],
            fields,
            &[(1, 1), NO_EXTRA_CHANNELS, NOT_XYB, DEFAULT_COLOR],
        ])
    };
    for (fields, bits) in [
        (&[(0, 1), (0, 2)][..], 8),
        (&[(0, 1), (2, 2)], 12),
        (&[(0, 1), (3, 2), (15, 6)], 16),
        (&[(1, 1), (1, 2), (4, 4)], 16),
        (&[(1, 1), (0, 2), (7, 4)], 32),
    ] {
        let image = expect_size(&depth(fields), 40, 30);
        assert_eq!((image.bits_per_channel, image.channels), (Some(bits), Some(3)));
        assert_eq!((image.color_space, image.has_alpha), (Some(ColorSpace::Rgb), Some(false)));
    }
    expect_corrupt(&depth(&[(0, 1), (3, 2), (32, 6)]), "make no sense");
    let color = |space: &[(u64, u32)]| {
        let fields = [&[NO_EXTRA_CHANNELS, NOT_XYB, (0, 1), (0, 1)], space].concat();
        with_metadata(&[&[NO_EXTRA_FIELDS], &EIGHT_BITS, &fields])
    };
    for (space, color_space, channels) in [
        (&[(0, 2)][..], Some(ColorSpace::Rgb), Some(3)),
        (&[(1, 2)], Some(ColorSpace::Gray), Some(1)),
        (&[(2, 2), (0, 4)], None, None),
        (&[(2, 2), (1, 4)], None, None),
    ] {
        let image = expect_size(&color(space), 40, 30);
        assert_eq!((image.color_space, image.channels), (color_space, channels));
    }
    expect_corrupt(&color(&[(2, 2), (2, 4)]), "make no sense");
}

#[test]
fn optional_fields_of_jpeg_xl_are_skipped() {
    let no_preview = (0, 1);
    let intrinsic = [(1, 1), (1, 1), (3, 5), (0, 3), (5, 5)];
    let previews = [
        // The height in units of 8 pixels, and a ratio.
        &[(1, 1), (1, 1), (2, 2), (9, 5), (3, 3)][..],
        // The height and the width in units of 8 pixels.
        &[(1, 1), (1, 1), (0, 2), (0, 3), (3, 2), (99, 9)],
        // The height and the width in pixels.
        &[(1, 1), (0, 1), (0, 2), (7, 6), (0, 3), (1, 2), (200, 8)],
        &[no_preview],
    ];
    for preview in previews {
        for animation in [
            &[(1, 1), (0, 2), (0, 2), (0, 2), (0, 1)][..],
            &[(1, 1), (2, 2), (999, 10), (2, 2), (1, 8), (1, 2), (7, 3), (1, 1)],
            &[(0, 1)],
        ] {
            let extra = [&[(1, 1), (0, 3)], &intrinsic[..], preview, animation].concat();
            let file = with_metadata(&[&extra, &EIGHT_BITS, &[NO_EXTRA_CHANNELS], &GRAY]);
            let image = expect_size(&file, 40, 30);
            assert_eq!(image.color_space, Some(ColorSpace::Gray), "{preview:?} {animation:?}");
            assert_eq!((image.bits_per_channel, image.channels), (Some(8), Some(1)));
            assert_eq!(image.animated, Some(animation.len() > 1));
        }
    }
}

#[test]
fn extra_channels_of_jpeg_xl_are_counted_and_one_may_be_alpha() {
    let sixteen_bits = [(0, 1), (3, 2), (15, 6)];
    let no_name = (0, 2);
    let channel = |kind: &[(u64, u32)], name: &[(u64, u32)], more: &[(u64, u32)]| {
        [&[(0, 1)], kind, &sixteen_bits[..], &[(0, 2)], name, more].concat()
    };
    let default = vec![(1, 1)];
    let premultiplied = channel(&[(0, 2)], &[no_name], &[(1, 1)]);
    let named = channel(&[(1, 2)], &[(1, 2), (3, 4), (0xAB_CDEF, 24)], &[]);
    let spot = channel(&[(2, 2), (0, 4)], &[no_name], &[(u64::MAX, 64)]);
    let filter = channel(&[(2, 2), (3, 4)], &[no_name], &[(1, 2), (3, 2)]);
    for (channels, has_alpha) in [
        (vec![default], true),
        (vec![premultiplied.clone()], true),
        (vec![named.clone()], false),
        (vec![named.clone(), spot.clone(), filter.clone()], false),
        (vec![spot, filter, premultiplied, named], true),
    ] {
        let count = match channels.len() {
            1 => vec![(1, 2)],
            more => vec![(2, 2), (more as u64 - 2, 4)],
        };
        let file =
            with_metadata(&[&[NO_EXTRA_FIELDS], &EIGHT_BITS, &count, &channels.concat(), &GRAY]);
        let image = expect_size(&file, 40, 30);
        assert_eq!(image.has_alpha, Some(has_alpha), "{channels:?}");
        assert_eq!(image.color_space, Some(ColorSpace::Gray), "{channels:?}");
        assert_eq!(image.channels, Some(1 + channels.len() as u8));
    }
}

#[test]
fn boxes_of_a_jpeg_xl_container_state_facts() {
    let stream = boxes::jxl_codestream(&[&SIZE[..], &[(39, 9), (1, 1)]].concat());
    let camera = |model| {
        let metadata = [&b"\0\0\0\x06Exif\0\0"[..], &exif::camera(model)].concat();
        boxes::plain(b"Exif", &metadata)
    };
    for (boxes, is_signed) in [
        (vec![camera(b"first\0"), camera(b"second\0"), boxes::manifest(b"json")], false),
        (vec![boxes::manifest(b"c2pa"), camera(b"first\0"), boxes::manifest(b"json")], true),
        (vec![boxes::manifest(b"json"), camera(b"first\0"), boxes::manifest(b"c2pa")], true),
        (vec![camera(b"first\0")], false),
    ] {
        let all = [vec![boxes::plain(b"jxlc", &stream)], boxes].concat();
        let image = expect_size(&boxes::jxl_container(&all), 40, 30);
        assert_eq!(image.camera_model.as_deref(), Some("first"));
        assert_eq!(image.content_credentials, is_signed);
    }
}

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
    for (orientation, width, height) in [(1, 40, 30), (6, 30, 40)] {
        let extra = [(1, 1), (orientation - 1, 3), (0, 1), (0, 1), (0, 1)];
        let image = expect_size(&with_metadata(&[&extra, &[(0, 1), (1, 2)]]), width, height);
        assert_eq!((image.bits_per_channel, image.animated), (Some(10), Some(false)));
        assert_eq!((image.orientation, image.display_width()), (None, width));
    }
}

#[test]
fn jpeg_xl_codestreams_may_be_split_over_boxes() {
    let stream = boxes::jxl_codestream(&[(0, 1), (1, 2), (3000, 13), (7, 3), (1, 1)]);
    let part = |index: u32, bytes: &[u8]| {
        boxes::plain(b"jxlp", &[&index.to_be_bytes()[..], bytes].concat())
    };
    let exif = boxes::plain(b"Exif", &[0; 5000]);
    for boxes in [
        vec![exif.clone(), part(0, &stream[..3]), part(1, &[]), part(1 << 31 | 2, &stream[3..])],
        vec![exif.clone(), boxes::endless(b"jxlc", &stream)],
        vec![boxes::large(b"jxlc", &stream)],
    ] {
        expect_size(&boxes::jxl_container(&boxes), 6002, 3001);
    }
    expect_corrupt(&boxes::jxl_container(&[exif]), "no box holds");
}
