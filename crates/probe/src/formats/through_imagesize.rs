//! Formats that the `imagesize` crate reads correctly, over extents instead of I/O.

use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom};

use imagesize::{ImageError, ImageSize, ImageType};

use crate::source::{Need, Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// No header of these formats takes more bytes than this, seeks left out.
/// `imagesize` reads text headers byte by byte and to the object's end if they
/// do not end before.
const MAX_HEADER: usize = 64 << 10;

/// Lets `imagesize` look at the source. Where it reads bytes that are missing,
/// its error is dropped and what it wanted becomes the need.
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
        Err(_) => corrupt("its header states no dimensions", 0),
    }
}

fn image(format: Format, size: ImageSize) -> Parsed<Image> {
    match (u32::try_from(size.width), u32::try_from(size.height)) {
        (Ok(width), Ok(height)) => Ok(Image::new(format, width, height)),
        _ => corrupt("the dimensions are absurdly large", 0),
    }
}

/// A reader that never blocks: it fails where bytes are missing, and notes which.
struct Reader<'a> {
    source: &'a Source<'a>,
    position: u64,
    /// Bytes that may still be read.
    left: usize,
    need: Option<Need>,
}

impl Reader<'_> {
    /// The known bytes at the position; an error if there are none yet.
    fn known(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.position >= self.source.size() || wanted > self.left {
            return Ok(&[]);
        }
        // Short reads confuse `imagesize`: all that is wanted must be there,
        // up to the object's end.
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
