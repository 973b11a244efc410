//! A signature alone does not make an image: the whole header has to make sense.

use crate::drive::{expect_corrupt, expect_size, expect_unsupported, probe, probe_as};
use crate::images::{self, changed, named};

/// Signatures of every format that has one.
const SIGNATURES: [&[u8]; 47] = [
    b"\xFF\xD8",
    b"\xFF\xD8\xFF",
    b"\x89PNG\r\n\x1A\n",
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"BA",
    b"II*\0",
    b"MM\0*",
    b"II\0*",
    b"MM*\0",
    b"II+\0",
    b"MM\0+",
    b"\xFF\x0A",
    b"\0\0\0\x0CJXL \r\n\x87\n",
    b"icns",
    b"8BPS",
    b"qoif",
    b"\0\0\0\x0CjP  \r\n\x87\n",
    b"\xFF\x4F\xFF\x51",
    b"DDS ",
    b"v/1\x01",
    b"farbfeld",
    b"#?RADIANCE\n",
    b"#?RGBE\n",
    b"\xABKTX 20\xBB\r\n\x1A\n",
    b"VTF\0",
    b"\x13\xAB\xA1\x5C",
    b"PVR\x03",
    b"PKM 10",
    b"PKM 20",
    b"RIFFsizeWEBP",
    b"FORMsizeILBM",
    b"FORMsizePBM ",
    b"P1 ",
    b"P2\n",
    b"P3#",
    b"P4\t",
    b"P5 ",
    b"P6 ",
    b"P7\n",
    b"PF\n",
    b"Pf\n",
    b"\0\0\x01\0",
    b"\0\0\x02\0",
    b"sizeftypavif",
    b"sizeftypheic",
];

/// Texts of several lengths. Some of them could continue a Netpbm header.
const TEXTS: [&str; 9] = [
    "is",
    " is the name of a format.",
    "\nThis is a text about images, and nothing else at all: it goes on for a while, so that \
     every header would end within it.\n\nAnd here it ends.\n",
    "2024 2025 budget plan",
    "10 20 apples and pears",
    "10 20 30 apples and pears",
    "10 20 255 apples and pears, more than fit in an image: they are listed in the order in which \
     they were bought, and then once more in the order in which they were eaten. That is all that \
     there is to say about apples and pears in this text, which is now longer than an image of 10 \
     by 20 pixels would be.",
    "WIDTH 10\nHEIGHT 20\nare what the header of an image states.\n",
    "caf\u{e9} na\u{ef}ve",
];

#[test]
fn text_after_any_signature_is_not_an_image() {
    for signature in SIGNATURES {
        for text in TEXTS {
            let object = [signature, text.as_bytes()].concat();
            for key in ["", "a.tga", "a.dib", "a.jpg"] {
                let error = probe_as(key, &object).map_err(|error| error.name());
                assert_eq!(error, Err("UnsupportedImage"), "{signature:?} {text} as {key}");
            }
        }
    }
}

#[test]
fn noise_after_a_signature_is_not_an_image() {
    let noise: Vec<u8> = (0_u32..400).map(|index| (index * index * 197 + 91) as u8).collect();
    // Almost any bits are a valid JPEG XL header, so the signature of a codestream is left out.
    for signature in SIGNATURES.into_iter().filter(|signature| *signature != b"\xFF\x0A") {
        assert!(probe(&[signature, &noise].concat()).is_err(), "{signature:?}");
    }
}

#[test]
fn the_key_never_outranks_a_signature() {
    for (name, image) in images::all() {
        let found = probe(&image).unwrap();
        for key in ["a.tga", "a.dib", "a.jpg", "a.svg"] {
            assert_eq!(probe_as(key, &image).unwrap(), found, "{name} as {key}");
        }
    }
}

#[test]
fn fields_of_headers_are_checked() {
    for (name, changes) in [
        ("dds", &[(4, 123), (76, 0)][..]),
        ("vtf", &[(4, 8), (12, 63), (13, 200)]),
        ("astc", &[(4, 13), (6, 2)]),
        ("pkm", &[(9, 0x2C)]),
        ("pvr", &[(32, 0), (20, 17), (36, 0), (40, 0), (40, 7), (44, 0), (44, 33)]),
        ("pvr", &[(48, 52), (48, 255)]),
        ("aseprite", &[(12, 9), (6, 0), (132, 0)]),
        ("ilbm", &[(19, 19), (28, 33), (29, 4), (30, 4)]),
        ("exr", &[(4, 3), (5, 1), (6, 1)]),
        ("psd", &[(13, 0), (25, 5)]),
        ("qoi", &[(13, 2)]),
    ] {
        for (offset, value) in changes {
            let object = changed(named(name), &[(*offset, *value)]);
            let error = probe(&object).map_err(|error| error.name());
            assert_eq!(error, Err("CorruptImage"), "byte {offset} of {name}");
        }
    }
}

#[test]
fn formats_with_little_more_than_a_signature_need_room_for_their_pixels() {
    for (name, cut) in [("farbfeld", 1), ("astc", 1), ("pkm", 1), ("qoi", 10)] {
        let object = named(name);
        expect_corrupt(&object[..object.len() - cut], "too small for these dimensions");
    }
}

#[test]
fn truncated_netpbm_bmp_and_tga_images_are_measured() {
    for name in ["pnm", "pam", "pfm", "bmp-core-header", "tga"] {
        let object = named(name);
        for length in [object.len() / 2, object.len() - 1] {
            if length > 60 {
                expect_size(&object[..length], 40, 30);
            }
        }
    }
}

#[test]
fn contradictions_are_refused() {
    let lines = |more: &str| format!("P7\nWIDTH 3\nHEIGHT 2\nDEPTH 1\nMAXVAL 1\n{more}ENDHDR\n");
    expect_size(lines("WIDTH 3\n").as_bytes(), 3, 2);
    expect_corrupt(lines("WIDTH 4\n").as_bytes(), "contradict each other");
    let exr = named("exr");
    let window = exr.windows(10).position(|bytes| bytes == b"dataWindow").unwrap();
    let twice = [&exr[..window], &exr[window..window + 37], &exr[window..]].concat();
    expect_size(&twice, 40, 30);
    expect_corrupt(&changed(twice, &[(window + 29, 200)]), "contradict each other");
}

#[test]
fn a_radiance_picture_needs_a_resolution() {
    let header = |line: &str| format!("#?RADIANCE\n-Y 1 +X 1\nFORMAT=32-bit_rle_rgbe\n\n{line}\n");
    let image = expect_size(header("-Y 2 +X 3").as_bytes(), 3, 2);
    assert_eq!(image.channels, Some(3));
    for line in ["", "-Y 2", "-Y 2 +Y 3", "-Y 2 +X 3 4", "-Z 2 +X 3", "-Y 2 +X x"] {
        expect_unsupported(header(line).as_bytes(), "not an image");
    }
}
