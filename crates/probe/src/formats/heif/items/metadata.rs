//! EXIF metadata items (ISO/IEC 23008-12, annex A.2.1).

use super::{Items, locations};
use crate::source::{Parsed, Source};
use crate::{Image, exif};

/// Bytes to read at once from the start of an item, because most are shorter.
const LIKELY: u64 = 64 << 10;

/// Adds the facts in the EXIF metadata of the item `id` to the image: those of an item that
/// describes it (`cdsc`), or else of the first one, because some writers forget the reference.
pub(super) fn add_exif(items: &Items<'_>, id: u32, image: &mut Image) -> Parsed<()> {
    let is_exif = |kind: [u8; 4]| kind == *b"Exif";
    let describing = items.find(|item, kind| {
        let is_about = |reference: &super::Reference| {
            let is_description = reference.kind == *b"cdsc";
            Ok(is_description && reference.from == item && reference.first_to == id)
        };
        Ok(is_exif(kind) && items.find_reference(is_about)?.is_some())
    })?;
    let found = match describing {
        Some(item) => Some(item),
        None => items.find(|_, kind| Ok(is_exif(kind)))?,
    };
    if let Some(item) = found
        && let Some(exif) = locations::read(items, item, read)?
    {
        image.take_exif(exif);
    }
    Ok(())
}

/// Reads the data of an item: the distance of the TIFF structure, which usually has the prefix of
/// JPEG files before it, from the end of this field.
fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<exif::Exif> {
    let likely_end = end.min(start.saturating_add(LIKELY));
    source.bytes_until(start, 4, likely_end)?;
    let distance = source.u32_be(start)?;
    exif::read(source, start.saturating_add(4).saturating_add(distance.into()), end)
}
