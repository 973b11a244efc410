//! BMP, DIB, ICO and CUR.

use probe::{ColorSpace, Format};

use crate::drive::{expect_corrupt, expect_size, expect_unsupported, probe_as};
use crate::images::others::{bmp, dib, ico, icon_bitmap, tga};
use crate::images::{changed, png};

#[test]
fn bmp_headers_of_every_size_are_read() {
    let core = expect_size(&bmp(12, 3, 2, 24), 3, 2);
    assert_eq!((core.bits_per_channel, core.channels), (Some(8), Some(3)));
    for header in [16, 40, 52, 56, 64, 108, 124] {
        expect_size(&bmp(header, 3, 2, 32), 3, 2);
        expect_size(&bmp(header, 3, -2, 32), 3, 2);
    }
    expect_corrupt(&bmp(40, 3, i32::MIN, 32), "negative");
    expect_corrupt(&bmp(13, 3, 2, 32), "header");
    expect_corrupt(&bmp(40, 0, 2, 24), "zero");
    // The message states the offset of the invalid field.
    expect_corrupt(&bmp(40, -3, 2, 32), "negative (at byte 18)");
    expect_corrupt(&bmp(12, 3, 2, 7), "at byte 24");
    expect_corrupt(&bmp(40, 3, 2, 7), "at byte 28");
}

#[test]
fn bits_per_pixel_and_compression_state_samples_and_colors() {
    const ALPHA_BIT_FIELDS: u8 = 6;
    let file = |header, bits, compression| changed(bmp(header, 3, 2, bits), &[(30, compression)]);
    let rgb = Some(ColorSpace::Rgb);
    for (bits, compression, samples, color_space) in [
        (1, 0, (Some(1), Some(1)), rgb),
        (2, 0, (Some(2), Some(1)), rgb),
        (4, 2, (Some(4), Some(1)), rgb),
        (8, 1, (Some(8), Some(1)), rgb),
        (16, 3, (None, None), rgb),
        (24, 0, (Some(8), Some(3)), rgb),
        (32, 3, (Some(8), Some(4)), rgb),
        (32, ALPHA_BIT_FIELDS, (Some(8), Some(4)), rgb),
        (64, 0, (None, None), rgb),
        // Compressions 4 and 5: an embedded JPEG or PNG file. Its samples and color space are
        // unknown, because only the BMP header is read.
        (0, 4, (None, None), None),
        (0, 5, (None, None), None),
        (32, 11, (Some(8), Some(4)), Some(ColorSpace::Cmyk)),
        (8, 12, (Some(8), Some(1)), Some(ColorSpace::Cmyk)),
    ] {
        let image = expect_size(&file(40, bits, compression), 3, 2);
        assert_eq!((image.bits_per_channel, image.channels), samples, "{bits} {compression}");
        assert_eq!(image.color_space, color_space, "{bits} {compression}");
    }
    for (bits, compression) in [(7, 0), (0, 0), (7, 4), (7, 5), (24, 7), (24, 99)] {
        expect_corrupt(&file(40, bits, compression), "bits per pixel or the compression");
    }
    // A header of 20 bytes is the shortest that states a compression.
    expect_corrupt(&file(20, 24, 99), "the compression");
    // Decoders ignore the number of planes and the offset of the pixels.
    expect_size(&changed(bmp(40, 3, 2, 24), &[(10, 0), (26, 9)]), 3, 2);
}

#[test]
fn the_largest_icon_is_measured_by_its_own_header() {
    let small = (16, 16, icon_bitmap(16, 16));
    let large = (0, 0, png::plain(512, 300));
    let image = expect_size(&ico(1, &[small.clone(), large, small.clone()]), 512, 300);
    assert_eq!((image.format, image.content_type()), (Format::Ico, "image/vnd.microsoft.icon"));
    let image = expect_size(&ico(2, &[(40, 30, icon_bitmap(40, 30)), small]), 40, 30);
    assert_eq!(image.format, Format::Cur);
}

#[test]
fn the_larger_of_directory_entry_and_image_counts() {
    for image in [icon_bitmap(40, 30), png::plain(40, 30)] {
        let single = |width, height| ico(1, &[(width, height, image.clone())]);
        expect_size(&single(48, 48), 48, 48);
        expect_size(&single(16, 16), 40, 30);
        expect_size(&single(40, 16), 40, 30);
        expect_corrupt(&single(48, 16), "contradict each other");
        // If several directory entries state the largest area, the image whose own header states
        // the largest area is used, wherever its entry is in the directory.
        let small = (16, 16, icon_bitmap(16, 16));
        for list in [[small.clone(), (16, 16, image.clone())], [(16, 16, image.clone()), small]] {
            expect_size(&ico(2, &list), 40, 30);
        }
    }
    expect_size(&ico(1, &[(0, 0, png::plain(200, 100))]), 256, 256);
}

