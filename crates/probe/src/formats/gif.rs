//! GIF ("Graphics Interchange Format, Version 89a", to which section numbers refer).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

/// Reads the logical screen descriptor (section 18), and counts the frames that are known.
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

/// Size in bytes of the color table that a packed field declares (sections 18 and 20).
fn color_table(packed: u8) -> u64 {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// Walks over the blocks after the global color table.
struct Blocks<'a> {
    source: &'a Source<'a>,
    position: u64,
}

impl Blocks<'_> {
    /// Width and height of the smallest screen that contains the first frame at its offset. Viewers
    /// use it if the logical screen is empty, which occurs in real files.
    fn first_frame_extent(&self) -> Parsed<(u16, u16)> {
        let mut blocks = Blocks { source: self.source, position: self.position };
        loop {
            match self.source.u8(blocks.position)? {
                EXTENSION => blocks.skip_extension()?,
                IMAGE => break,
                _ => {
                    let what = "the logical screen is empty and no frame follows";
                    return corrupt(what, blocks.position);
                }
            }
        }
        let field = |index: u64| self.source.u16_le(blocks.position + 1 + 2 * index);
        Ok((field(0)?.saturating_add(field(2)?), field(1)?.saturating_add(field(3)?)))
    }

    /// True if there are at least two frames; `None` if the known bytes end before that is clear.
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

    /// Skips the introducer, the label and the sub-blocks (sections 23 to 26).
    fn skip_extension(&mut self) -> Parsed<()> {
        self.position += 2;
        self.skip_sub_blocks()
    }

    /// Skips the image descriptor, the local color table, the code size and the sub-blocks
    /// (sections 20 to 22).
    fn skip_frame(&mut self) -> Parsed<()> {
        let packed = self.source.u8(self.position + 9)?;
        self.position += 10 + color_table(packed) + 1;
        self.skip_sub_blocks()
    }

    /// Skips data sub-blocks (section 15). Each begins with its size; size zero ends the sequence.
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
