//! The orientation tag of EXIF metadata (CIPA DC-008 "Exif 2.32").

use crate::image::Orientation;

const TAG_ORIENTATION: u16 = 0x0112;

/// The orientation in IFD0 of a TIFF structure, of which `tiff` is the known start; `None` if that
/// contains none. Other IFDs are ignored, because they describe thumbnails.
pub(crate) fn orientation(tiff: &[u8]) -> Option<Orientation> {
    let order = ByteOrder::of(tiff)?;
    let ifd = order.u32(tiff, 4)? as usize;
    let count = order.u16(tiff, ifd)?;
    let entries = tiff.get(ifd.checked_add(2)?..)?.chunks_exact(12);
    entries.take(count.into()).find_map(|entry| order.orientation(entry))
}

/// The byte order that a TIFF structure declares.
#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn of(tiff: &[u8]) -> Option<Self> {
        match tiff.get(..4)? {
            b"II*\0" => Some(Self::Little),
            b"MM\0*" => Some(Self::Big),
            _ => None,
        }
    }

    fn u16(self, bytes: &[u8], offset: usize) -> Option<u16> {
        let array = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(array),
            Self::Big => u16::from_be_bytes(array),
        })
    }

    fn u32(self, bytes: &[u8], offset: usize) -> Option<u32> {
        let array = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(array),
            Self::Big => u32::from_be_bytes(array),
        })
    }

    /// The orientation in an IFD entry, if it is the orientation tag. Its type should be SHORT, but
    /// some writers use other integer types.
    fn orientation(self, entry: &[u8]) -> Option<Orientation> {
        if self.u16(entry, 0)? != TAG_ORIENTATION {
            return None;
        }
        let number = match self.u16(entry, 2)? {
            1 | 6 => (*entry.get(8)?).into(),
            3 | 8 => self.u16(entry, 8)?.into(),
            4 | 9 => self.u32(entry, 8)?,
            _ => return None,
        };
        Orientation::new(u8::try_from(number).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITTLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    const BIG: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(orientation(LITTLE), Orientation::new(6));
        assert_eq!(orientation(BIG), Orientation::new(8));
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
