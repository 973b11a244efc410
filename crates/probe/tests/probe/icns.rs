//! ICNS.

use probe::Format;

use crate::drive::{expect_corrupt, expect_reads, expect_size};
use crate::images::{boxes, others, png};

#[test]
fn the_largest_element_is_measured() {
    let file = others::icns(&[
        (b"TOC ", &[0; 24]),
        (b"is32", &[0; 40]),
        (b"it32", &[0; 40]),
        (b"t8mk", &[0; 40]),
        (b"ich#", &[0; 40]),
        (b"icnV", &[0; 4]),
    ]);
    let image = expect_size(&file, 128, 128);
    assert_eq!((image.format, image.content_type()), (Format::Icns, "image/x-icns"));
    // An element may be too short for the signature of a file, or empty.
    expect_size(&others::icns(&[(b"ics#", &[]), (b"icl4", &[0; 4])]), 32, 32);
}

#[test]
fn the_area_tells_which_element_is_the_largest() {
    let [long, square, high] = [png::plain(100, 2), png::plain(20, 20), png::plain(10, 40)];
    expect_size(&others::icns(&[(b"ic07", &long), (b"ic08", &square)]), 20, 20);
    expect_size(&others::icns(&[(b"ic07", &square), (b"ic08", &high)]), 20, 20);
    expect_size(&others::icns(&[(b"ic07", &high), (b"ic08", &square)]), 10, 40);
}

#[test]
fn embedded_files_state_their_own_dimensions() {
    let plain = png::plain(700, 500);
    expect_size(&others::icns(&[(b"ic09", &plain), (b"ic07", &[0; 40])]), 700, 500);
    expect_size(&others::icns(&[(b"ic08", &boxes::jp2(300, 200))]), 300, 200);
    expect_size(&others::icns(&[(b"ic08", &boxes::j2k(300, 200, 1, 2))]), 300, 200);
    expect_size(&others::icns(&[(b"ic04", b"ARGB........"), (b"ic10", &plain)]), 700, 500);
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
    let mut cut = others::icns(&[(b"ic10", &png::plain(1024, 1024)), (b"is32", &[0; 40])]);
    cut.truncate(100);
    expect_corrupt(&cut, "ends before the icon does");
    let mut lengths = others::icns(&[(b"is32", &[0; 40]), (b"il32", &[0; 40])]);
    lengths[15] = 7;
    expect_corrupt(&lengths, "length of an element");
    lengths[15] = 200;
    expect_corrupt(&lengths, "length of an element");
}
