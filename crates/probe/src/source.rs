//! The parsers' view of an object of which only parts have been read.

use crate::extents::Extents;

/// The reason why a parser stopped without an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The parser needs bytes that have not been read yet. After the read, the parser starts over.
    Need(Need),
    /// The object violates its format, at `offset` bytes from the object's start.
    Corrupt { what: &'static str, offset: u64 },
    /// The object uses a valid feature of its format that the probe does not support. Carries a
    /// description of the feature.
    UnsupportedFeature(&'static str),
    /// The object is in an unsupported format. Carries the format's name.
    UnsupportedFormat(&'static str),
    /// The object is not an image. Carries a description of the object.
    NotAnImage(&'static str),
}

/// The bytes that a parser needs next; offsets count from the object's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The first needed byte that has not been read yet.
    pub(crate) offset: u64,
    /// The end (exclusive) of the bytes without which the parser cannot continue.
    pub(crate) end: u64,
    /// The end (exclusive) of all the bytes that the parser is likely to need; at least `end`.
    pub(crate) likely_end: u64,
}

/// The result of a parser.
pub(crate) type Parsed<T> = Result<T, Stop>;

/// Shorthand for [`Stop::Corrupt`].
pub(crate) fn corrupt<T>(what: &'static str, offset: u64) -> Parsed<T> {
    Err(Stop::Corrupt { what, offset })
}

/// An object to parse. A parser stops with a [`Need`] at a byte that has not been read yet, and
/// with [`Stop::Corrupt`] beyond the object's end.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    extents: &'a Extents,
    size: u64,
    /// The known bytes at the object's start. Cached, as `last` is, because parsers may walk over
    /// millions of tiny structures in these bytes.
    first: &'a [u8],
    /// The last extent: its offset and its bytes.
    last: (u64, &'a [u8]),
    /// True if no more bytes may be read for optional facts.
    is_spent: bool,
    /// True if the caller asked for the place where the image was taken.
    wants_location: bool,
}

impl<'a> Source<'a> {
    /// An object of `size` bytes, of which `extents` have been read.
    pub(crate) fn new(extents: &'a Extents, size: u64) -> Self {
        let (first, last) = (extents.at(0), extents.last());
        Self { extents, size, first, last, is_spent: false, wants_location: false }
    }

    /// Sets `wants_location`: true if the caller asked for the place where the image was taken.
    pub(crate) fn with_location(self, wants_location: bool) -> Self {
        Self { wants_location, ..self }
    }

    /// True if the caller asked for the place where the image was taken.
    pub(crate) fn wants_location(&self) -> bool {
        self.wants_location
    }

    /// A source for data extracted from this object. All bytes of the data are known. The source
    /// keeps this object's [`wants_location`](Self::wants_location).
    pub(crate) fn extracted(self, bytes: &'a Extents) -> Self {
        let size = bytes.at(0).len() as u64;
        Self::new(bytes, size).with_location(self.wants_location)
    }

    /// The same object, for which [`optional`](Self::optional) requests no more reads: a fact whose
    /// bytes have not been read is `None`.
    pub(crate) fn spent(self) -> Self {
        Self { is_spent: true, ..self }
    }

    /// Makes `fact` optional: the image is measured even without it. If bytes of the fact have not
    /// been read yet, the probe reads them while the limits allow more reads. If the limits forbid
    /// the read, or if the bytes are malformed, the fact is `None`.
    pub(crate) fn optional<T>(&self, fact: Parsed<T>) -> Parsed<Option<T>> {
        match fact {
            Ok(fact) => Ok(Some(fact)),
            Err(Stop::Need(need)) if !self.is_spent => Err(Stop::Need(need)),
            Err(_) => Ok(None),
        }
    }

    /// The object's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The contiguous bytes from `offset` that have been read; empty if the byte at `offset` has
    /// not been read.
    pub(crate) fn known(&self, offset: u64) -> &'a [u8] {
        let from = |start: u64, bytes: &'a [u8]| {
            let index = usize::try_from(offset.checked_sub(start)?).ok()?;
            bytes.get(index..).filter(|known| !known.is_empty())
        };
        from(0, self.first)
            .or_else(|| from(self.last.0, self.last.1))
            .unwrap_or_else(|| self.extents.at(offset))
    }

    /// Exactly `length` bytes at `offset`.
    pub(crate) fn bytes(&self, offset: u64, length: usize) -> Parsed<&'a [u8]> {
        self.bytes_until(offset, length, 0)
    }

    /// Exactly `length` bytes at `offset`. If some of them have not been read yet, stops with a
    /// [`Need`] that suggests one read up to `likely_end`.
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

    pub(crate) fn u16_be(&self, offset: u64) -> Parsed<u16> {
        self.array(offset).map(u16::from_be_bytes)
    }

    pub(crate) fn u32_be(&self, offset: u64) -> Parsed<u32> {
        self.array(offset).map(u32::from_be_bytes)
    }

    pub(crate) fn u64_be(&self, offset: u64) -> Parsed<u64> {
        self.array(offset).map(u64::from_be_bytes)
    }

    pub(crate) fn u16_le(&self, offset: u64) -> Parsed<u16> {
        self.array(offset).map(u16::from_le_bytes)
    }

    pub(crate) fn u32_le(&self, offset: u64) -> Parsed<u32> {
        self.array(offset).map(u32::from_le_bytes)
    }
}
