//! PNG, APNG and `CgBI`.

use crate::drive::{expect_corrupt, expect_size};
use crate::images::{exif, png};

#[test]
fn png_facts_are_read_up_to_the_image_data() {
    let data = png::chunk(b"IDAT", b"data");
    let exif = png::chunk(b"eXIf", &exif::big_endian(8));
    let animated = png::chunk(b"acTL", &[0; 8]);
    let file = png::file(&[png::header(3, 2, 16, 4), exif, animated, data.clone()]);
    let image = expect_size(&file, 3, 2);
    assert_eq!((image.bits_per_channel, image.channels), (Some(16), Some(2)));
    assert_eq!(image.orientation.unwrap().get(), 8);
    assert_eq!(image.animated, Some(true));
    let still = expect_size(&png::file(&[png::header(3, 2, 1, 3), data]), 3, 2);
    assert_eq!((still.bits_per_channel, still.channels), (Some(1), Some(1)));
    assert_eq!((still.orientation, still.animated), (None, Some(false)));
}

#[test]
fn a_cgbi_chunk_may_precede_ihdr() {
    let cgbi = png::chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    expect_size(&png::file(&[cgbi, png::header(3, 2, 8, 6)]), 3, 2);
}

#[test]
fn broken_png_headers_are_corrupt() {
    let mut damaged = png::plain(3, 2);
    damaged[19] = 9;
    expect_corrupt(&damaged, "checksum");
    expect_corrupt(&png::file(&[png::header(0, 2, 8, 2)]), "zero");
    expect_corrupt(&png::file(&[png::header(1 << 31, 2, 8, 2)]), "implausibly large");
    expect_corrupt(&png::file(&[png::header(3, 2, 4, 2)]), "bit depth");
    expect_corrupt(&png::file(&[png::chunk(b"IDAT", &[0; 13])]), "not IHDR");
}
