//! The conversation between the probe and whoever reads the object.

use std::ops::Range;

use bytes::Bytes;

use crate::extents::Extents;
use crate::formats::{self, Failure};
use crate::hint::{Expected, Hint};
use crate::plan::{Limits, Plan};
use crate::source::{Need, Source};
use crate::{Image, ProbeError};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read this range (half-open, in bytes, within the object, free of bytes
    /// supplied before), [`supply`](Probe::supply) it and step again.
    Read(Range<u64>),
    /// This is the image.
    Done(Image),
}

/// Objects are taken to be no larger than this (S3 allows 5 TiB), so that sums
/// of offsets cannot overflow.
const MAX_SIZE: u64 = 1 << 60;

/// Finds format and dimensions of one object, one read at a time.
///
/// It does no I/O: [`step`](Probe::step) says what to read,
/// [`supply`](Probe::supply) hands it over. See the [crate](crate) for an example.
#[derive(Clone, Debug)]
pub struct Probe {
    size: u64,
    expected: Expected,
    extents: Extents,
    plan: Plan,
}

impl Probe {
    /// A probe of an object of `object_size` bytes, within [`Limits::default`].
    #[must_use]
    pub fn new(object_size: u64, hint: Hint<'_>) -> Self {
        Self::with_limits(object_size, hint, Limits::default())
    }

    /// A probe of an object of `object_size` bytes that reads no more than `limits`.
    #[must_use]
    pub fn with_limits(object_size: u64, hint: Hint<'_>, limits: Limits) -> Self {
        let expected = Expected::from_hint(hint);
        let plan = Plan::new(limits, expected);
        let size = object_size.min(MAX_SIZE);
        Self { size, expected, extents: Extents::default(), plan }
    }

    /// The next thing to do, given the bytes supplied so far.
    ///
    /// # Errors
    ///
    /// If the bytes are no image that the probe supports, if its header is
    /// corrupt, or if it is spread wider than the limits allow to read.
    pub fn step(&mut self) -> Result<Step, ProbeError> {
        if self.size == 0 {
            return Err(ProbeError::Empty);
        }
        let source = Source::new(&self.extents, self.size);
        match formats::measure(&source, self.expected) {
            Ok(image) => Ok(Step::Done(image)),
            Err(Failure::Need(need, format)) => {
                self.next_read(need).map(Step::Read).ok_or(ProbeError::LimitExceeded {
                    format,
                    reads: self.plan.reads(),
                    bytes: self.plan.bytes(),
                })
            }
            Err(Failure::Final(error)) => Err(error),
        }
    }

    /// Hands over what a read at `offset` returned.
    ///
    /// It may be shorter than asked for: the next step asks for the rest. An
    /// empty answer means that the object ends there. Bytes beyond the
    /// object's size are ignored.
    pub fn supply(&mut self, offset: u64, bytes: impl Into<Bytes>) {
        self.supply_bytes(offset, bytes.into());
    }

    fn supply_bytes(&mut self, offset: u64, mut bytes: Bytes) {
        self.plan.count(bytes.len() as u64);
        let room = self.size.saturating_sub(offset);
        bytes.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        if bytes.is_empty() {
            self.size = self.size.min(offset);
        } else {
            self.extents.insert(offset, &bytes);
        }
    }

    /// Reads supplied so far.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.plan.reads()
    }

    /// Bytes supplied so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.plan.bytes()
    }

    fn next_read(&self, need: Need) -> Option<Range<u64>> {
        let range = self.plan.range(need, self.size)?;
        Some(self.extents.first_gap(range))
    }
}
