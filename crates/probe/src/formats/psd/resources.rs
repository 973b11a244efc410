//! Image resources of PSD files: density, ICC profile and EXIF metadata.

use crate::image::{Density, Unit};
use crate::source::{Parsed, Source, corrupt};
use crate::{Image, exif, icc};

const RESOLUTION: u16 = 1005;
const ICC_PROFILE: u16 = 1039;
const EXIF: u16 = 1058;

/// Number of bytes to request in one read from the start of a resource. Most resources are small,
/// so these bytes usually include the next resource.
const NEIGHBORHOOD: u64 = 16 << 10;

/// Adds to `image` the facts in the image resources, which follow the color mode data. The color
/// mode data begins at `start`.
pub(super) fn read(source: &Source<'_>, start: u64, image: &mut Image) -> Parsed<()> {
    let start = start + 4 + u64::from(source.u32_be(start)?);
    let end = start + 4 + u64::from(source.u32_be(start)?);
    let mut position = start + 4;
    let (mut metadata, mut profile) = (None, None);
    while position + 12 <= end {
        source.bytes_until(position, 12, end.min(position + NEIGHBORHOOD))?;
        let [s0, s1, s2, s3, id @ .., name] = source.array::<7>(position)?;
        if ![b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"].contains(&&[s0, s1, s2, s3]) {
            return corrupt("an image resource has no signature", position);
        }
        // The name, with its length byte before it, is padded to an even number of bytes. The
        // length of the data follows.
        let size = position + 6 + (1 + u64::from(name)).next_multiple_of(2);
        let (length, data) = (u64::from(source.u32_be(size)?), size + 4);
        match u16::from_be_bytes(id) {
            RESOLUTION => image.density = source.optional(density(source, data))?.flatten(),
            ICC_PROFILE if profile.is_none() => {
                profile = Some(icc::read(source, data, data + length)?);
            }
            EXIF if metadata.is_none() => {
                metadata = Some(exif::read(source, data, data + length)?);
            }
            _ => {}
        }
        position = data + length + length % 2;
    }
    image.take_exif(metadata.unwrap_or_default());
    if let Some(profile) = profile {
        image.take_profile(profile);
    }
    Ok(())
}

/// The density. Each direction has a fixed-point number and two units for display. The number is
/// always in dots per inch, because the units affect only the display.
fn density(source: &Source<'_>, data: u64) -> Parsed<Option<Density>> {
    let (x, y) = (source.u32_be(data)?, source.u32_be(data + 8)?);
    Ok(Density::new((x, 1 << 16), (y, 1 << 16), Unit::Inch))
}
