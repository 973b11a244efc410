//! A reader over an object in memory. The reader counts the GETs that it would make if the object
//! were in S3.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// The cost of measuring one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Number of GETs.
    pub(crate) gets: u32,
    /// Number of bytes that the GETs return.
    pub(crate) bytes: u64,
}

/// Size in bytes of the first block that a [`CountingReader`] fetches. Even for a small read, the
/// reader fetches a whole block, so that later reads need fewer GETs. A reader of S3 objects would
/// do the same.
const FIRST: usize = 64 << 10;

/// Size in bytes of each later block.
const LATER: usize = 4 << 10;

/// A reader that fetches an object in blocks, and fetches no block twice.
pub(crate) struct CountingReader<'a> {
    object: &'a [u8],
    position: usize,
    fetched: Vec<std::ops::Range<usize>>,
    cost: Cost,
}

impl<'a> CountingReader<'a> {
    pub(crate) fn new(object: &'a [u8]) -> Self {
        Self { object, position: 0, fetched: Vec::new(), cost: Cost::default() }
    }

    pub(crate) fn cost(&self) -> Cost {
        self.cost
    }

    /// The bytes from the current position to the end of the block that contains the position. If
    /// no block fetched so far contains the position, fetches one that begins there.
    fn block(&mut self) -> &'a [u8] {
        let position = self.position.min(self.object.len());
        let held = self.fetched.iter().find(|block| block.contains(&position));
        let end = match held {
            Some(block) => block.end,
            None => self.fetch(position),
        };
        &self.object[position..end]
    }

    /// Fetches the block that begins at `position`, and returns the end (exclusive) of the block.
    fn fetch(&mut self, position: usize) -> usize {
        let length = if self.fetched.is_empty() { FIRST } else { LATER };
        let end = (position + length).min(self.object.len());
        if position < end {
            self.fetched.push(position..end);
            self.cost.gets += 1;
            self.cost.bytes += (end - position) as u64;
        }
        end
    }
}

impl Read for CountingReader<'_> {
    /// Fills the whole buffer if the object has enough bytes, because some peers mishandle short
    /// reads.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let block = self.block();
            let count = block.len().min(buffer.len() - filled);
            if count == 0 {
                break;
            }
            buffer[filled..filled + count].copy_from_slice(&block[..count]);
            self.position += count;
            filled += count;
        }
        Ok(filled)
    }
}

impl BufRead for CountingReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.block())
    }

    fn consume(&mut self, count: usize) {
        self.position += count;
    }
}

impl Seek for CountingReader<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(distance) => (self.object.len() as u64).checked_add_signed(distance),
            SeekFrom::Current(distance) => (self.position as u64).checked_add_signed(distance),
        };
        let position = position.ok_or(io::ErrorKind::InvalidInput)?;
        self.position = usize::try_from(position).unwrap_or(usize::MAX);
        Ok(position)
    }
}
