//! BMP (Microsoft, "Bitmap Storage"), with the headers of OS/2 1.x and 2.x.

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Offset in bytes of the information header, which follows the file header.
const INFO: u64 = 14;

/// Reads the information header. Its first field, its size, identifies its kind.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    match source.u32_le(INFO)? {
        12 => core(source),
        16..=256 => info(source),
        _ => corrupt("the header size matches no known BMP header", INFO),
    }
}

/// Reads a BITMAPCOREHEADER, which has unsigned 16-bit dimensions.
fn core(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u16_le(INFO + 4)?, source.u16_le(INFO + 6)?);
    Ok(image(width.into(), height.into(), source.u16_le(INFO + 10)?))
}

/// Reads a BITMAPINFOHEADER or one of its successors, which have signed 32-bit dimensions. A
/// negative height means that rows are stored top-down.
fn info(source: &Source<'_>) -> Parsed<Image> {
    let width = source.u32_le(INFO + 4)?.cast_signed();
    let height = source.u32_le(INFO + 8)?.cast_signed();
    if width < 0 || height == i32::MIN {
        return corrupt("the dimensions are negative", INFO + 4);
    }
    Ok(image(width.unsigned_abs(), height.unsigned_abs(), source.u16_le(INFO + 14)?))
}

fn image(width: u32, height: u32, bits_per_pixel: u16) -> Image {
    let mut image = Image::new(Format::Bmp, width, height);
    image.animated = Some(false);
    // With 16 bits per pixel, the bits per channel depend on the colour masks.
    match bits_per_pixel {
        1 | 2 | 4 | 8 => image.with_samples(bits_per_pixel.to_le_bytes()[0], 1),
        24 => image.with_samples(8, 3),
        32 => image.with_samples(8, 4),
        _ => image,
    }
}
