//! WebP (RFC 9649; Google, "WebP Container Specification"; RFC 6386 for lossy image data).

use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image, exif, icc};

/// Size in bytes of a chunk's header: the chunk's name and the size of the data.
const CHUNK_HEADER: u64 = 8;

/// Offset of the first chunk, after `RIFF`, the file's size and `WEBP`.
const FIRST_CHUNK: u64 = 12;

/// Number of bytes at the end of an animated file that are searched for the EXIF chunk. Walking
/// over all frames to find the chunk would take a read for each frame.
const TAIL: u64 = 256 << 10;

/// Maximum number of chunks from the EXIF chunk to the file's end. Usually, only an XMP chunk
/// follows the EXIF chunk.
const MAX_CHUNKS_IN_TAIL: usize = 8;

/// Maximum size in bytes of an animated file whose frames are counted. In a longer file, walking
/// over all frames would take a read for each frame.
const COUNTED: u64 = 32 << 10;

/// Reads the first chunk, whose name tells lossy, lossless and extended files apart.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let chunk = Chunk::at(source, FIRST_CHUNK)?;
    if chunk.name == *b"VP8X" {
        return extended(source, chunk.data);
    }
    match bitstream(source, &chunk)? {
        Some(image) => Ok(image),
        None => corrupt("the first chunk is not VP8, VP8L or VP8X", FIRST_CHUNK),
    }
}

/// A chunk of a RIFF file; its offsets are in bytes from the object's start.
struct Chunk {
    name: [u8; 4],
    /// Offset of the data.
    data: u64,
    /// End (exclusive) of the data.
    end: u64,
}

impl Chunk {
    fn at(source: &Source<'_>, position: u64) -> Parsed<Self> {
        let [n0, n1, n2, n3, size @ ..] = source.array::<8>(position)?;
        let data = position + CHUNK_HEADER;
        let end = data + u64::from(u32::from_le_bytes(size));
        Ok(Self { name: [n0, n1, n2, n3], data, end })
    }

    /// Offset of the next chunk. Chunks are padded to an even size.
    fn next(&self) -> u64 {
        self.end + (self.end - self.data) % 2
    }
}

/// The image in a VP8 or VP8L chunk; `None` for other chunks.
fn bitstream(source: &Source<'_>, chunk: &Chunk) -> Parsed<Option<Image>> {
    match &chunk.name {
        b"VP8 " => lossy(source, chunk.data).map(Some),
        b"VP8L" => lossless(source, chunk.data).map(Some),
        _ => Ok(None),
    }
}

/// Reads a VP8 frame header (RFC 6386, 9.1): frame tag, start code, and 14-bit dimensions. The two
/// bits above each dimension ask for upscaling, which decoders ignore.
fn lossy(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let [tag, _, _, start_code @ .., w0, w1, h0, h1] = source.array::<10>(start)?;
    if tag & 1 != 0 || start_code != [0x9D, 0x01, 0x2A] {
        return corrupt("the image does not start with a key frame", start);
    }
    let width = u16::from_le_bytes([w0, w1]) & 0x3FFF;
    let height = u16::from_le_bytes([h0, h1]) & 0x3FFF;
    Ok(image(width.into(), height.into(), false))
}

/// Reads a VP8L header (RFC 9649, 3.4): signature, width minus one and height minus one (14 bits
/// each), alpha, version.
fn lossless(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let [signature, packed @ ..] = source.array::<5>(start)?;
    let packed = u32::from_le_bytes(packed);
    if signature != 0x2F || packed >> 29 != 0 {
        return corrupt("the lossless image has a wrong signature or version", start);
    }
    let (width, height) = ((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1);
    Ok(image(width, height, packed >> 28 & 1 == 1))
}

/// Reads a VP8X chunk (RFC 9649, 2.7): flags, width minus one and height minus one (24 bits each).
fn extended(source: &Source<'_>, start: u64) -> Parsed<Image> {
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = source.array::<10>(start)?;
    let width = u32::from_le_bytes([w0, w1, w2, 0]) + 1;
    let height = u32::from_le_bytes([h0, h1, h2, 0]) + 1;
    let is_animated = flags & 0x02 != 0;
    let mut image = image(width, height, flags & 0x10 != 0);
    image.animated = Some(is_animated);
    let chunks = Chunks::after_header(source)?;
    if is_animated {
        image.frames = source.optional(chunks.frames())?.flatten();
    } else {
        chunks.expect_image_of(width, height)?;
    }
    if flags & 0x20 != 0
        && let Some(profile) = source.optional(chunks.profile())?.flatten()
    {
        image.take_profile(icc::read(source, profile.data, profile.end)?);
    }
    if flags & 0x08 != 0
        && let Some(metadata) = source.optional(chunks.exif(is_animated))?.flatten()
    {
        image.take_exif(exif::read(source, metadata.data, metadata.end)?);
    }
    Ok(image)
}

/// A still image. The color space is always RGB, because decoders convert lossy image data to RGB.
fn image(width: u32, height: u32, has_alpha: bool) -> Image {
    let channels = if has_alpha { 4 } else { 3 };
    let mut image = Image::new(Format::Webp, width, height).with_samples(8, channels);
    image.has_alpha = Some(has_alpha);
    image.color_space = Some(ColorSpace::Rgb);
    image.animated = Some(false);
    image
}

/// The chunks after VP8X.
struct Chunks<'a> {
    source: &'a Source<'a>,
    /// Offset of the first chunk after VP8X.
    start: u64,
    /// End (exclusive) of the file according to its RIFF header, or the end of the object if that
    /// is earlier. Decoders ignore bytes after the end that the header states.
    end: u64,
}

