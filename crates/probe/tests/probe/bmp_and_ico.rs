//! BMP, ICO and CUR.

use probe::Format;

use crate::drive::{expect_corrupt, expect_size};
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
}

#[test]
fn the_largest_icon_is_measured_by_its_own_header() {
    let small = (16, 16, others::icon_bitmap(16, 16));
    let large = (0, 0, png::plain(512, 300));
    let image = expect_size(&others::ico(1, &[small.clone(), large, small.clone()]), 512, 300);
    assert_eq!((image.format, image.content_type()), (Format::Ico, "image/vnd.microsoft.icon"));
    let wrong_entry = (48, 48, others::icon_bitmap(40, 30));
    let image = expect_size(&others::ico(2, &[wrong_entry, small]), 40, 30);
    assert_eq!(image.format, Format::Cur);
}

#[test]
fn icons_without_an_image_are_corrupt() {
    expect_corrupt(&others::ico(1, &[(16, 16, vec![0; 64])]), "neither PNG nor bitmap");
    expect_corrupt(&others::ico(1, &[(16, 16, vec![])]), "ends within");
}
