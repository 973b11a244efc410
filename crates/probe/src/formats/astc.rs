//! ASTC textures, in the file format of the Arm ASTC Encoder (its document "The .astc File
//! Format").

use super::expect_room;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the header in bytes.
const HEADER: u64 = 16;

/// Size of each block in bytes.
const BLOCK: u64 = 16;

/// Reads the header: the three sides of a block, one byte each, and the three sides of the image,
/// 24 bits each. All sides are in texels.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let [block @ .., w0, w1, w2, h0, h1, h2, d0, d1, d2] = source.array::<12>(4)?;
    let sides = [[w0, w1, w2, 0], [h0, h1, h2, 0], [d0, d1, d2, 0]].map(u32::from_le_bytes);
    let is_flat = block[2] == 1 && block[..2].iter().all(|side| (4..=12).contains(side));
    let is_solid = block.iter().all(|side| (3..=6).contains(side));
    if !is_flat && !is_solid {
        return corrupt("the block size is none of ASTC", 4);
    }
    let blocks = sides.iter().zip(block).fold(1_u64, |blocks, (side, block)| {
        blocks.saturating_mul(u64::from(side.div_ceil(block.into())))
    });
    expect_room(source, HEADER, blocks.saturating_mul(BLOCK))?;
    Ok(Image::new(Format::Astc, sides[0], sides[1]))
}