impl<'a> Chunks<'a> {
    fn after_header(source: &'a Source<'a>) -> Parsed<Self> {
        let size = u32::from_le_bytes(source.array(4)?);
        let end = source.size().min(CHUNK_HEADER + u64::from(size));
        Ok(Self { source, start: Chunk::at(source, FIRST_CHUNK)?.next(), end })
    }

    /// The chunk at `position`, or `None` if the file ends before the chunk's header does.
    fn at(&self, position: u64) -> Parsed<Option<Chunk>> {
        if position + CHUNK_HEADER > self.end {
            return Ok(None);
        }
        Chunk::at(self.source, position).map(Some)
    }

    /// Checks that a still image has the dimensions of the canvas (RFC 9649, 2.7), as decoders do.
    /// The check passes if the file ends before its image data.
    fn expect_image_of(&self, width: u32, height: u32) -> Parsed<()> {
        let mut position = self.start;
        while let Some(chunk) = self.at(position)? {
            if let Some(image) = bitstream(self.source, &chunk)? {
                if (image.width, image.height) != (width, height) {
                    return corrupt(
                        "the image does not have the dimensions of the canvas",
                        position,
                    );
                }
                return Ok(());
            }
            position = chunk.next();
        }
        Ok(())
    }

    /// The number of frames; `None` if the file is longer than [`COUNTED`] bytes.
    fn frames(&self) -> Parsed<Option<u32>> {
        if self.end > COUNTED {
            return Ok(None);
        }
        let mut frames = 0;
        let mut position = self.start;
        while let Some(chunk) = self.at(position)? {
            frames += u32::from(chunk.name == *b"ANMF");
            position = chunk.next();
        }
        Ok(Some(frames))
    }

    /// The ICC profile, which precedes the image data (RFC 9649, 2.7.1.4).
    fn profile(&self) -> Parsed<Option<Chunk>> {
        let mut position = self.start;
        while let Some(chunk) = self.at(position)? {
            match &chunk.name {
                b"ICCP" => return Ok(Some(chunk)),
                b"VP8 " | b"VP8L" | b"ANMF" => break,
                _ => position = chunk.next(),
            }
        }
        Ok(None)
    }

    /// The EXIF chunk, which follows the image data (RFC 9649, 2.7.1.5). In an animated file, the
    /// walk over the chunks ends at the first frame, and the search goes on in the last [`TAIL`]
    /// bytes.
    fn exif(&self, is_animated: bool) -> Parsed<Option<Chunk>> {
        let mut position = self.start;
        while let Some(chunk) = self.at(position)? {
            match &chunk.name {
                b"EXIF" => return Ok(Some(chunk)),
                b"ANMF" if is_animated => return self.exif_chunk_in_tail(chunk.next()),
                _ => position = chunk.next(),
            }
        }
        Ok(None)
    }

    /// The EXIF chunk in the last [`TAIL`] bytes of the file, but not before `first_frame_end`.
    /// Frame data may happen to contain the chunk's name. The real chunk, together with the chunks
    /// that follow it, extends exactly to the file's end.
    fn exif_chunk_in_tail(&self, first_frame_end: u64) -> Parsed<Option<Chunk>> {
        let start = self.end.saturating_sub(TAIL).max(first_frame_end);
        let length = usize::try_from(self.end.saturating_sub(start)).unwrap_or(0);
        let tail = self.source.bytes(start, length)?;
        for (index, name) in tail.windows(4).enumerate() {
            let position = start + index as u64;
            if name == b"EXIF" && self.lead_to_end(position)? {
                return self.at(position);
            }
        }
        Ok(None)
    }

    /// True if at most [`MAX_CHUNKS_IN_TAIL`] adjacent chunks extend from `position` to the file's
    /// end. The padding after the last chunk may be missing.
    fn lead_to_end(&self, mut position: u64) -> Parsed<bool> {
        for _ in 0..MAX_CHUNKS_IN_TAIL {
            match self.at(position)? {
                Some(chunk) => position = chunk.next(),
                None => break,
            }
        }
        Ok((self.end..=self.end + 1).contains(&position))
    }
}
