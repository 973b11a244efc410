//! ILBM and PBM images in IFF files (Electronic Arts, EA IFF 85).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Offset of the first chunk, after `FORM`, the form's size and the form's type.
const FIRST_CHUNK: u64 = 12;

/// Size of the data of a BMHD chunk in bytes.
const BMHD: u32 = 20;

/// Finds the BMHD chunk, which must precede the image data. Reads width and height from the chunk,
/// and checks its planes, masking and compression.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut position = FIRST_CHUNK;
    loop {
        let name = source.array::<4>(position)?;
        let (size, data) = (source.u32_be(position + 4)?, position + 8);
        match &name {
            b"BMHD" if size < BMHD => return corrupt("the BMHD chunk is too short", position),
            b"BMHD" => {
                let [planes, masking, compression] = source.array(data + 8)?;
                if planes > 32 || masking > 3 || compression > 3 {
                    return corrupt("the BMHD chunk makes no sense", data);
                }
                let (width, height) = (source.u16_be(data)?, source.u16_be(data + 2)?);
                return Ok(Image::new(Format::Ilbm, width.into(), height.into()));
            }
            b"BODY" => return corrupt("no BMHD chunk precedes the image data", position),
            // Chunks are padded to an even size.
            _ => position = data + u64::from(size) + u64::from(size % 2),
        }
    }
}
