//! Uncompressed pixels, the input of the encoders.

/// An RGB image: three bytes per pixel, rows from top to bottom.
#[derive(Debug)]
pub(super) struct Raster {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) rgb: Vec<u8>,
}

impl Raster {
    /// Draws a smooth gradient from corner to corner.
    pub(super) fn gradient(width: u16, height: u16) -> Self {
        let mut rgb = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
        for y in 0..height {
            for x in 0..width {
                let (across, down) = (share(x, width), share(y, height));
                rgb.extend([across, down, 255 - across / 2 - down / 2]);
            }
        }
        Self { width, height, rgb }
    }
}

/// Scales `part`, from 0 to `whole`, to the range from 0 to 255.
fn share(part: u16, whole: u16) -> u8 {
    let share = u32::from(part) * 255 / u32::from(whole).max(1);
    u8::try_from(share).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradient_has_three_bytes_per_pixel() {
        let raster = Raster::gradient(7, 3);
        assert_eq!(raster.rgb.len(), 63);
        assert_eq!(raster.rgb[..3], [0, 0, 255]);
    }
}
