//! GIF ("Graphics Interchange Format, Version 89a", to which section numbers refer).

use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

/// Label of a graphic control extension (section 23).
const GRAPHIC_CONTROL: u8 = 0xF9;

/// Only the frames in this many bytes from the object's start are counted. This is the usual size
/// of the first read. Counting further frames would take more reads.
const COUNTED: u64 = 64 << 10;

/// Maximum code size of LZW data, in bits (appendix F). The first byte of a frame's data states the
/// initial code size.
const MAX_CODE_SIZE: u8 = 12;

/// Reads the logical screen descriptor (section 18) and the first image descriptor, and counts the
/// frames in the first [`COUNTED`] bytes.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u16_le(6)?, source.u16_le(8)?);
    let packed = source.u8(10)?;
    let mut blocks = Blocks::new(source, 13 + color_table(packed));
    let frame = blocks.first_frame()?;
    // Decoders enlarge the screen to fit the first frame, but not to fit later ones.
    let mut image = Image::new(
        Format::Gif,
        u32::from(width).max(frame.right),
        u32::from(height).max(frame.bottom),
    );
    image.channels = Some(1);
    image.bits_per_channel = bits_per_index(packed).or(bits_per_index(frame.packed));
    image.color_space = Some(ColorSpace::Rgb);
    image.progressive = Some(frame.packed & 0x40 != 0);
    blocks.limit = COUNTED;
    let is_complete = source.optional(blocks.count_frames())? == Some(true);
    if is_complete {
        image.set_frames(blocks.frames);
    } else {
        image.animated = (blocks.frames > 1).then_some(true);
    }
    image.has_alpha = (is_complete || blocks.is_transparent).then_some(blocks.is_transparent);
    Ok(image)
}

/// Bits per index into the color table that a packed field declares (sections 18 and 20); `None` if
/// the field declares no table.
fn bits_per_index(packed: u8) -> Option<u8> {
    (packed & 0x80 != 0).then_some((packed & 7) + 1)
}

/// Size in bytes of the color table that a packed field declares.
fn color_table(packed: u8) -> u64 {
    bits_per_index(packed).map_or(0, |bits| 3 << bits)
}

/// The image descriptor of a frame (section 20).
struct Frame {
    /// Right edge (exclusive) on the screen, in pixels.
    right: u32,
    /// Bottom edge (exclusive) on the screen, in pixels.
    bottom: u32,
    packed: u8,
}

/// Walks over the blocks after the global color table.
struct Blocks<'a> {
    source: &'a Source<'a>,
    position: u64,
    /// End (exclusive) of the bytes to walk over.
    limit: u64,
    /// Number of frames counted so far.
    frames: u32,
    /// True if one of the graphic control extensions so far declares a transparent color.
    is_transparent: bool,
}

impl<'a> Blocks<'a> {
    fn new(source: &'a Source<'a>, position: u64) -> Self {
        Self { source, position, limit: u64::MAX, frames: 0, is_transparent: false }
    }

    /// The byte at the position. If the byte has not been read yet, requests it. While frames are
    /// counted, the request covers all bytes from there up to [`COUNTED`].
    fn byte(&self) -> Parsed<u8> {
        let likely_end = if self.limit == COUNTED { COUNTED } else { 0 };
        Ok(self.source.bytes_until(self.position, 1, likely_end)?[0])
    }

    /// Moves to the start of the first frame, and reads the frame's descriptor from there.
    fn first_frame(&mut self) -> Parsed<Frame> {
        loop {
            match self.byte()? {
                EXTENSION => self.skip_extension()?,
                IMAGE => break,
                // Some writers end an extension with two zero bytes instead of one.
                0 => self.position += 1,
                TRAILER => return corrupt("no frame precedes the trailer", self.position),
                _ => return corrupt("neither a frame nor an extension follows", self.position),
            }
        }
        let field = |index: u64| self.source.u16_le(self.position + 1 + 2 * index).map(u32::from);
        let (right, bottom) = (field(0)? + field(2)?, field(1)? + field(3)?);
        let packed = self.source.u8(self.position + 9)?;
        let data = self.position + 10 + color_table(packed);
        if data < self.source.size() && self.source.u8(data)? > MAX_CODE_SIZE {
            return corrupt("the code size of the first frame is too large", data);
        }
        Ok(Frame { right, bottom, packed })
    }

    /// Counts the frames up to the trailer. Returns false if the limit, or something that is not a
    /// block, comes before the trailer.
    fn count_frames(&mut self) -> Parsed<bool> {
        while self.position < self.limit {
            match self.byte()? {
                EXTENSION => self.skip_extension()?,
                IMAGE => {
                    self.frames += 1;
                    self.skip_frame()?;
                }
                0 => self.position += 1,
                TRAILER => return Ok(true),
                _ => break,
            }
        }
        Ok(false)
    }

    /// Skips an extension: its introducer, label and sub-blocks (sections 23 to 26). Sets
    /// `is_transparent` if the extension declares a transparent color.
    fn skip_extension(&mut self) -> Parsed<()> {
        self.position += 1;
        let label = self.byte()?;
        self.position += 1;
        if label == GRAPHIC_CONTROL {
            let [size, packed] = self.source.array(self.position)?;
            self.is_transparent |= size > 0 && packed & 1 == 1;
        }
        self.skip_sub_blocks()
    }

    /// Skips the image descriptor, the local color table, the code size and the sub-blocks
    /// (sections 20 to 22).
    fn skip_frame(&mut self) -> Parsed<()> {
        let packed = self.source.u8(self.position + 9)?;
        self.position += 10 + color_table(packed) + 1;
        self.skip_sub_blocks()
    }

    /// Skips data sub-blocks (section 15) up to the limit. Each begins with its size. A size of
    /// zero ends the sequence.
    fn skip_sub_blocks(&mut self) -> Parsed<()> {
        while self.position < self.limit {
            let size = self.byte()?;
            self.position += 1 + u64::from(size);
            if size == 0 {
                break;
            }
        }
        Ok(())
    }
}
