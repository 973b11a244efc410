//! How parsers look at an object of which only parts are known.

use crate::extents::Extents;

/// Why a parser stopped without an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Bytes are missing; the parser starts over when they are there.
    Need(Need),
    /// The object contradicts its format.
    Corrupt { what: &'static str, offset: u64 },
    /// The format allows this, the probe does not.
    Unsupported(&'static str),
    /// A closer look finds another format, by name, that is not supported.
    Foreign(&'static str),
    /// A closer look finds no image, but this.
    NotAnImage(&'static str),
}

/// Bytes that a parser asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Where the missing bytes begin.
    pub(crate) offset: u64,
    /// The first byte after those that must be there to go on.
    pub(crate) end: u64,
    /// Where the parser expects to have read enough, if it can tell. At least `end`.
    pub(crate) likely_end: u64,
}

/// What a parser returns.
pub(crate) type Parsed<T> = Result<T, Stop>;

/// Short for an error that names what is wrong and where.
pub(crate) fn corrupt<T>(what: &'static str, offset: u64) -> Parsed<T> {
    Err(Stop::Corrupt { what, offset })
}

/// An object to parse: bytes are there, or still to be read, or beyond its end.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    extents: &'a Extents,
    size: u64,
}

impl<'a> Source<'a> {
    /// Looks at the first `size` bytes through the extents read so far.
    pub(crate) fn new(extents: &'a Extents, size: u64) -> Self {
        Self { extents, size }
    }

    /// The object's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The bytes known from `offset` on, without asking for more.
    pub(crate) fn known(&self, offset: u64) -> &'a [u8] {
        self.extents.at(offset)
    }

    /// Exactly `length` bytes at `offset`.
    pub(crate) fn bytes(&self, offset: u64, length: usize) -> Parsed<&'a [u8]> {
        self.bytes_until(offset, length, 0)
    }

    /// Exactly `length` bytes at `offset`. If they are missing, reading up to
    /// `likely_end` at the same time is expected to pay.
    pub(crate) fn bytes_until(
        &self,
        offset: u64,
        length: usize,
        likely_end: u64,
    ) -> Parsed<&'a [u8]> {
        let known = self.known(offset);
        if let Some(bytes) = known.get(..length) {
            return Ok(bytes);
        }
        let end = offset.saturating_add(length as u64);
        if end > self.size {
            return corrupt("the object ends within its header", self.size);
        }
        let offset = offset + known.len() as u64;
        Err(Stop::Need(Need { offset, end, likely_end: likely_end.max(end) }))
    }

    /// Exactly `N` bytes at `offset`.
    pub(crate) fn array<const N: usize>(&self, offset: u64) -> Parsed<[u8; N]> {
        let bytes = self.bytes(offset, N)?;
        Ok(std::array::from_fn(|index| bytes[index]))
    }

    /// The byte at `offset`.
    pub(crate) fn u8(&self, offset: u64) -> Parsed<u8> {
        Ok(self.array::<1>(offset)?[0])
    }

    /// A big-endian 16-bit number.
    pub(crate) fn u16_be(&self, offset: u64) -> Parsed<u16> {
        self.array(offset).map(u16::from_be_bytes)
    }

    /// A big-endian 32-bit number.
    pub(crate) fn u32_be(&self, offset: u64) -> Parsed<u32> {
        self.array(offset).map(u32::from_be_bytes)
    }

    /// A big-endian 64-bit number.
    pub(crate) fn u64_be(&self, offset: u64) -> Parsed<u64> {
        self.array(offset).map(u64::from_be_bytes)
    }

    /// A little-endian 16-bit number.
    pub(crate) fn u16_le(&self, offset: u64) -> Parsed<u16> {
        self.array(offset).map(u16::from_le_bytes)
    }

    /// A little-endian 32-bit number.
    pub(crate) fn u32_le(&self, offset: u64) -> Parsed<u32> {
        self.array(offset).map(u32::from_le_bytes)
    }
}
