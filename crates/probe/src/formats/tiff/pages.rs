//! The pages of a TIFF file, each of which has a directory.

use crate::ifd::Structure;
use crate::source::Parsed;

const NEW_SUBFILE_TYPE: u16 = 254;

/// Bits of `NewSubfileType` (TIFF 6.0, section 8) that mark an image as a smaller version or the
/// transparency mask of another image.
const NO_PAGE: u64 = 1 | 4;

/// Maximum distance in bytes from the end of a directory to the next directory. If the distance is
/// longer, the pages are not counted, because directories that are scattered over the file would
/// take a read each.
const NEAR: u64 = 128 << 10;

/// Maximum number of directories to read.
const MAX_DIRECTORIES: u32 = 1000;

/// Maximum number of entries to read, in all directories together.
const MAX_ENTRIES: u32 = 100_000;

/// The number of pages; `None` if the directories are too many, too long or too far apart.
pub(super) fn count(structure: &Structure<'_>) -> Parsed<Option<u32>> {
    let (mut pages, mut entries_left) = (0, MAX_ENTRIES);
    let mut offset = structure.first_offset()?;
    for _ in 0..MAX_DIRECTORIES {
        let mut entries = structure.directory(offset)?;
        let mut kind = 0;
        while let Some(entry) = entries.next()? {
            if entry.tag() == NEW_SUBFILE_TYPE {
                kind = entry.first_integer()?;
            }
            let Some(left) = entries_left.checked_sub(1) else { return Ok(None) };
            entries_left = left;
        }
        pages += u32::from(kind & NO_PAGE == 0);
        let (end, next) = entries.next_directory()?;
        if next == 0 {
            // A file has at least the page that is measured.
            return Ok(Some(pages.max(1)));
        }
        if next.abs_diff(end) > NEAR {
            break;
        }
        offset = next;
    }
    Ok(None)
}
