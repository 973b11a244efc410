//! JPEG: markers, metadata, and the number of reads.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, trace};
use crate::images::exif;
use crate::images::jpeg::{self, Jpeg};

const JPEG: Hint<'_> = Hint { key: "uploads/a.jpg", content_type: None };

#[test]
fn every_kind_of_frame_header_states_the_dimensions() {
    for marker in [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] {
        let image = expect_size(&Jpeg::new().frame(marker, 640, 480, 3).finish(), 640, 480);
        assert_eq!((image.bits_per_channel, image.channels), (Some(8), Some(3)));
        assert_eq!(image.content_type(), "image/jpeg");
        assert_eq!(image.animated, Some(false));
    }
}

#[test]
fn tables_and_extensions_are_not_frame_headers() {
    let payload = [0; 15];
    let jpeg = Jpeg::new().segment(0xC4, &payload).segment(0xC8, &payload).segment(0xCC, &payload);
    expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2);
}

#[test]
fn jpeg_ls_has_its_own_content_type() {
    let presets = [1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 64];
    let jpeg = Jpeg::new().segment(0xF8, &presets).frame(0xF7, 3, 2, 1).finish();
    let image = expect_size(&jpeg, 3, 2);
    assert_eq!(image.content_type(), "image/jls");
}

#[test]
fn cmyk_has_four_channels() {
    let adobe = b"Adobe\0\x64\0\0\0\0\x02";
    let image = expect_size(&Jpeg::new().segment(0xEE, adobe).frame(0xC0, 3, 2, 4).finish(), 3, 2);
    assert_eq!(image.channels, Some(4));
}

#[test]
fn fill_bytes_before_a_marker_are_skipped() {
    let jpeg = Jpeg::new().raw(&[0xFF; 7]).segment(0xE0, b"JFIF\0").raw(&[0xFF]);
    expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2);
}

#[test]
fn junk_between_segments_is_skipped() {
    let jpeg = Jpeg::new().segment(0xE0, b"JFIF\0").raw(b"junk \xFF\0 and more");
    expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2);
}

#[test]
fn too_much_junk_is_corrupt() {
    let junk = vec![0x80; 200_000];
    let file = Jpeg::new().raw(&junk).frame(0xC0, 3, 2, 1).finish();
    let outcome = trace(JPEG, &file);
    assert!(outcome.result.unwrap_err().to_string().contains("64 KiB of junk"));
    assert!(outcome.reads.len() <= 2, "{:?}", outcome.reads);
}

#[test]
fn standalone_markers_have_no_length() {
    let jpeg = Jpeg::new().raw(&[0xFF, 0x01, 0xFF, 0xD0, 0xFF, 0xD7, 0xFF, 0xD8]);
    expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2);
}

#[test]
fn a_segment_length_of_zero_is_an_empty_segment() {
    let jpeg = Jpeg::new().raw(&[0xFF, 0xE5, 0, 0]);
    expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2);
}

#[test]
fn a_thumbnail_in_the_metadata_is_ignored() {
    let thumbnail = jpeg::baseline(160, 120);
    let jpeg = Jpeg::new().exif(&[exif::little_endian(1, 1), thumbnail].concat());
    expect_size(&jpeg.frame(0xC0, 3, 2, 3).finish(), 3, 2);
}

#[test]
fn the_frame_header_is_found_after_a_segment_length_that_ends_in_a_thumbnail() {
    let jpeg = Jpeg::new().raw(&[0xFF, 0xE1, 0, 8]).raw(b"Exif\0\0").raw(b"...").raw(&[0xFF, 0xD9]);
    expect_size(&jpeg.frame(0xC0, 3, 2, 3).finish(), 3, 2);
}

#[test]
fn reserved_codes_begin_no_segment() {
    let jpeg = Jpeg::new().raw(&[0xFF, 0x6C, 0x77, 0x77, 0xFF, 0xF0, 0xF1, 0xF2]);
    expect_size(&jpeg.frame(0xC0, 3, 2, 3).finish(), 3, 2);
}

#[test]
fn the_first_of_several_pictures_in_a_file_is_measured() {
    let first = Jpeg::new().segment(0xE2, b"MPF\0II*\0").frame(0xC0, 3, 2, 3).finish();
    let both = [first, jpeg::baseline(160, 120)].concat();
    assert_eq!(expect_size(&both, 3, 2).animated, Some(false));
}

#[test]
fn the_height_may_follow_the_first_scan() {
    expect_size(&jpeg::height_in_dnl(640, 481), 640, 481);
    expect_corrupt(&jpeg::height_in_dnl(640, 0), "zero");
    expect_corrupt(&Jpeg::new().frame(0xC0, 640, 0, 1).finish(), "no height");
}

