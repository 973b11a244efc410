//! BMP, DIB, ICO and CUR.

use probe::{ColorSpace, Format};

use crate::drive::{expect_corrupt, expect_size, probe, probe_as};
use crate::images::{others, png};

#[test]
fn bmp_headers_of_every_size_are_read() {
    let core = expect_size(&others::bmp(12, 3, 2, 24), 3, 2);
    assert_eq!((core.bits_per_channel, core.channels), (Some(8), Some(3)));
    for header in [16, 40, 52, 56, 64, 108, 124] {
        expect_size(&others::bmp(header, 3, 2, 32), 3, 2);
        expect_size(&others::bmp(header, 3, -2, 32), 3, 2);
    }
    expect_corrupt(&others::bmp(40, -3, 2, 32), "negative");
    expect_corrupt(&others::bmp(40, 3, i32::MIN, 32), "negative");
    expect_corrupt(&others::bmp(13, 3, 2, 32), "header");
    expect_corrupt(&others::bmp(40, 0, 2, 24), "zero");
    // The message states the offset of the invalid field.
    expect_corrupt(&others::bmp(40, -3, 2, 32), "at byte 18");
    expect_corrupt(&others::bmp(12, 3, 2, 7), "at byte 24");
    expect_corrupt(&others::bmp(40, 3, 2, 7), "at byte 28");
}

#[test]
fn bits_per_pixel_and_compression_state_samples_and_colors() {
    const ALPHA_BIT_FIELDS: u8 = 6;
    let rgb = Some(ColorSpace::Rgb);
    for (bits, compression, samples, color_space) in [
        (1, 0, (Some(1), Some(1)), rgb),
        (4, 2, (Some(4), Some(1)), rgb),
        (8, 1, (Some(8), Some(1)), rgb),
        (16, 3, (None, None), rgb),
        (24, 0, (Some(8), Some(3)), rgb),
        (32, ALPHA_BIT_FIELDS, (Some(8), Some(4)), rgb),
        // Compressions 4 and 5: an embedded JPEG or PNG file. Its samples and color space are
        // unknown, because only the BMP header is read.
        (0, 4, (None, None), None),
        (0, 5, (None, None), None),
        (32, 11, (Some(8), Some(4)), Some(ColorSpace::Cmyk)),
        (8, 12, (Some(8), Some(1)), Some(ColorSpace::Cmyk)),
    ] {
        let mut file = others::bmp(40, 3, 2, bits);
        file[30] = compression;
        let image = expect_size(&file, 3, 2);
        assert_eq!((image.bits_per_channel, image.channels), samples, "{bits} {compression}");
        assert_eq!(image.color_space, color_space, "{bits} {compression}");
    }
    // This is the shortest header that states a compression.
    let mut short = others::bmp(20, 3, 2, 24);
    short[30] = 99;
    expect_corrupt(&short, "the compression");
}

#[test]
fn the_largest_icon_is_measured_by_its_own_header() {
    let small = (16, 16, others::icon_bitmap(16, 16));
    let large = (0, 0, png::plain(512, 300));
    let image = expect_size(&others::ico(1, &[small.clone(), large, small.clone()]), 512, 300);
    assert_eq!((image.format, image.content_type()), (Format::Ico, "image/vnd.microsoft.icon"));
    let image =
        expect_size(&others::ico(2, &[(40, 30, others::icon_bitmap(40, 30)), small]), 40, 30);
    assert_eq!(image.format, Format::Cur);
}

#[test]
fn the_larger_of_directory_entry_and_image_counts() {
    let images = |width, height| [others::icon_bitmap(width, height), png::plain(width, height)];
    for image in images(40, 30) {
        expect_size(&others::ico(1, &[(48, 48, image.clone())]), 48, 48);
        expect_size(&others::ico(1, &[(16, 16, image.clone())]), 40, 30);
        expect_size(&others::ico(1, &[(40, 16, image.clone())]), 40, 30);
        expect_corrupt(&others::ico(1, &[(48, 16, image.clone())]), "contradict each other");
        // If several directory entries state the largest area, the image with the largest header
        // dimensions is used, wherever it is in the list.
        let small = (16, 16, others::icon_bitmap(16, 16));
        for list in [[small.clone(), (16, 16, image.clone())], [(16, 16, image), small]] {
            expect_size(&others::ico(2, &list), 40, 30);
        }
    }
    expect_size(&others::ico(1, &[(0, 0, png::plain(200, 100))]), 256, 256);
}

