//! JPEG: markers, metadata, and the number of reads.

use crate::drive::{expect_corrupt, expect_reads, expect_size, trace};
use crate::images::jpeg::{self, Jpeg};
use crate::images::tiff::{LITTLE_ENDIAN, Value, integer};
use crate::images::{changed, exif};

#[test]
fn every_kind_of_frame_header_states_the_dimensions() {
    for marker in
        [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7]
    {
        let channels = 1 + marker % 4;
        let image = expect_size(&Jpeg::new().frame(marker, 640, 480, channels).finish(), 640, 480);
        assert_eq!((image.bits_per_channel, image.channels), (Some(8), Some(channels)));
        assert_eq!(image.animated, Some(false));
        let is_jpeg_ls = marker == 0xF7;
        assert_eq!(image.content_type(), if is_jpeg_ls { "image/jls" } else { "image/jpeg" });
    }
}

#[test]
fn the_frame_header_may_follow_other_data() {
    let thumbnail = jpeg::baseline(160, 120);
    let tables = [0; 15];
    for (name, jpeg) in [
        (
            "tables and extensions",
            Jpeg::new().segment(0xC4, &tables).segment(0xC8, &tables).segment(0xCC, &tables),
        ),
        ("presets of JPEG-LS", Jpeg::new().segment(0xF8, &[1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 64])),
        ("fill bytes", Jpeg::new().raw(&[0xFF; 7]).segment(0xE0, b"JFIF\0").raw(&[0xFF])),
        ("junk", Jpeg::new().segment(0xE0, b"JFIF\0").raw(b"junk \xFF\0 and more")),
        ("markers without a length", Jpeg::new().raw(b"\xFF\x01\xFF\xD0\xFF\xD7\xFF\xD8")),
        ("a length of zero", Jpeg::new().raw(&[0xFF, 0xE5, 0, 0])),
        ("a thumbnail", Jpeg::new().exif(&[exif::little_endian(1), thumbnail].concat())),
        (
            "a length that ends within a thumbnail",
            Jpeg::new().raw(b"\xFF\xE1\0\x08Exif\0\0...\xFF\xD9"),
        ),
        ("reserved codes", Jpeg::new().raw(b"\xFF\x6Cww\xFF\xF0\xF1\xF2")),
    ] {
        let image = trace("", &jpeg.picture()).result;
        let size = image.map(|image| (image.width, image.height));
        assert_eq!(size, Ok((40, 30)), "{name}");
    }
}

#[test]
fn too_much_junk_is_corrupt() {
    let outcome = trace("a.jpg", &Jpeg::new().raw(&vec![0x80; 200_000]).picture());
    assert!(outcome.result.unwrap_err().to_string().contains("64 KiB of junk"));
    assert!(outcome.reads.len() <= 2, "{:?}", outcome.reads);
}

#[test]
fn the_first_of_several_pictures_in_a_file_is_measured() {
    let first = Jpeg::new().segment(0xE2, b"MPF\0II*\0").picture();
    let both = [first, jpeg::baseline(160, 120)].concat();
    assert_eq!(expect_size(&both, 40, 30).animated, Some(false));
}

#[test]
fn the_height_may_follow_the_first_scan() {
    expect_size(&jpeg::height_in_dnl(640, 481), 640, 481);
    expect_corrupt(&jpeg::height_in_dnl(640, 0), "zero");
    expect_corrupt(&Jpeg::new().frame(0xC0, 640, 0, 1).finish(), "no height");
    let in_a_comment = Jpeg::new()
        .frame(0xC0, 40, 0, 1)
        .segment(0xDA, &[1, 1, 0, 0, 63, 0])
        .raw(&[0x12, 0xFF, 0, 0x34])
        .segment(0xFE, &[0xFF, 0xDC, 0, 4, 0, 99])
        .segment(0xDC, &[0, 30])
        .finish();
    expect_size(&in_a_comment, 40, 30);
}

