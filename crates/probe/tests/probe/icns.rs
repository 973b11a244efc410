//! ICNS: the elements of an icon.

use probe::Format;

use crate::drive::{expect_corrupt, expect_reads, expect_size};
use crate::images::{boxes, changed, others, png};

#[test]
fn the_element_of_the_largest_area_is_measured() {
    let [plain, long, square, high] =
        [(700, 500), (100, 2), (20, 20), (10, 40)].map(|(width, height)| png::plain(width, height));
    let (jp2, j2k) = (boxes::jp2(300, 200), boxes::j2k(300, 200, 1, 2));
    let old: [(&[u8; 4], &[u8]); 6] = [
        (b"TOC ", &[0; 24]),
        (b"is32", &[0; 40]),
        (b"it32", &[0; 40]),
        (b"t8mk", &[0; 40]),
        (b"ich#", &[0; 40]),
        (b"icnV", &[0; 4]),
    ];
    for (elements, width, height) in [
        (&old[..], 128, 128),
        // An element may be empty, or too short for the signature of an embedded file.
        (&[(b"ics#", &[]), (b"icl4", &[0; 4])], 32, 32),
        (&[(b"ic07", &long), (b"ic08", &square)], 20, 20),
        (&[(b"ic07", &square), (b"ic08", &high)], 20, 20),
        (&[(b"ic07", &high), (b"ic08", &square)], 10, 40),
        // An embedded file's header states the dimensions, even if they are not the usual ones of
        // the element's type.
        (&[(b"ic09", &plain), (b"ic07", &[0; 40])], 700, 500),
        (&[(b"ic08", &jp2)], 300, 200),
        (&[(b"ic08", &j2k)], 300, 200),
        (&[(b"ic04", b"ARGB........"), (b"ic10", &plain)], 700, 500),
    ] {
        let image = expect_size(&others::icns(elements), width, height);
        assert_eq!((image.format, image.content_type()), (Format::Icns, "image/x-icns"));
    }
}

#[test]
fn elements_beyond_the_first_read_are_measured() {
    let [small, large] = [png::plain(64, 64), png::plain(1024, 1024)];
    let padded = [small, vec![0; 300_000]].concat();
    let file = others::icns(&[(b"icp6", &padded), (b"ic10", &large)]);
    assert_eq!(expect_reads("", &file, 2).width, 1024);
}

#[test]
fn broken_icons_are_corrupt() {
    expect_corrupt(&others::icns(&[(b"TOC ", &[0; 24])]), "no element is an image");
    let whole = others::icns(&[(b"ic10", &png::plain(1024, 1024)), (b"is32", &[0; 40])]);
    expect_corrupt(&whole[..100], "ends before the icon does");
    for length in [7, 200] {
        let file = others::icns(&[(b"is32", &[0; 40]), (b"il32", &[0; 40])]);
        expect_corrupt(&changed(file, &[(15, length)]), "length of an element");
    }
}
