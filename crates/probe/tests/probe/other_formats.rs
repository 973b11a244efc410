//! PSD, QOI, TGA, Netpbm and JPEG 2000; and one small image of every kind.

use probe::Format;

use crate::drive::{expect_corrupt, expect_size, probe, probe_as};
use crate::images::{self, boxes, others};

#[test]
fn a_small_image_of_every_kind_is_measured() {
    for (name, image) in images::all() {
        let found = probe(&image).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((found.width, found.height), (40, 30), "{name}");
    }
}

#[test]
fn photoshop_files_of_both_versions_are_read() {
    let image = expect_size(&others::psd(1, 3, 2), 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(3)));
    expect_size(&others::psd(2, 300_000, 2), 300_000, 2);
    expect_corrupt(&others::psd(1, 30_001, 2), "implausibly large");
    expect_corrupt(&others::psd(3, 3, 2), "version");
}

#[test]
fn the_header_of_an_ilbm_image_may_follow_other_chunks() {
    let form = |chunks: &[&[u8]]| [&[&b"FORM\0\0\0\xFFILBM"[..]], chunks].concat().concat();
    let header =
        |fields: [u8; 3]| [&b"BMHD\0\0\0\x14\0\x28\0\x1E\0\0\0\0"[..], &fields, &[0; 9]].concat();
    let (note, even) = (b"ANNO\0\0\0\x03a b\0", b"AUTH\0\0\0\x02me");
    let body = &b"BODY\0\0\0\x01\0\0"[..];
    for fields in [[8, 0, 0], [32, 3, 3]] {
        expect_size(&form(&[note, even, &header(fields), body]), 40, 30);
    }
    expect_corrupt(&form(&[note, body, &header([8, 0, 0])]), "no BMHD chunk precedes");
    let mut short = header([8, 0, 0]);
    short[7] = 19;
    expect_corrupt(&form(&[&short, body]), "too short");
}

#[test]
fn the_dimensions_have_less_than_32_bits() {
    let pvr = |width: u32, height: u32| {
        let fields = [52, height, width].map(u32::to_le_bytes).concat();
        [&fields[..], &[0; 32], b"PVR!\x01\0\0\0"].concat()
    };
    expect_size(&pvr((1 << 31) - 1, 1), (1 << 31) - 1, 1);
    for (width, height) in [(1 << 31, 1), (1, 1 << 31), (1 << 31, 1 << 31)] {
        expect_corrupt(&pvr(width, height), "implausibly large");
    }
}

#[test]
fn attributes_of_an_exr_file_are_read_across_reads() {
    let (_, exr) = images::all().into_iter().find(|(name, _)| *name == "exr").unwrap();
    let (head, window) = exr.split_at(exr.windows(10).position(|it| it == b"dataWindow").unwrap());
    // The first read ends within the name, at its end, and within the type.
    for cut in [5, 10, 11, 15] {
        let length = 65_536 - cut - head.len() - 16;
        let size = (length as u32).to_le_bytes();
        let preview = [&b"preview\0any\0"[..], &size, &vec![1; length]].concat();
        let file = [head, &preview[..], window].concat();
        assert_eq!(file[65_536 - cut..][..10], *b"dataWindow", "{cut}");
        expect_size(&file, 40, 30);
    }
    let long = [head, &[b'a'; 256], b"\0int\0\x04\0\0\0\0\0\0\0", window].concat();
    expect_corrupt(&long, "too long");
}

#[test]
fn qoi_channels_are_checked() {
    assert_eq!(expect_size(&others::qoi(3, 2, 4), 3, 2).channels, Some(4));
    expect_corrupt(&others::qoi(3, 2, 5), "channels");
}

#[test]
fn netpbm_comments_are_allowed_anywhere() {
    for text in
        ["P6 3 2 255\n", "P5\n#x\n3\n# 9 9\n2\n255\n", "P1#9 9\n3 # 9\r\n 2\n", "PF\n3 2\n-1.0\n"]
    {
        expect_size(text.as_bytes(), 3, 2);
    }
    assert_eq!(expect_size(b"P4 3 2\n", 3, 2).content_type(), "image/x-portable-bitmap");
    for text in [&b"P6 3 x 255\n"[..], b"P6 3 -2 255\n", b"P1 is a title\n"] {
        assert_eq!(probe(text).unwrap_err().name(), "UnsupportedImage");
    }
    expect_corrupt(b"P7\nWIDTH 3\nENDHDR\n", "zero");
    let error = probe(&[&b"P6 "[..], &vec![b'1'; 70_000]].concat()).unwrap_err();
    assert!(error.to_string().contains("does not end within the first 64 KiB"), "{error}");
}

#[test]
fn tga_is_recognized_by_a_common_header_or_by_the_key() {
    expect_size(&others::tga(3, 2), 3, 2);
    let mut odd = others::tga(3, 2);
    odd[17] = 0x98;
    assert_eq!(probe(&odd).unwrap_err().name(), "UnsupportedImage");
    assert_eq!(probe_as("uploads/a.TGA", &odd).unwrap().format, Format::Tga);
}

#[test]
fn jpeg_2000_image_areas_may_be_offset() {
    let image = expect_size(&boxes::j2k(3, 2, 100, 200), 3, 2);
    assert_eq!((image.content_type(), image.bits_per_channel), ("image/j2c", Some(8)));
    assert_eq!(expect_size(&boxes::jp2(3, 2), 3, 2).content_type(), "image/jp2");
    let mut outside = boxes::j2k(3, 2, 0, 0);
    outside[16..20].copy_from_slice(&9_u32.to_be_bytes());
    expect_corrupt(&outside, "outside the reference grid");
}
