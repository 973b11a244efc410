//! The reading plan: how much to read at once, and when to give up.
//!
//! A ranged GET costs about 15 ms wherever and however short it is; bytes in
//! the same region are nearly free up to some hundred KB. So reads are few and
//! generous.

use std::ops::Range;

use crate::hint::Expected;
use crate::source::Need;

/// The most a probe reads of one object. Beyond that it answers with an error
/// ([`ProbeError::LimitExceeded`](crate::ProbeError::LimitExceeded)), never
/// with a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most reads, short and empty ones included.
    pub max_reads: u32,
    /// The most bytes in all reads together.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 20 reads and 16 MiB: about 0.3 seconds of GETs at worst.
    fn default() -> Self {
        Self { max_reads: 20, max_bytes: 16 << 20 }
    }
}

/// A jump costs one read, so it takes the neighbourhood along.
const JUMP: u64 = 4 << 10;

/// Bytes to read first. Measured on some thousand files: 64 KiB hold the whole
/// header of 97 % of JPEG files. Where a few bytes suffice for the dimensions,
/// the rest of 16 KiB mostly tells about orientation and animation. TIFF keeps
/// its directory at the end as often as at the start: 128 KiB hold nine of ten.
fn first_read(expected: Expected) -> u64 {
    match expected {
        Expected::Compact => 16 << 10,
        Expected::Tiff | Expected::Raw(_) => 128 << 10,
        _ => 64 << 10,
    }
}

/// Expectations rest on what the object says of itself, which may be wrong: no
/// more than this is read for their sake at once.
const MAX_EXPECTED: u64 = 2 << 20;

/// Reads made, and the size of the next one.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    limits: Limits,
    first: u64,
    reads: u32,
    bytes: u64,
}

impl Plan {
    pub(crate) fn new(limits: Limits, expected: Expected) -> Self {
        Self { limits, first: first_read(expected), reads: 0, bytes: 0 }
    }

    /// Reads that were answered so far.
    pub(crate) fn reads(&self) -> u32 {
        self.reads
    }

    /// Bytes that were supplied so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Counts an answered read of `bytes` bytes.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.reads = self.reads.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// The range to read for `need` in an object of `size` bytes, before what
    /// is known already is cut off it; `None` if the limits forbid it.
    pub(crate) fn range(&self, need: Need, size: u64) -> Option<Range<u64>> {
        let left = self.limits.max_bytes.saturating_sub(self.bytes);
        if self.reads >= self.limits.max_reads || need.end - need.offset > left {
            return None;
        }
        let generous = if self.reads == 0 { self.first } else { self.jump() };
        let expected = need.likely_end.min(need.offset.saturating_add(MAX_EXPECTED));
        let end = need.end.max(expected).max(need.offset.saturating_add(generous));
        let affordable = need.offset.saturating_add(left);
        Some(need.offset..end.min(affordable).min(size))
    }

    /// Doubles with every read: a header that is spread wide becomes a few
    /// large reads instead of many small ones.
    fn jump(&self) -> u64 {
        JUMP << self.reads.min(8)
    }
}