#[test]
fn orientation_comes_from_the_first_directory() {
    let little = Jpeg::new().exif(&exif::little_endian(6, 3)).frame(0xC0, 30, 20, 3).finish();
    let image = expect_size(&little, 30, 20);
    assert_eq!(image.orientation.unwrap().get(), 6);
    assert_eq!((image.display_width(), image.display_height()), (20, 30));
    let big = Jpeg::new().exif(&exif::big_endian(3)).frame(0xC0, 30, 20, 3).finish();
    let image = expect_size(&big, 30, 20);
    assert_eq!(image.orientation.unwrap().get(), 3);
    assert_eq!((image.display_width(), image.display_height()), (30, 20));
}

#[test]
fn orientation_is_read_wherever_the_segment_lies() {
    // The first read ends at each byte of the EXIF segment in turn.
    for length in 65_536 - 60..65_536 {
        let padding = vec![0; length - 6];
        let jpeg = Jpeg::new().segment(0xE2, &padding).exif(&exif::little_endian(6, 1));
        let outcome = trace(JPEG, &jpeg.frame(0xC0, 30, 20, 3).finish());
        assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 6, "{length}");
    }
}

#[test]
fn orientation_is_read_wherever_the_directory_lies() {
    let padding = vec![0; 30_000];
    let jpeg = Jpeg::new().segment(0xE2, &padding).exif(&exif::far(6, 60_000));
    let outcome = trace(JPEG, &jpeg.frame(0xC0, 30, 20, 3).finish());
    assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 6);
    assert_eq!(outcome.reads.len(), 2);
}

#[test]
fn a_directory_outside_its_segment_has_no_orientation() {
    let outside = [&b"II*\0"[..], &30_u32.to_le_bytes()].concat();
    let jpeg = Jpeg::new().exif(&outside).segment(0xE2, &exif::little_endian(6, 1));
    assert_eq!(expect_size(&jpeg.frame(0xC0, 3, 2, 3).finish(), 3, 2).orientation, None);
}

#[test]
fn metadata_may_follow_the_frame_header() {
    for gap in [0, 40_000] {
        let jpeg = Jpeg::new().segment(0xE0, b"JFIF\0").frame(0xC0, 30, 20, 3);
        let jpeg = jpeg.segment(0xE2, &vec![0; gap]).segment(0xE3, &vec![0; gap]);
        let outcome = trace(JPEG, &jpeg.exif(&exif::big_endian(8)).finish());
        assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 8);
    }
}

#[test]
fn metadata_behind_the_scan_is_ignored() {
    let first = Jpeg::new().frame(0xC0, 3, 2, 3).finish();
    let behind = Jpeg::new().exif(&exif::big_endian(8)).frame(0xC0, 30, 20, 3).finish();
    assert_eq!(expect_size(&[first, behind].concat(), 3, 2).orientation, None);
}

#[test]
fn only_the_first_exif_metadata_counts() {
    let jpeg = Jpeg::new().exif(&exif::big_endian(3)).exif(&exif::big_endian(8));
    let image = expect_size(&jpeg.frame(0xC0, 3, 2, 3).finish(), 3, 2);
    assert_eq!(image.orientation.unwrap().get(), 3);
    let empty = Jpeg::new().exif(b"").exif(&exif::big_endian(8)).frame(0xC0, 3, 2, 3).finish();
    assert_eq!(expect_size(&empty, 3, 2).orientation, None);
}

#[test]
fn a_second_frame_header_is_refused() {
    for (width, gap) in [(4000, 0), (3, 0), (4000, 60_000)] {
        let jpeg = Jpeg::new().frame(0xC0, 3, 2, 3).segment(0xE2, &vec![0; gap]);
        let jpeg = jpeg.segment(0xE3, &vec![0; gap]).frame(0xC2, width, 2, 3);
        expect_corrupt(&jpeg.finish(), "second frame header");
    }
}

#[test]
fn an_object_that_ends_before_the_scan_is_measured() {
    let file = Jpeg::new().frame(0xC0, 3, 2, 3).exif(&exif::big_endian(8)).finish();
    let frame = 2 + 2 + 17;
    for length in frame..file.len() {
        expect_size(&file[..length], 3, 2);
    }
}

#[test]
fn metadata_beyond_the_limits_is_left_out() {
    let chain = (0..300)
        .fold(Jpeg::new().frame(0xC0, 3, 2, 3), |jpeg, _| jpeg.segment(0xEF, &vec![0; 65_000]));
    let outcome = trace(JPEG, &chain.exif(&exif::big_endian(8)).finish());
    assert_eq!(outcome.result.unwrap().orientation, None);
    assert!(outcome.reads.len() <= 20, "{:?}", outcome.reads);
}

