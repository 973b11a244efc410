//! The facts in EXIF metadata (CIPA DC-008 "Exif 2.32").

use crate::Orientation;
use crate::ifd::{Entry, Structure};
use crate::source::{Parsed, Source};

const ORIENTATION: u16 = 0x0112;

/// The facts that the probe reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exif {
    pub(crate) orientation: Option<Orientation>,
}

/// Reads the EXIF metadata from `start` to `end`: a TIFF structure, with or without the prefix that
/// it has in JPEG files, which some writers leave there in other formats.
///
/// Facts that the metadata does not state, or that lie outside it, are `None`.
pub(crate) fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<Exif> {
    let mut exif = Exif::default();
    let end = end.min(source.size());
    source.optional(exif.fill(source, start, end))?;
    Ok(exif)
}

impl Exif {
    /// Reads IFD0. IFD1, which describes the thumbnail, is ignored.
    fn fill(&mut self, source: &Source<'_>, start: u64, end: u64) -> Parsed<()> {
        let prefix = if source.array::<4>(start)? == *b"Exif" { 6 } else { 0 };
        let structure = Structure::new(source, start + prefix, end)?;
        let mut entries = structure.first_directory()?;
        while let Some(entry) = entries.next()? {
            self.take(source, entry)?;
        }
        Ok(())
    }

    /// Takes over the value of an entry. Of duplicate entries, the first valid one counts.
    fn take(&mut self, source: &Source<'_>, entry: Entry<'_>) -> Parsed<()> {
        if entry.tag() == ORIENTATION && self.orientation.is_none() {
            let number = source.optional(entry.first_integer())?;
            let number = number.and_then(|number| u8::try_from(number).ok());
            self.orientation = number.and_then(Orientation::new);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::extents::Extents;

    const LITTLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    const BIG: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";

    fn orientation(tiff: &[u8]) -> Option<Orientation> {
        let mut extents = Extents::default();
        extents.insert(0, &Bytes::copy_from_slice(tiff));
        let size = tiff.len() as u64;
        read(&Source::new(&extents, size), 0, size).unwrap().orientation
    }

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(orientation(LITTLE), Orientation::new(6));
        assert_eq!(orientation(BIG), Orientation::new(8));
        assert_eq!(orientation(&[b"Exif\0\0", BIG].concat()), Orientation::new(8));
    }

    #[test]
    fn other_integer_types_are_read() {
        let mut signed_long = LITTLE.to_vec();
        signed_long[12] = 9;
        assert_eq!(orientation(&signed_long), Orientation::new(6));
        signed_long[12] = 2;
        assert_eq!(orientation(&signed_long), None);
    }

    #[test]
    fn several_values_are_read_where_the_entry_points() {
        let mut several = LITTLE.to_vec();
        several[14] = 3;
        several[18] = 26;
        several.extend([8, 0, 1, 0, 1, 0]);
        assert_eq!(orientation(&several), Orientation::new(8));
    }

    #[test]
    fn a_cut_structure_has_no_orientation() {
        for length in 0..LITTLE.len() - 6 {
            assert_eq!(orientation(&LITTLE[..length]), None);
        }
    }

    #[test]
    fn numbers_beyond_1_to_8_are_none() {
        let mut zero = LITTLE.to_vec();
        zero[18] = 0;
        assert_eq!(orientation(&zero), None);
        zero[18] = 9;
        assert_eq!(orientation(&zero), None);
    }
}
