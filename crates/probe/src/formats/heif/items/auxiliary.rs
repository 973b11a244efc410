//! Auxiliary items, such as alpha planes (ISO/IEC 23008-12, 6.5.8).

use super::{FULL_BOX, Items};
use crate::isobmff::Box;
use crate::source::{Parsed, Source, corrupt};

/// Types of auxiliary items that are alpha planes. The first is for any coding format, the second
/// for HEVC.
const ALPHA: [&[u8]; 2] =
    [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0"];

/// Maximum number of auxiliary items that are examined for one item. The maximum is small, because
/// the search for the properties of each auxiliary item walks over the associations of all items.
const MAX_AUXILIARY: u32 = 4;

/// Maximum size in bytes of the `iprp` box. If the box is larger, the search for alpha planes is
/// skipped.
const MAX_PROPERTIES: u64 = 1 << 20;

/// True if an alpha plane refers to the item `id`, or to the first item from which that item is
/// derived. `libavif` accepts an alpha plane that refers to the first tile of a grid.
pub(super) fn has_alpha(items: &Items<'_>, id: u32) -> Parsed<bool> {
    let Some(iprp) = items.child(*b"iprp")? else { return Ok(false) };
    if iprp.end.saturating_sub(iprp.content) > MAX_PROPERTIES {
        return corrupt("the properties are too many to be searched", iprp.content);
    }
    let tile = items.find_reference(|it| Ok(it.kind == *b"dimg" && it.from == id))?;
    let tile = tile.map(|reference| reference.first_to);
    let mut left = MAX_AUXILIARY;
    let alpha = items.find_reference(|reference| {
        let to = reference.first_to;
        if reference.kind != *b"auxl" || to != id && Some(to) != tile {
            return Ok(false);
        }
        left = match left {
            0 => return Ok(false),
            _ => left - 1,
        };
        for property in items.properties(iprp, reference.from)? {
            if property.kind == *b"auxC" && is_alpha(items.source, property)? {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    Ok(alpha.is_some())
}

/// True if an `auxC` property states the type of an alpha plane.
fn is_alpha(source: &Source<'_>, property: Box) -> Parsed<bool> {
    let start = property.content + FULL_BOX;
    for alpha in ALPHA {
        let length = alpha.len() as u64;
        if start + length <= property.end && source.bytes(start, alpha.len())? == alpha {
            return Ok(true);
        }
    }
    Ok(false)
}
