//! BMP (Microsoft, "Bitmap Storage"), with the headers of OS/2 1.x and 2.x, and DIB, which is BMP
//! without the file header.

use crate::image::{ColorSpace, Density, Unit};
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Offset in bytes of the information header, which follows the file header.
const INFO: u64 = 14;

/// Largest side in pixels of a DIB. A DIB has no signature, so a larger number is probably not a
/// dimension but other data.
const MAX_DIB_SIDE: u32 = 0xFFFF;

/// Reads the information header. The file header states none of the facts that the probe reports.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    header(source, INFO)
}

/// Reads the information header, with which a DIB begins.
pub(crate) fn parse_dib(source: &Source<'_>) -> Parsed<Image> {
    let mut image = header(source, 0)?;
    image.format = Format::Dib;
    Ok(image)
}

/// True if `start`, the first bytes of an object, looks like the information header of a DIB. A DIB
/// has no signature. So the function is called only if the key suggests a DIB, and checks more
/// fields than the parser does.
pub(crate) fn is_dib(start: &[u8]) -> bool {
    let u16_at = |at: usize| {
        let bytes = start.get(at..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
    };
    let u32_at = |at: usize| u32::from(u16_at(at)) | u32::from(u16_at(at + 2)) << 16;
    let is_side = |side: u32| (1..=MAX_DIB_SIDE).contains(&side);
    match u32_at(0) {
        12 => {
            let (width, height) = (u16_at(4).into(), u16_at(6).into());
            is_side(width) && is_side(height) && u16_at(8) == 1 && is_depth(u16_at(10), 0)
        }
        40 | 52 | 56 | 64 | 108 | 124 => {
            let (width, height) = (u32_at(4), u32_at(8).cast_signed().unsigned_abs());
            let depth = (u16_at(14), u32_at(16));
            is_side(width) && is_side(height) && u16_at(12) == 1 && is_depth(depth.0, depth.1)
        }
        _ => false,
    }
}

/// Reads the information header at `start`. The first field is the header's size, which identifies
/// the kind of header.
pub(super) fn header(source: &Source<'_>, start: u64) -> Parsed<Image> {
    match source.u32_le(start)? {
        12 => core(source, start),
        // Windows headers have 40, 52, 56, 108 or 124 bytes. OS/2 2.x headers have 16 to 64 bytes.
        16..=64 | 108 | 124 => info(source, start),
        _ => corrupt("the header size matches no known BMP header", start),
    }
}

/// Reads a BITMAPCOREHEADER, which has unsigned 16-bit dimensions.
fn core(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let (width, height) = (source.u16_le(start + 4)?, source.u16_le(start + 6)?);
    image(width.into(), height.into(), source.u16_le(start + 10)?, 0, start + 10)
}

/// Reads a BITMAPINFOHEADER, one of its successors, or an OS/2 2.x header. All of them have 32-bit
/// dimensions, which are signed. A negative height means that rows are stored top-down.
fn info(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let width = source.u32_le(start + 4)?.cast_signed();
    let height = source.u32_le(start + 8)?.cast_signed();
    if width < 0 || height == i32::MIN {
        return corrupt("the dimensions are negative", start + 4);
    }
    let length = source.u32_le(start)?;
    // Headers shorter than 20 bytes end before the compression field.
    let compression = if length < 20 { 0 } else { source.u32_le(start + 16)? };
    let depth = source.u16_le(start + 14)?;
    let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
    let mut image = image(width, height, depth, compression, start + 14)?;
    if length >= 40 {
        image.density = source.optional(density(source, start))?.flatten();
    }
    if matches!(depth, 16 | 32 | 64) {
        // Headers of at least 56 bytes contain a mask for alpha. For shorter headers, decoders
        // disagree on whether there is alpha.
        image.has_alpha = match length {
            56.. => source.optional(has_alpha_mask(source, start))?,
            _ => None,
        };
    }
    Ok(image)
}

/// The density, in dots per meter.
fn density(source: &Source<'_>, start: u64) -> Parsed<Option<Density>> {
    Ok(Density::of_integers(source.u32_le(start + 24)?, source.u32_le(start + 28)?, Unit::Meter))
}

/// True if the color masks include one for alpha.
fn has_alpha_mask(source: &Source<'_>, start: u64) -> Parsed<bool> {
    Ok(source.u32_le(start + 52)? != 0)
}

/// The image with these fields of the header. `offset` is the position that an error states.
fn image(
    width: u32,
    height: u32,
    bits_per_pixel: u16,
    compression: u32,
    offset: u64,
) -> Parsed<Image> {
    if !is_depth(bits_per_pixel, compression) {
        return corrupt("the bits per pixel or the compression make no sense", offset);
    }
    let mut image = Image::new(Format::Bmp, width, height);
    image.animated = Some(false);
    image.color_space = match compression {
        4 | 5 => None,
        11..=13 => Some(ColorSpace::Cmyk),
        _ => Some(ColorSpace::Rgb),
    };
    // With 16 bits per pixel, the bits per channel depend on the masks for red, green and blue,
    // which are not read. With 0, they depend on an embedded JPEG or PNG, which is not read.
    let mut image = match bits_per_pixel {
        1 | 2 | 4 | 8 => image.with_samples(bits_per_pixel.to_le_bytes()[0], 1),
        24 => image.with_samples(8, 3),
        32 => image.with_samples(8, 4),
        _ => image,
    };
    image.has_alpha = matches!(bits_per_pixel, 1..=24).then_some(false);
    Ok(image)
}

/// True if the compression is known and allows this number of bits per pixel. The known
/// compressions are `BI_RGB` to `BI_ALPHABITFIELDS` (0 to 6) and those for CMYK (11 to 13). Only an
/// embedded JPEG (4) or PNG (5) may state zero bits.
fn is_depth(bits_per_pixel: u16, compression: u32) -> bool {
    match compression {
        4 | 5 if bits_per_pixel == 0 => true,
        0..=6 | 11..=13 => matches!(bits_per_pixel, 1 | 2 | 4 | 8 | 16 | 24 | 32 | 64),
        _ => false,
    }
}
