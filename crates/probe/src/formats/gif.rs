//! GIF (version 89a).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

/// Reads the logical screen descriptor (section 18).
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u16_le(6)?, source.u16_le(8)?);
    let packed = source.u8(10)?;
    let mut blocks = Blocks { source, position: 13 + color_table(packed) };
    let (width, height) = match (width, height) {
        (0, _) | (_, 0) => blocks.first_frame_extent()?,
        screen => screen,
    };
    let mut image = Image::new(Format::Gif, width.into(), height.into());
    image.channels = Some(1);
    image.bits_per_channel = (packed & 0x80 != 0).then_some((packed & 7) + 1);
    image.animated = blocks.has_two_frames();
    Ok(image)
}

/// Bytes of the color table that a packed field announces (18, 20).
fn color_table(packed: u8) -> u64 {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// A walk over the blocks that follow the global color table.
struct Blocks<'a> {
    source: &'a Source<'a>,
    position: u64,
}

impl Blocks<'_> {
    /// Screens of zero size occur; viewers then take the first frame's extent,
    /// its offset included.
    fn first_frame_extent(&self) -> Parsed<(u16, u16)> {
        let mut blocks = Blocks { source: self.source, position: self.position };
        loop {
            match self.source.u8(blocks.position)? {
                EXTENSION => blocks.skip_extension()?,
                IMAGE => break,
                _ => return corrupt("no frame states the dimensions", blocks.position),
            }
        }
        let field = |index: u64| self.source.u16_le(blocks.position + 1 + 2 * index);
        Ok((field(0)?.saturating_add(field(2)?), field(1)?.saturating_add(field(3)?)))
    }

    /// Whether a second frame follows; `None` where what is known ends earlier.
    fn has_two_frames(&mut self) -> Option<bool> {
        let mut frames = 0;
        while frames < 2 {
            match *self.source.known(self.position).first()? {
                EXTENSION => self.skip_extension().ok()?,
                IMAGE => {
                    frames += 1;
                    self.skip_frame().ok()?;
                }
                TRAILER => return Some(false),
                _ => return None,
            }
        }
        Some(true)
    }

    /// Section 23 on: introducer, label, sub-blocks.
    fn skip_extension(&mut self) -> Parsed<()> {
        self.position += 2;
        self.skip_sub_blocks()
    }

    /// Section 20 on: descriptor, local color table, code size, sub-blocks.
    fn skip_frame(&mut self) -> Parsed<()> {
        let packed = self.source.u8(self.position + 9)?;
        self.position += 10 + color_table(packed) + 1;
        self.skip_sub_blocks()
    }

    /// Section 15: each block begins with its size; size zero ends the chain.
    fn skip_sub_blocks(&mut self) -> Parsed<()> {
        loop {
            let size = self.source.u8(self.position)?;
            self.position += 1 + u64::from(size);
            if size == 0 {
                return Ok(());
            }
        }
    }
}
