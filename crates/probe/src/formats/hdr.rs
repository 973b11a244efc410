//! Radiance HDR, the RGBE picture format of Radiance (its manual, "Picture file format").

use crate::source::{Parsed, Source, Stop};
use crate::{Format, Image};

/// Largest accepted header in bytes. Headers can be long, because each program that edits a picture
/// adds a line.
const MAX_HEADER: u64 = 64 << 10;

/// The result for text that happens to begin with the signature.
const NO_RESOLUTION: Stop =
    Stop::NotAnImage("it begins like Radiance HDR, but no resolution follows");

/// Reads the header's lines up to the first empty line, and the resolution in the next line.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut lines = Lines { source, position: 0 };
    let mut states_format = false;
    loop {
        match lines.next() {
            Ok(b"") => break,
            Ok(line) => states_format |= line.starts_with(b"FORMAT="),
            Err(Stop::Corrupt { .. } | Stop::UnsupportedFeature(_)) if !states_format => {
                return Err(NO_RESOLUTION);
            }
            Err(stop) => return Err(stop),
        }
    }
    let (width, height) = resolution(lines.next()?).ok_or(NO_RESOLUTION)?;
    let mut image = Image::new(Format::Hdr, width, height);
    image.channels = Some(3);
    image.animated = Some(false);
    image.has_alpha = Some(false);
    Ok(image)
}

/// Width and height in a line like `-Y 30 +X 40`: 30 scanlines of 40 pixels. The width is always
/// the length of a scanline. If the X axis comes first, the picture is stored rotated.
fn resolution(line: &[u8]) -> Option<(u32, u32)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace();
    let mut axis = |names: [&str; 4]| {
        let name = words.next().filter(|name| names.contains(name))?;
        Some((name.as_bytes()[1], words.next()?.parse().ok()?))
    };
    let ((first, scanlines), (second, length)) =
        (axis(["-Y", "+Y", "-X", "+X"])?, axis(["+X", "-X", "+Y", "-Y"])?);
    (first != second && words.next().is_none()).then_some((length, scanlines))
}

/// Walks over lines, which end with a line feed.
struct Lines<'a> {
    source: &'a Source<'a>,
    position: u64,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Parsed<&'a [u8]> {
        let known = self.source.known(self.position);
        if let Some(length) = known.iter().position(|byte| *byte == b'\n') {
            self.position += length as u64 + 1;
            return Ok(&known[..length]);
        }
        let end = self.position + known.len() as u64;
        if end < MAX_HEADER {
            self.source.u8(end)?;
        }
        Err(Stop::UnsupportedFeature("its header does not end within the first 64 KiB"))
    }
}
