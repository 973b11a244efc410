//! One encoder per format. Uncompressed BMP and TIFF files consist of headers and pixels only, so
//! this module encodes them itself. Libraries encode the other formats.

use super::raster::Raster;

/// Error of any encoder.
pub(super) type EncodeError = Box<dyn std::error::Error + Send + Sync>;

pub(super) fn jpeg(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 85).encode(
        &raster.rgb,
        raster.width,
        raster.height,
        jpeg_encoder::ColorType::Rgb,
    )?;
    Ok(bytes)
}

pub(super) fn png(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    let (width, height) = (raster.width.into(), raster.height.into());
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&raster.rgb)?;
    writer.finish()?;
    Ok(bytes)
}

pub(super) fn gif(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    // A palette for any image: three bits each for red and green, two for blue.
    let palette: Vec<u8> =
        (0..=255_u8).flat_map(|index| [index & 0xe0, (index << 3) & 0xe0, index << 6]).collect();
    let pixels: Vec<u8> = raster
        .rgb
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[red, green, blue]| (red & 0xe0) | ((green & 0xe0) >> 3) | (blue >> 6))
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, raster.width, raster.height, &palette)?;
    encoder.write_frame(&gif::Frame::from_indexed_pixels(
        raster.width,
        raster.height,
        pixels,
        None,
    ))?;
    drop(encoder);
    Ok(bytes)
}

pub(super) fn webp(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    let (width, height) = (raster.width.into(), raster.height.into());
    image_webp::WebPEncoder::new(&mut bytes).encode(
        &raster.rgb,
        width,
        height,
        image_webp::ColorType::Rgb8,
    )?;
    Ok(bytes)
}

/// Encodes `BITMAPFILEHEADER` and `BITMAPINFOHEADER`, followed by the rows from bottom to top. The
/// three bytes of a pixel are blue, green and red, and each row is padded to a multiple of four
/// bytes. See <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>.
pub(super) fn bmp(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    const HEADERS: u32 = 14 + 40;
    let row = usize::from(raster.width) * 3;
    let padding = row.next_multiple_of(4) - row;
    let mut pixels = Vec::new();
    for line in raster.rgb.chunks_exact(row).rev() {
        for [red, green, blue] in line.as_chunks::<3>().0 {
            pixels.extend([blue, green, red]);
        }
        pixels.extend(std::iter::repeat_n(0, padding));
    }
    let size = u32::try_from(pixels.len())?;
    let mut bytes = b"BM".to_vec();
    for value in [HEADERS + size, 0, HEADERS, 40, raster.width.into(), raster.height.into()] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]); // one plane, 24 bits per pixel
    for value in [0, size, 2835, 2835, 0, 0] {
        bytes.extend(value.to_le_bytes()); // uncompressed, 72 dpi, no palette
    }
    bytes.extend(pixels);
    Ok(bytes)
}

/// Encodes a little-endian TIFF with a single strip. The directory precedes the pixels. See TIFF
/// 6.0, sections 2 and 6.
pub(super) fn tiff(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    const ENTRIES: u16 = 9;
    // Offset of the three values of BitsPerSample. They follow the header and the directory, which
    // consists of a count, the entries, and the offset of the next directory.
    const BITS: u32 = 8 + 2 + ENTRIES as u32 * 12 + 4;
    const PIXELS: u32 = BITS + 6;
    let size = u32::try_from(raster.rgb.len())?;
    let entries: [(u16, u16, u32, u32); ENTRIES as usize] = [
        (256, SHORT, 1, raster.width.into()),  // ImageWidth
        (257, SHORT, 1, raster.height.into()), // ImageLength
        (258, SHORT, 3, BITS),                 // BitsPerSample
        (259, SHORT, 1, 1),                    // Compression: none
        (262, SHORT, 1, 2),                    // PhotometricInterpretation: RGB
        (273, LONG, 1, PIXELS),                // StripOffsets
        (277, SHORT, 1, 3),                    // SamplesPerPixel
        (278, SHORT, 1, raster.height.into()), // RowsPerStrip
        (279, LONG, 1, size),                  // StripByteCounts
    ];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(ENTRIES.to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]); // no next directory
    bytes.extend([8, 0, 8, 0, 8, 0]);
    bytes.extend(&raster.rgb);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn bmp_header_is_consistent() {
        let bytes = bmp(&Raster::gradient(5, 3)).unwrap();
        assert_eq!(little(&bytes, 2) as usize, bytes.len());
        assert_eq!((little(&bytes, 18), little(&bytes, 22)), (5, 3));
        // Rows of 15 bytes are padded to 16.
        assert_eq!(bytes.len(), 54 + 3 * 16);
    }

    #[test]
    fn tiff_strip_ends_with_the_file() {
        let bytes = tiff(&Raster::gradient(5, 3)).unwrap();
        let entry = |index: usize| little(&bytes, 10 + index * 12 + 8);
        assert_eq!((entry(0), entry(1)), (5, 3));
        assert_eq!((entry(5) + entry(8)) as usize, bytes.len());
    }
}
