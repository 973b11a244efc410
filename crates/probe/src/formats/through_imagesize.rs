//! Formats that the `imagesize` crate measures correctly. Their parsers check the header first;
//! then `imagesize` reads it through a reader over the known bytes.

use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom};

use imagesize::{ImageError, ImageSize, ImageType};

use crate::source::{Need, Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Maximum number of bytes that `imagesize` may read of one object, not counting those that it
/// seeks past. No header of these formats is longer. Without a limit, it would read an unterminated
/// text header up to the object's end.
const MAX_HEADER: usize = 64 << 10;

/// Measures the source with `imagesize`. If `imagesize` reads bytes that are not known yet, its
/// error is dropped and the parser stops with a need for them.
pub(crate) fn parse(source: &Source<'_>, format: Format, kind: ImageType) -> Parsed<Image> {
    let mut reader = Reader { source, position: 0, left: MAX_HEADER, need: None };
    let result = kind.reader_size(&mut reader);
    if let Some(need) = reader.need {
        return Err(Stop::Need(need));
    }
    match result {
        Ok(size) => image(format, size),
        Err(ImageError::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
            corrupt("the object ends within its header", source.size())
        }
        Err(_) => corrupt("the header states no dimensions", 0),
    }
}

fn image(format: Format, size: ImageSize) -> Parsed<Image> {
    match (u32::try_from(size.width), u32::try_from(size.height)) {
        (Ok(width), Ok(height)) => Ok(Image::new(format, width, height)),
        _ => corrupt("the dimensions are implausibly large", 0),
    }
}

/// A reader that fails with [`ErrorKind::WouldBlock`] where bytes are missing, and records them.
struct Reader<'a> {
    source: &'a Source<'a>,
    position: u64,
    /// Number of bytes that may still be read.
    left: usize,
    /// The missing bytes, if any were read.
    need: Option<Need>,
}

impl Reader<'_> {
    /// The known bytes at the position, at least `wanted` of them unless the object ends before;
    /// empty at the object's end or if `wanted` exceeds the limit.
    fn known(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.position >= self.source.size() || wanted > self.left {
            return Ok(&[]);
        }
        // `imagesize` mishandles short reads, so all wanted bytes up to the object's end must be
        // known.
        let rest = usize::try_from(self.source.size() - self.position).unwrap_or(usize::MAX);
        match self.source.bytes(self.position, wanted.min(rest)) {
            Ok(_) => Ok(self.source.known(self.position)),
            Err(Stop::Need(need)) => {
                self.need = Some(need);
                Err(ErrorKind::WouldBlock.into())
            }
            Err(_) => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.known(buffer.len())?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.known(1)
    }

    fn consume(&mut self, count: usize) {
        self.position = self.position.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count);
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(distance) => self.source.size().checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
