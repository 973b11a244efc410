//! EXR (the file layout of `OpenEXR`).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Maximum length in bytes of the name of an attribute or of a type. Names of more than 31 bytes
/// are valid only if a flag is set; the probe does not check the flag.
const MAX_NAME: usize = 255;

/// Reads the attributes of the first header. The attribute `dataWindow` states the extent of the
/// stored raster.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let [version, flags, reserved @ ..] = source.array::<4>(4)?;
    if version != 2 || flags & !0x1E != 0 || reserved != [0, 0] {
        return corrupt("the version or its flags make no sense", 4);
    }
    let mut attributes = Attributes { source, position: 8 };
    let mut found = None;
    while let Some(attribute) = attributes.next()? {
        if attribute.name != b"dataWindow" || attribute.kind != b"box2i" {
            continue;
        }
        let window = data_window(source, attribute.value)?;
        // If the header has several data windows, `OpenEXR` uses the last, and other readers the
        // first. The windows must therefore be equal.
        if *found.get_or_insert(window) != window {
            return corrupt("two data windows contradict each other", attribute.value);
        }
    }
    match found {
        Some((width, height)) => Ok(Image::new(Format::Exr, width, height)),
        None => corrupt("the header has no data window", attributes.position),
    }
}

/// Width and height of a `box2i`, which consists of the smallest and the largest coordinates in
/// pixels.
fn data_window(source: &Source<'_>, start: u64) -> Parsed<(u32, u32)> {
    let field = |index: u64| source.u32_le(start + 4 * index).map(u32::cast_signed);
    let side = |from: i32, to: i32| u32::try_from(i64::from(to) - i64::from(from) + 1).unwrap_or(0);
    Ok((side(field(0)?, field(2)?), side(field(1)?, field(3)?)))
}

struct Attribute<'a> {
    name: &'a [u8],
    kind: &'a [u8],
    /// Offset of the value, in bytes from the object's start.
    value: u64,
}

/// Walks over attributes. Each consists of a name, a type, the value's size, and the value.
struct Attributes<'a> {
    source: &'a Source<'a>,
    position: u64,
}

impl<'a> Attributes<'a> {
    /// The next attribute, or `None` at the empty name that ends the header.
    fn next(&mut self) -> Parsed<Option<Attribute<'a>>> {
        let name = self.name()?;
        if name.is_empty() {
            return Ok(None);
        }
        let kind = self.name()?;
        let size = self.source.u32_le(self.position)?;
        let value = self.position + 4;
        self.position = value + u64::from(size);
        Ok(Some(Attribute { name, kind, value }))
    }

    /// Reads a name, which ends with a zero byte.
    fn name(&mut self) -> Parsed<&'a [u8]> {
        let known = self.source.known(self.position);
        let known = known.get(..=MAX_NAME).unwrap_or(known);
        if let Some(length) = known.iter().position(|byte| *byte == 0) {
            self.position += length as u64 + 1;
            return Ok(&known[..length]);
        }
        if known.len() <= MAX_NAME {
            self.source.u8(self.position + known.len() as u64)?;
        }
        corrupt("the name of an attribute is too long", self.position)
    }
}
