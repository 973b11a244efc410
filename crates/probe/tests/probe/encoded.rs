//! Images written by the encoders of the `image` crate.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use probe::Format;

use crate::drive::expect_size;

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn encoded_images_are_measured() {
    for (encoder, format) in [
        (ImageFormat::Bmp, Format::Bmp),
        (ImageFormat::Gif, Format::Gif),
        (ImageFormat::Ico, Format::Ico),
        (ImageFormat::Jpeg, Format::Jpeg),
        (ImageFormat::Png, Format::Png),
        (ImageFormat::Pnm, Format::Pnm),
        (ImageFormat::Qoi, Format::Qoi),
        (ImageFormat::Tga, Format::Tga),
        (ImageFormat::Tiff, Format::Tiff),
        (ImageFormat::WebP, Format::Webp),
    ] {
        for (width, height) in [(1, 1), (7, 5), (256, 255)] {
            let found = expect_size(
                &encode(&DynamicImage::new_rgb8(width, height), encoder),
                width,
                height,
            );
            assert_eq!(found.format, format);
        }
    }
}

#[test]
fn high_dynamic_range_is_measured() {
    let image = DynamicImage::new_rgb32f(7, 5);
    assert_eq!(expect_size(&encode(&image, ImageFormat::Hdr), 7, 5).format, Format::Hdr);
    assert_eq!(expect_size(&encode(&image, ImageFormat::OpenExr), 7, 5).format, Format::Exr);
    let image = DynamicImage::new_rgba16(7, 5);
    assert_eq!(expect_size(&encode(&image, ImageFormat::Farbfeld), 7, 5).format, Format::Farbfeld);
}

#[test]
fn channels_and_bits_match_the_encoded_image() {
    let cases = [
        (DynamicImage::new_luma8(3, 2), 8, 1),
        (DynamicImage::new_luma_a16(3, 2), 16, 2),
        (DynamicImage::new_rgb16(3, 2), 16, 3),
        (DynamicImage::new_rgba8(3, 2), 8, 4),
    ];
    for (image, bits, channels) in cases {
        let found = expect_size(&encode(&image, ImageFormat::Png), 3, 2);
        assert_eq!((found.bits_per_channel, found.channels), (Some(bits), Some(channels)));
    }
    let found = expect_size(&encode(&DynamicImage::new_rgb16(3, 2), ImageFormat::Tiff), 3, 2);
    assert_eq!((found.bits_per_channel, found.channels), (Some(16), Some(3)));
}