#[test]
fn the_directory_tells_which_image_is_the_largest() {
    let bitmap = |width: u8, height: u8| (width, height, icon_bitmap(width.into(), height.into()));
    expect_size(&ico(1, &[bitmap(100, 2), bitmap(20, 20), bitmap(2, 100)]), 20, 20);
    // If several images are equally large, the first is used.
    expect_size(&ico(1, &[bitmap(30, 40), bitmap(40, 30)]), 30, 40);
    let small = |width, height| (16, 16, icon_bitmap(width, height));
    expect_size(&ico(1, &[small(100, 20), small(40, 40)]), 100, 20);
    expect_size(&ico(1, &[small(100, 17), small(42, 42)]), 42, 42);
    // An image's header is not read if the directory states a larger area for another image.
    expect_size(&ico(1, &[(32, 32, icon_bitmap(64, 64)), bitmap(48, 48)]), 48, 48);
}

#[test]
fn a_cursor_is_no_tga_whatever_its_key() {
    // In this cursor, byte 16 is the third byte of the image's length. In a TGA header, it is the
    // number of bits per pixel, and its value here, 1, is plausible.
    let mut bitmap = icon_bitmap(128, 128);
    bitmap.resize(0x01_0828, 0);
    let image = probe_as("a.tga", &ico(2, &[(128, 128, bitmap)])).unwrap();
    assert_eq!((image.format, image.width, image.height), (Format::Cur, 128, 128));
    let icon = (40, 30, icon_bitmap(40, 30));
    assert_eq!(probe_as("a.tga", &ico(2, &[icon.clone(), icon])).unwrap().format, Format::Cur);
    // This TGA file begins like a cursor. It is no valid cursor, because the offset of its image
    // would point into the header or the directory.
    for byte in [0, 8] {
        let file = changed(tga(3, 2), &[(4, 1), (18, byte)]);
        assert_eq!(probe_as("a.tga", &file).unwrap().format, Format::Tga);
        assert!(probe_as("", &file).is_err(), "without the key");
    }
    expect_unsupported(&[0, 0, 1, 0, 0, 0], "");
}

#[test]
fn images_within_icons_are_checked() {
    for (image, what) in [
        (changed(png::plain(16, 16), &[(19, 200)]), "checksum"),
        (changed(icon_bitmap(16, 16), &[(14, 7)]), "neither PNG nor bitmap"),
        (vec![0; 64], "neither PNG nor bitmap"),
        (vec![], "ends within"),
        (icon_bitmap(16, 16)[..12].to_vec(), "ends within"),
    ] {
        expect_corrupt(&ico(1, &[(16, 16, image)]), what);
    }
}

#[test]
fn a_dib_is_measured_if_its_key_says_so() {
    let image = probe_as("uploads/a.DIB", &dib(3, -2)).unwrap();
    assert_eq!((image.width, image.height, image.format), (3, 2, Format::Dib));
    assert_eq!((image.content_type(), image.channels), ("image/bmp", Some(3)));
    let core = bmp(12, 3, 2, 24).split_off(14);
    assert_eq!(probe_as("uploads/a.dib", &core).unwrap().format, Format::Dib);
    assert_eq!(probe_as("uploads/a.dib", &bmp(40, 3, 2, 24)).unwrap().format, Format::Bmp);
    let unsupported = |key, object: &[u8], row: &str| {
        assert_eq!(probe_as(key, object).unwrap_err().name(), "UnsupportedImage", "{row}");
    };
    unsupported("uploads/a.bmp", &dib(3, 2), "another key");
    let core_changes = &[(4, 0), (6, 0), (8, 2), (10, 7)][..];
    let changes = &[(0, 41), (4, 0), (6, 1), (8, 0), (12, 2), (14, 7), (16, 9)];
    for (header, changes) in [(core, core_changes), (dib(3, 2), changes)] {
        for (offset, value) in changes {
            let odd = changed(header.clone(), &[(*offset, *value)]);
            unsupported("uploads/a.dib", &odd, &format!("byte {offset} of {}", header.len()));
        }
    }
}
