//! EXIF metadata items (ISO/IEC 23008-12, annex A.2.1).

use super::{Items, locations};
use crate::source::{Parsed, Source};
use crate::{Image, exif};

/// Number of bytes, from the start of an EXIF item, to request in one read. Most EXIF items are
/// shorter.
const LIKELY: u64 = 64 << 10;

/// Maximum number of EXIF items among which [`add_exif`] chooses.
const MAX_ITEMS: usize = 16;

/// Adds to `image` the facts in the EXIF metadata of the item `id`. The metadata is in the EXIF
/// item that has a `cdsc` reference to the item `id`. Some writers forget this reference. If no
/// EXIF item refers to the item `id`, the first EXIF item is read.
pub(super) fn add_exif(items: &Items<'_>, id: u32, image: &mut Image) -> Parsed<()> {
    let all = items.of_type(*b"Exif", MAX_ITEMS)?;
    let Some(first) = all.first() else { return Ok(()) };
    let describing = items.find_reference(|reference| {
        let is_about = reference.kind == *b"cdsc" && reference.first_to == id;
        Ok(is_about && all.contains(&reference.from))
    })?;
    let item = describing.map_or(*first, |reference| reference.from);
    if let Some(exif) = locations::read(items, item, read)? {
        image.take_exif(exif);
    }
    Ok(())
}

/// Reads the data of an EXIF item. The first field of the data states the distance from the field's
/// end to the TIFF structure. The TIFF structure usually has the prefix `Exif\0\0`, as in JPEG
/// files.
fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<exif::Exif> {
    let likely_end = end.min(start.saturating_add(LIKELY));
    source.bytes_until(start, 4, likely_end)?;
    let distance = source.u32_be(start)?;
    exif::read(source, start.saturating_add(4).saturating_add(distance.into()), end)
}