#[test]
fn the_first_exif_metadata_before_the_scan_states_the_orientation() {
    let start = || Jpeg::new().frame(0xC0, 40, 30, 3);
    let eight = exif::big_endian(8);
    let structure = |value| LITTLE_ENDIAN.structure(&[(0x0112, value)]);
    let with = |metadata: &[u8]| Jpeg::new().exif(metadata).picture();
    // The offset of this structure's directory points into the next segment.
    let outside = Jpeg::new().exif(b"II*\0\x1E\0\0\0").segment(0xE2, &exif::little_endian(6));
    let far = start().segment(0xE2, &vec![0; 40_000]).segment(0xE3, &vec![0; 40_000]);
    for (name, file, orientation) in [
        ("little-endian", with(&exif::little_endian(6)), Some(6)),
        ("big-endian", with(&exif::big_endian(3)), Some(3)),
        ("a signed integer", with(&structure(integer(9, 6))), Some(6)),
        ("a text", with(&structure(Value::Text(b"\x06\0"))), None),
        ("several integers", with(&structure(Value::Integers(3, vec![8, 1, 1]))), Some(8)),
        ("a number below 1", with(&exif::big_endian(0)), None),
        ("a number above 8", with(&exif::big_endian(9)), None),
        ("outside its segment", outside.picture(), None),
        ("behind the frame header", start().exif(&eight).finish(), Some(8)),
        ("far behind the frame header", far.exif(&eight).finish(), Some(8)),
        ("behind markers", start().raw(b"\xFF\xD0\xFF\0").exif(&eight).finish(), Some(8)),
        ("behind the scan", [start().finish(), with(&eight)].concat(), None),
        ("behind the end", start().raw(b"\xFF\xD9\0\x02").exif(&eight).finish(), None),
        ("the first", Jpeg::new().exif(&exif::big_endian(3)).exif(&eight).picture(), Some(3)),
        ("the first, which is empty", Jpeg::new().exif(b"").exif(&eight).picture(), None),
        ("XMP", Jpeg::new().segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>").picture(), None),
    ] {
        let image = expect_size(&file, 40, 30);
        assert_eq!(image.orientation.map(u8::from), orientation, "{name}");
        let is_turned = matches!(orientation, Some(6 | 8));
        let displayed = if is_turned { (30, 40) } else { (40, 30) };
        assert_eq!((image.display_width(), image.display_height()), displayed, "{name}");
    }
    let whole = exif::little_endian(6);
    for length in 0..20 {
        let image = expect_size(&with(&whole[..length]), 40, 30);
        assert_eq!(image.orientation, None, "cut after {length} bytes");
    }
}

#[test]
fn orientation_is_read_wherever_the_metadata_lies() {
    // The EXIF segment begins at offset `length`. For each place in the segment, one `length`
    // makes the first read, of 65,536 bytes, end there.
    for length in 65_536 - 60..65_536 {
        let jpeg = Jpeg::new().segment(0xE2, &vec![0; length - 6]);
        let outcome = trace("a.jpg", &jpeg.exif(&exif::little_endian(6)).picture());
        assert_eq!(outcome.result.unwrap().orientation.unwrap().get(), 6, "{length}");
    }
    let jpeg = Jpeg::new().segment(0xE2, &vec![0; 30_000]).exif(&exif::far(60_000));
    let image = expect_reads("a.jpg", &jpeg.picture(), 2);
    assert_eq!(image.orientation.unwrap().get(), 6);
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
fn of_several_segments_of_one_kind_the_first_counts() {
    let jfif = |density: u8| [&b"JFIF\0\x01\x02\x01"[..], &[0, density, 0, density, 0, 0]].concat();
    let file = Jpeg::new()
        // This segment is too short for a JFIF header.
        .segment(0xE0, b"JFIF\0")
        .segment(0xE0, &jfif(72))
        .segment(0xE0, &jfif(96))
        .manifest(b"c2pa")
        .manifest(b"json")
        .picture();
    let image = expect_size(&file, 40, 30);
    assert_eq!(image.density.map(|density| density.x), Some(72));
    assert!(image.content_credentials);
}

#[test]
fn headers_that_contradict_themselves_are_corrupt() {
    let frame = |payload: &[u8]| Jpeg::new().segment(0xC0, payload).finish();
    expect_corrupt(&frame(&[8, 0, 2, 0, 3, 3, 0, 0, 0]), "wrong length");
    expect_corrupt(&frame(&[8, 0, 2, 0, 3, 0]), "number of components");
    expect_corrupt(&frame(&[8, 0, 2, 0, 0, 1, 0, 0, 0]), "zero");
    for bits in [2, 12, 16] {
        let image = expect_size(&changed(Jpeg::new().picture(), &[(6, bits)]), 40, 30);
        assert_eq!(image.bits_per_channel, Some(bits));
    }
    for bits in [1, 17] {
        let file = changed(Jpeg::new().picture(), &[(6, bits)]);
        expect_corrupt(&file, "between 2 and 16 bits (at byte 6)");
    }
    expect_corrupt(&Jpeg::new().finish(), "before any frame header");
    expect_corrupt(&[0xFF, 0xD8, 0xFF, 0xD9], "ends within its header");
}

#[test]
fn headers_take_few_reads() {
    let typical = [jpeg::baseline(640, 480), vec![0; 1 << 20]].concat();
    let endless = (0..300)
        .fold(Jpeg::new().frame(0xC0, 640, 480, 3), |jpeg, _| jpeg.segment(0xEF, &vec![0; 65_000]));
    for (name, file, reads) in [
        ("a typical header", typical, 1..=1),
        ("a profile", jpeg::icc_chain(16, 640, 480), 2..=2),
        // Vendor-specific segments, unlike those of a profile, do not state how many there are.
        ("vendor-specific segments", jpeg::vendor_chain(40, 640, 480), 1..=6),
        ("metadata beyond the limits", endless.exif(&exif::big_endian(8)).finish(), 1..=20),
    ] {
        let outcome = trace("a.jpg", &file);
        let image = outcome.result.unwrap();
        assert_eq!((image.height, image.orientation), (480, None), "{name}");
        assert!(reads.contains(&outcome.reads.len()), "{name}: {:?}", outcome.reads);
    }
}