#[test]
fn of_several_segments_of_one_kind_the_first_counts() {
    let jfif = |density: u8| [&b"JFIF\0\x01\x02\x01"[..], &[0, density, 0, density, 0, 0]].concat();
    let manifest =
        |kind: &[u8]| [&b"JP\0\x01\0\0\0\x01\0\0\0\x40jumb\0\0\0\x20jumd"[..], kind].concat();
    let file = Jpeg::new()
        // This segment is too short for a JFIF header.
        .segment(0xE0, b"JFIF\0")
        .segment(0xE0, &jfif(72))
        .segment(0xE0, &jfif(96))
        .segment(0xEB, &manifest(b"c2pa"))
        .segment(0xEB, &manifest(b"json"))
        .frame(0xC0, 40, 30, 3)
        .finish();
    let image = expect_size(&file, 40, 30);
    assert_eq!(image.density.map(|density| density.x), Some(72));
    assert!(image.content_credentials);
}

#[test]
fn markers_without_a_segment_may_follow_the_frame_header() {
    let jpeg = Jpeg::new().frame(0xC0, 40, 30, 3).raw(&[0xFF, 0xD0, 0xFF, 0]);
    let image = expect_size(&jpeg.exif(&exif::big_endian(6)).finish(), 40, 30);
    assert_eq!(image.orientation.unwrap().get(), 6);
}

#[test]
fn a_height_within_another_segment_does_not_count() {
    let file = Jpeg::new()
        .frame(0xC0, 40, 0, 1)
        .segment(0xDA, &[1, 1, 0, 0, 63, 0])
        .raw(&[0x12, 0xFF, 0, 0x34])
        .segment(0xFE, &[0xFF, 0xDC, 0, 4, 0, 99])
        .segment(0xDC, &[0, 30])
        .finish();
    expect_size(&file, 40, 30);
}

#[test]
fn the_sample_precision_is_checked() {
    for (bits, is_valid) in [(1, false), (2, true), (12, true), (16, true), (17, false)] {
        let mut file = Jpeg::new().frame(0xC0, 40, 30, 1).finish();
        file[6] = bits;
        if is_valid {
            assert_eq!(expect_size(&file, 40, 30).bits_per_channel, Some(bits));
        } else {
            expect_corrupt(&file, "between 2 and 16 bits (at byte 6)");
        }
    }
}

#[test]
fn xmp_has_no_orientation() {
    let jpeg = Jpeg::new().segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
    assert_eq!(expect_size(&jpeg.frame(0xC0, 3, 2, 1).finish(), 3, 2).orientation, None);
}

#[test]
fn headers_that_contradict_themselves_are_corrupt() {
    let frame = |payload: &[u8]| Jpeg::new().segment(0xC0, payload).finish();
    expect_corrupt(&frame(&[8, 0, 2, 0, 3, 3, 0, 0, 0]), "wrong length");
    expect_corrupt(&frame(&[8, 0, 2, 0, 3, 0]), "number of components");
    expect_corrupt(&frame(&[77, 0, 2, 0, 3, 1, 0, 0, 0]), "precision");
    expect_corrupt(&frame(&[8, 0, 2, 0, 0, 1, 0, 0, 0]), "zero");
    expect_corrupt(&Jpeg::new().finish(), "before any frame header");
    expect_corrupt(&[0xFF, 0xD8, 0xFF, 0xD9], "ends within its header");
}

#[test]
fn a_typical_header_takes_one_read() {
    let file = [jpeg::baseline(640, 480), vec![0; 1 << 20]].concat();
    let outcome = trace(JPEG, &file);
    assert_eq!(outcome.result.unwrap().width, 640);
    assert_eq!(outcome.reads, std::slice::from_ref(&(0..65_536)));
}

#[test]
fn chains_that_state_their_length_take_two_reads() {
    for (name, file) in
        [("icc", jpeg::icc_chain(16, 640, 480)), ("xmp", jpeg::extended_xmp(12, 640, 480))]
    {
        let outcome = trace(JPEG, &file);
        assert_eq!(outcome.result.unwrap().height, 480, "{name}");
        assert_eq!(outcome.reads.len(), 2, "{name}");
    }
}

#[test]
fn chains_that_do_not_state_their_length_take_few_reads() {
    let outcome = trace(JPEG, &jpeg::vendor_chain(40, 640, 480));
    assert_eq!(outcome.result.unwrap().height, 480);
    assert!(outcome.reads.len() <= 6, "{:?}", outcome.reads);
}
