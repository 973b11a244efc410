//! The ground truth: each file's format and dimensions according to Pillow.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// A file's true format, and its dimensions in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) format: String,
    pub(crate) width: u64,
    pub(crate) height: u64,
}

/// Reads a CSV file of truths, and returns them by the path of the image file. A file that Pillow
/// cannot open has the truth `None`.
pub(crate) fn read(path: &Path) -> Result<HashMap<String, Option<Truth>>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.ok_or_else(|| format!("{} has no column {name}", path.display()))
    };
    let columns = [
        column("path")?,
        column("format")?,
        column("width")?,
        column("height")?,
        column("orientation")?,
    ];
    let mut known = HashMap::new();
    for record in reader.records() {
        let record = record?;
        let [path, format, width, height, orientation] =
            columns.map(|column| record.get(column).unwrap_or_default());
        known.insert(path.to_owned(), truth(format, width, height, orientation));
    }
    Ok(known)
}

/// The truth that a row of the CSV file states, with width and height as [`probe::Image`] defines
/// them.
fn truth(format: &str, width: &str, height: &str, orientation: &str) -> Option<Truth> {
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    let turned = matches!(orientation, "5" | "6" | "7" | "8");
    let (width, height) = match format {
        // The truth is what a decoder outputs. A TIFF decoder ignores the orientation, but Pillow
        // swaps the sides if the orientation is 5 to 8. An AVIF decoder rotates the image (`irot`),
        // but Pillow reports the sides before the rotation, and the rotation as the orientation.
        "TIFF" | "AVIF" if turned => (height, width),
        _ => (width, height),
    };
    // If a JPEG file has several pictures, Pillow calls its format MPO.
    let format = if format == "MPO" { "JPEG" } else { format };
    Some(Truth { format: format.to_owned(), width, height })
}

impl Truth {
    /// True if `width` and `height` are the true dimensions of `object`.
    pub(crate) fn matches(&self, object: &[u8], width: u64, height: u64) -> bool {
        if (self.width, self.height) == (width, height) {
            return true;
        }
        // Pillow ignores the clean aperture of an AVIF file. Browsers and the probe crop to an
        // aperture that begins at the top left. So the aperture's dimensions are also accepted, in
        // either order: the image may be rotated.
        let aperture = clean_aperture(object).filter(|_| self.format == "AVIF");
        aperture.is_some_and(|sides| sides == (width, height) || sides == (height, width))
    }
}

/// Width and height in pixels in the first `clap` property of an AVIF file. This function searches
/// the file for the bytes of the box's header. It does not use the box parser, because the survey
/// tests that parser.
fn clean_aperture(avif: &[u8]) -> Option<(u64, u64)> {
    let position = avif.windows(8).position(|bytes| bytes == b"\0\0\0\x28clap")?;
    let number = |index: usize| {
        let bytes = avif.get(position + 8 + 4 * index..)?.first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*bytes)))
    };
    Some((number(0)?.checked_div(number(1)?)?, number(2)?.checked_div(number(3)?)?))
}
