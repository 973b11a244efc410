//! The probe: a state machine that requests reads and returns an [`Image`].

use std::ops::Range;

use bytes::Bytes;

use crate::extents::Extents;
use crate::formats::{self, Failure};
use crate::hint::{Expected, Hint};
use crate::plan::{Limits, Plan};
use crate::source::{Need, Source};
use crate::{Image, ProbeError};

/// The caller's next action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read this range, pass the result to [`supply`](Probe::supply) and step again.
    ///
    /// The range is half-open and in bytes. It is never empty, lies within the object and contains
    /// no byte that was supplied before.
    Read(Range<u64>),
    /// Stop: the image has been measured.
    Done(Image),
}

/// Maximum size in bytes of an object. The maximum keeps sums of offsets from overflowing. If an
/// object is larger, the bytes beyond this size are ignored. S3 objects are far smaller.
const MAX_SIZE: u64 = 1 << 60;

/// Finds the format and dimensions of one object, one read at a time.
///
/// The probe does no I/O: [`step`](Probe::step) returns the range to read, and
/// [`supply`](Probe::supply) takes the bytes. See the [crate] for an example.
#[derive(Clone, Debug)]
pub struct Probe {
    size: u64,
    expected: Expected,
    extents: Extents,
    plan: Plan,
    wants_location: bool,
}

impl Probe {
    /// Creates a probe with [`Limits::default`] for an object of `object_size` bytes.
    #[must_use]
    pub fn new(object_size: u64, hint: Hint<'_>) -> Self {
        Self::with_limits(object_size, hint, Limits::default())
    }

    /// Like [`Probe::new`], but with `limits` instead of the default.
    #[must_use]
    pub fn with_limits(object_size: u64, hint: Hint<'_>, limits: Limits) -> Self {
        let expected = Expected::from_hint(hint);
        let plan = Plan::new(limits, expected);
        let size = object_size.min(MAX_SIZE);
        Self { size, expected, extents: Extents::default(), plan, wants_location: false }
    }

    /// Sets whether the probe reads and reports the place where the image was taken. By default, it
    /// does not.
    #[must_use]
    pub fn with_location(mut self, wanted: bool) -> Self {
        self.wants_location = wanted;
        self
    }

    /// Parses the bytes supplied so far and returns the caller's next action.
    ///
    /// # Errors
    ///
    /// If the object is empty or not a supported image, if its header is corrupt, or if the limits
    /// forbid a read without which the image cannot be measured. A further step returns the same
    /// error.
    pub fn step(&mut self) -> Result<Step, ProbeError> {
        if self.size == 0 {
            return Err(ProbeError::Empty);
        }
        let source = Source::new(&self.extents, self.size).with_location(self.wants_location);
        match self.attempt(&source) {
            // The limits forbid the read. If the read was for an optional fact, the second attempt
            // goes on without that fact. Otherwise it returns the same error.
            Err(ProbeError::LimitExceeded { .. }) => self.attempt(&source.spent()),
            step => step,
        }
    }

    fn attempt(&self, source: &Source<'_>) -> Result<Step, ProbeError> {
        match formats::measure(source, self.expected) {
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

    /// Supplies the bytes that a read returned. The read began at `offset`, in bytes from the
    /// object's start.
    ///
    /// `bytes` may be shorter than the requested range: the next step requests more if needed. If
    /// `bytes` is empty, the object is taken to end at `offset`. Bytes beyond the object's size are
    /// ignored.
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

    /// Number of reads supplied so far.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.plan.reads()
    }

    /// Number of bytes supplied so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.plan.bytes()
    }

    fn next_read(&self, need: Need) -> Option<Range<u64>> {
        let range = self.plan.range(need, self.size)?;
        Some(self.extents.first_gap(range))
    }
}
