//! The reading plan: how many bytes each read requests, and when to give up.
//!
//! S3 takes 100 to 200 ms to respond to a ranged GET, even for a single byte and at any offset
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>). Within an
//! AWS region, a few hundred KB more cost almost no time. So the plan makes few, large reads.

use std::ops::Range;

use crate::hint::Expected;
use crate::source::Need;

/// Limits on the reads of one object.
///
/// If the limits forbid a read that the probe needs to measure the image, the result is
/// [`ProbeError::LimitExceeded`](crate::ProbeError::LimitExceeded). If they forbid a read for an
/// optional fact, the image is reported without the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of reads, including short and empty ones.
    pub max_reads: u32,
    /// Maximum number of bytes over all reads.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 20 reads and 16 MiB. At 100 to 200 ms per read, 20 reads take 2 to 4 seconds.
    fn default() -> Self {
        Self { max_reads: 20, max_bytes: 16 << 20 }
    }
}

/// Half the size of the second read in bytes. [`Plan::jump`] doubles it once for each completed
/// read, at most eight times.
const JUMP: u64 = 4 << 10;

/// Size of the first read in bytes.
///
/// In a sample of a few thousand files, the first read contains:
///
/// - the whole header, in 97 % of the JPEG files (64 KiB);
/// - all chunks before the image data, in 99 % of the PNG files (32 KiB);
/// - nine of ten TIFF directories (128 KiB), although many are at the end of the file.
///
/// Compact formats need only a few bytes.
fn first_read(expected: Expected) -> u64 {
    match expected {
        Expected::Compact => 16 << 10,
        Expected::Chunked => 32 << 10,
        Expected::Tiff | Expected::Raw(_) => 128 << 10,
        _ => 64 << 10,
    }
}

/// Maximum number of bytes that one read takes because of [`Need::likely_end`]. That end may be
/// computed from lengths that the object states, which may be wrong.
const MAX_EXPECTED: u64 = 2 << 20;

/// Counts reads and bytes, and chooses the range of the next read.
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

    /// Number of completed reads.
    pub(crate) fn reads(&self) -> u32 {
        self.reads
    }

    /// Number of bytes that the completed reads returned.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Counts a completed read that returned `bytes` bytes.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.reads = self.reads.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// The range to read for `need` in an object of `size` bytes; `None` if the limits forbid the
    /// read. The range may include known bytes.
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

    /// Size in bytes of a read after the first, unless more bytes are needed or expected. The size
    /// doubles with every read, up to 1 MiB. A header that is spread over the object then takes a
    /// few large reads instead of many small ones.
    fn jump(&self) -> u64 {
        JUMP << self.reads.min(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: u64 = 1 << 40;

    fn plan(expected: Expected, reads: u32) -> Plan {
        let mut plan = Plan::new(Limits::default(), expected);
        (0..reads).for_each(|_| plan.count(1000));
        plan
    }

    fn need(offset: u64, end: u64, likely_end: u64) -> Need {
        Need { offset, end, likely_end }
    }

    #[test]
    fn the_first_read_is_as_large_as_the_hint_suggests() {
        let first = |expected| plan(expected, 0).range(need(0, 64, 64), SIZE);
        assert_eq!(first(Expected::Compact), Some(0..16 << 10));
        assert_eq!(first(Expected::Chunked), Some(0..32 << 10));
        assert_eq!(first(Expected::Jpeg), Some(0..64 << 10));
        assert_eq!(first(Expected::Tiff), Some(0..128 << 10));
    }

    #[test]
    fn later_reads_double_and_end_with_the_object() {
        let jump = |reads, size| plan(Expected::Jpeg, reads).range(need(100, 102, 102), size);
        assert_eq!(jump(1, SIZE), Some(100..100 + (8 << 10)));
        assert_eq!(jump(2, SIZE), Some(100..100 + (16 << 10)));
        assert_eq!(jump(19, SIZE), Some(100..100 + (1 << 20)));
        assert_eq!(jump(1, 150), Some(100..150));
    }

    #[test]
    fn likely_bytes_are_read_up_to_a_maximum() {
        let read = |likely_end| plan(Expected::Jpeg, 1).range(need(0, 2, likely_end), SIZE);
        assert_eq!(read(1 << 20), Some(0..1 << 20));
        assert_eq!(read(u64::MAX), Some(0..2 << 20));
    }

    #[test]
    fn required_bytes_are_read_if_the_limits_allow() {
        let read = |end, reads| plan(Expected::Jpeg, reads).range(need(0, end, end), SIZE);
        assert_eq!(read(5 << 20, 1), Some(0..5 << 20));
        assert_eq!(read(17 << 20, 1), None);
        assert_eq!(read(2, 20), None);
        let rest = need(5 << 20, 21 << 20, 0);
        assert_eq!(plan(Expected::Jpeg, 0).range(rest, SIZE), Some(5 << 20..21 << 20));
    }
}
