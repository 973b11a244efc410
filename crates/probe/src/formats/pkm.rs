//! PKM textures, in the file format of Ericsson's ETCPACK.

use super::expect_room;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Size of the header in bytes.
const HEADER: u64 = 16;

/// Side of a block in pixels.
const SIDE: u16 = 4;

/// Minimum size of a block in bytes.
const BLOCK: u64 = 8;

/// Reads the width and height rounded up to whole blocks, then the width and height of the image.
/// Both pairs are in pixels.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let field = |index: u64| source.u16_be(8 + 2 * index);
    let (full_width, full_height, width, height) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let (columns, rows) = (width.div_ceil(SIDE), height.div_ceil(SIDE));
    if full_width.checked_div(SIDE) != Some(columns) || full_height.checked_div(SIDE) != Some(rows)
    {
        return corrupt("the dimensions with and without padding contradict each other", 8);
    }
    expect_room(source, HEADER, u64::from(columns) * u64::from(rows) * BLOCK)?;
    Ok(Image::new(Format::Pkm, width.into(), height.into()))
}