#[test]
fn the_directory_tells_which_image_is_the_largest() {
    let bitmap =
        |width, height| (width, height, others::icon_bitmap(u32::from(width), u32::from(height)));
    expect_size(&others::ico(1, &[bitmap(100, 2), bitmap(20, 20), bitmap(2, 100)]), 20, 20);
    // If several images are equally large, the first is used.
    expect_size(&others::ico(1, &[bitmap(30, 40), bitmap(40, 30)]), 30, 40);
    let small = |width, height| (16, 16, others::icon_bitmap(width, height));
    expect_size(&others::ico(1, &[small(100, 20), small(40, 40)]), 100, 20);
    expect_size(&others::ico(1, &[small(100, 17), small(42, 42)]), 42, 42);
    // The header of an image with a smaller entry is not read.
    let wrong = (32, 32, others::icon_bitmap(64, 64));
    expect_size(&others::ico(1, &[wrong, bitmap(48, 48)]), 48, 48);
}

#[test]
fn a_cursor_is_no_tga_whatever_its_key() {
    // Byte 16 of this cursor is the third byte of the image's length. In a TGA header, byte 16 is
    // the number of bits per pixel.
    let mut bitmap = others::icon_bitmap(128, 128);
    bitmap.resize(0x01_0828, 0);
    let cursor = others::ico(2, &[(128, 128, bitmap)]);
    let image = probe_as("a.tga", &cursor).unwrap();
    assert_eq!((image.format, image.width, image.height), (Format::Cur, 128, 128));
    // This TGA file begins like a cursor. It is not a valid cursor, because the offset of the
    // cursor's first image would lie within the directory.
    let mut tga = others::tga(3, 2);
    (tga[4], tga[18]) = (1, 8);
    assert_eq!(probe_as("a.tga", &tga).unwrap().format, Format::Tga);
    assert_eq!(probe(&[0, 0, 1, 0, 0, 0]).unwrap_err().name(), "UnsupportedImage");
}

#[test]
fn images_within_icons_are_checked() {
    let mut wrong_sum = png::plain(16, 16);
    wrong_sum[19] = 200;
    expect_corrupt(&others::ico(1, &[(16, 16, wrong_sum)]), "checksum");
    let mut wrong_depth = others::icon_bitmap(16, 16);
    wrong_depth[14] = 7;
    expect_corrupt(&others::ico(1, &[(16, 16, wrong_depth)]), "neither PNG nor bitmap");
}

#[test]
fn bitmaps_must_make_sense_as_a_whole() {
    for (bits, compression) in [(7, 0), (0, 0), (7, 4), (7, 5), (24, 7), (24, 99)] {
        let mut file = others::bmp(40, 3, 2, bits);
        file[30] = compression;
        expect_corrupt(&file, "bits per pixel or the compression");
    }
    for (bits, compression) in [(2, 0), (0, 4), (32, 3), (64, 0)] {
        let mut file = others::bmp(40, 3, 2, bits);
        file[30] = compression;
        expect_size(&file, 3, 2);
    }
    // Decoders ignore the planes and the offset of the pixels.
    let mut odd = others::bmp(40, 3, 2, 24);
    odd[10] = 0;
    odd[26] = 9;
    expect_size(&odd, 3, 2);
}

#[test]
fn a_dib_is_measured_if_its_key_says_so() {
    let image = probe_as("uploads/a.DIB", &others::dib(3, -2)).unwrap();
    assert_eq!((image.width, image.height, image.format), (3, 2, Format::Dib));
    assert_eq!((image.content_type(), image.channels), ("image/bmp", Some(3)));
    let core = others::bmp(12, 3, 2, 24).split_off(14);
    assert_eq!(probe_as("uploads/a.dib", &core).unwrap().format, Format::Dib);
    for (offset, value) in [(4, 0), (6, 0), (8, 2), (10, 7)] {
        let mut odd = core.clone();
        odd[offset] = value;
        let error = probe_as("uploads/a.dib", &odd).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage", "byte {offset} of a core header");
    }
    assert_eq!(
        probe_as("uploads/a.bmp", &others::dib(3, 2)).unwrap_err().name(),
        "UnsupportedImage"
    );
    assert_eq!(probe_as("uploads/a.dib", &others::bmp(40, 3, 2, 24)).unwrap().format, Format::Bmp);
    for (offset, value) in [(0, 41), (4, 0), (6, 1), (8, 0), (12, 2), (14, 7), (16, 9)] {
        let mut odd = others::dib(3, 2);
        odd[offset] = value;
        let error = probe_as("uploads/a.dib", &odd).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage", "byte {offset}");
    }
}

#[test]
fn icons_without_an_image_are_corrupt() {
    expect_corrupt(&others::ico(1, &[(16, 16, vec![0; 64])]), "neither PNG nor bitmap");
    expect_corrupt(&others::ico(1, &[(16, 16, vec![])]), "ends within");
    let cut = others::icon_bitmap(16, 16)[..12].to_vec();
    expect_corrupt(&others::ico(1, &[(16, 16, cut)]), "ends within");
}
