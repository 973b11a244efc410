//! ICNS, the icons of Apple's systems (Apple, `IconStorage.h` and "Icon Services").

use super::{jp2, png};
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the file header, and of the header of each element, in bytes: type and length.
const HEADER: u64 = 8;

/// Number of bytes to request in one read from the start of an element. Most elements are small, so
/// these bytes usually include the next element.
const NEIGHBORHOOD: u64 = 16 << 10;

/// Types of elements that contain an image, each with the usual width and height of the image in
/// pixels.
const ELEMENTS: &[(&[u8; 4], u32, u32)] = &[
    (b"icm#", 16, 12),
    (b"icm4", 16, 12),
    (b"icm8", 16, 12),
    (b"ics#", 16, 16),
    (b"ics4", 16, 16),
    (b"ics8", 16, 16),
    (b"is32", 16, 16),
    (b"icp4", 16, 16),
    (b"ic04", 16, 16),
    (b"icsb", 18, 18),
    (b"sb24", 24, 24),
    (b"ICON", 32, 32),
    (b"ICN#", 32, 32),
    (b"icl4", 32, 32),
    (b"icl8", 32, 32),
    (b"il32", 32, 32),
    (b"icp5", 32, 32),
    (b"ic05", 32, 32),
    (b"ic11", 32, 32),
    (b"icsB", 36, 36),
    (b"ich#", 48, 48),
    (b"ich4", 48, 48),
    (b"ich8", 48, 48),
    (b"ih32", 48, 48),
    (b"SB24", 48, 48),
    (b"icp6", 64, 64),
    (b"ic12", 64, 64),
    (b"it32", 128, 128),
    (b"ic07", 128, 128),
    (b"ic08", 256, 256),
    (b"ic13", 256, 256),
    (b"ic09", 512, 512),
    (b"ic14", 512, 512),
    (b"ic10", 1024, 1024),
];

/// Measures the element with the largest area. If several elements have this area, the first is
/// measured.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let end = u64::from(source.u32_be(4)?);
    if end > source.size() {
        return corrupt("the object ends before the icon does", source.size());
    }
    let mut position = HEADER;
    let mut largest = (0, 0);
    while position + HEADER <= end {
        source.bytes_until(position, 8, position + NEIGHBORHOOD)?;
        let [k0, k1, k2, k3, length @ ..] = source.array::<8>(position)?;
        let next = position + u64::from(u32::from_be_bytes(length));
        if next < position + HEADER || next > end {
            return corrupt("the length of an element makes no sense", position);
        }
        if let Some(usual) = usual_dimensions([k0, k1, k2, k3]) {
            let found = embedded(source, position + HEADER, next)?.unwrap_or(usual);
            if area(found) > area(largest) {
                largest = found;
            }
        }
        position = next;
    }
    if area(largest) == 0 {
        return corrupt("no element is an image", HEADER);
    }
    let mut image = Image::new(Format::Icns, largest.0, largest.1);
    image.animated = Some(false);
    Ok(image)
}

/// The usual width and height of an element of this type; `None` if elements of this type are not
/// images. A PNG or JPEG 2000 file within the element may state other dimensions.
fn usual_dimensions(kind: [u8; 4]) -> Option<(u32, u32)> {
    let (_, width, height) = ELEMENTS.iter().find(|(known, ..)| **known == kind)?;
    Some((*width, *height))
}

/// Width and height of the PNG or JPEG 2000 file in an element whose content extends from `start`
/// to `end`; `None` for other content, such as a bitmap.
fn embedded(source: &Source<'_>, start: u64, end: u64) -> Parsed<Option<(u32, u32)>> {
    if end - start < 12 {
        return Ok(None);
    }
    let image = match source.array::<12>(start)? {
        [0x89, b'P', b'N', b'G', ..] => png::header(source, start + 8)?,
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => {
            jp2::parse_within(source, start, end)?
        }
        _ => return Ok(None),
    };
    Ok(Some((image.width, image.height)))
}

fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}
