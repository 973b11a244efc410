//! Images written by the encoders of the `image` crate.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use probe::Format;

use crate::drive::expect_size;

#[test]
fn encoded_images_are_measured() {
    let rgb: fn(u32, u32) -> DynamicImage = DynamicImage::new_rgb8;
    for (encoder, format, new) in [
        (ImageFormat::Bmp, Format::Bmp, rgb),
        (ImageFormat::Gif, Format::Gif, rgb),
        (ImageFormat::Ico, Format::Ico, rgb),
        (ImageFormat::Jpeg, Format::Jpeg, rgb),
        (ImageFormat::Png, Format::Png, rgb),
        (ImageFormat::Pnm, Format::Pnm, rgb),
        (ImageFormat::Qoi, Format::Qoi, rgb),
        (ImageFormat::Tga, Format::Tga, rgb),
        (ImageFormat::Tiff, Format::Tiff, rgb),
        (ImageFormat::WebP, Format::Webp, rgb),
        (ImageFormat::Hdr, Format::Hdr, DynamicImage::new_rgb32f),
        (ImageFormat::OpenExr, Format::Exr, DynamicImage::new_rgb32f),
        (ImageFormat::Farbfeld, Format::Farbfeld, DynamicImage::new_rgba16),
    ] {
        for (width, height) in [(1, 1), (7, 5), (256, 255)] {
            let object = encode(&new(width, height), encoder);
            assert_eq!(expect_size(&object, width, height).format, format);
        }
    }
}

#[test]
fn channels_and_bits_match_the_encoded_image() {
    for (image, encoder, bits, channels) in [
        (DynamicImage::new_luma8(3, 2), ImageFormat::Png, 8, 1),
        (DynamicImage::new_luma_a16(3, 2), ImageFormat::Png, 16, 2),
        (DynamicImage::new_rgb16(3, 2), ImageFormat::Png, 16, 3),
        (DynamicImage::new_rgba8(3, 2), ImageFormat::Png, 8, 4),
        (DynamicImage::new_rgb16(3, 2), ImageFormat::Tiff, 16, 3),
    ] {
        let found = expect_size(&encode(&image, encoder), 3, 2);
        assert_eq!((found.bits_per_channel, found.channels), (Some(bits), Some(channels)));
    }
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
