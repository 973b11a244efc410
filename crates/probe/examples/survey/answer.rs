//! What the probe says about one file, and what it costs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use probe::{Hint, Image, Probe, ProbeError, Step};

use crate::storage::Cost;

/// The probe's answer.
pub(crate) struct Answer {
    pub(crate) result: Result<Image, ProbeError>,
    pub(crate) cost: Cost,
    /// Time for one whole conversation, in memory and warm.
    pub(crate) time: Duration,
}

/// Runs of which the fastest counts: what is measured is the probe, not the machine's other work.
const RUNS: u32 = 5;

/// Probes an object, once for the answer and some times more for the clock.
pub(crate) fn of(object: &Bytes, key: &str) -> Answer {
    let (result, cost) = converse(object, key);
    let time = (0..RUNS).map(|_| timed(object, key)).min().unwrap_or_default();
    Answer { result, cost, time }
}

/// Drives a probe over an object in memory.
pub(crate) fn converse(object: &Bytes, key: &str) -> (Result<Image, ProbeError>, Cost) {
    let mut probe = Probe::new(object.len() as u64, Hint { key, content_type: None });
    let result = loop {
        match probe.step() {
            Ok(Step::Read(range)) => {
                probe.supply(range.start, object.slice(to_usize(range.start)..to_usize(range.end)));
            }
            Ok(Step::Done(image)) => break Ok(image),
            Err(error) => break Err(error),
        }
    };
    (result, Cost { gets: probe.reads(), bytes: probe.bytes_read() })
}

fn timed(object: &Bytes, key: &str) -> Duration {
    let start = Instant::now();
    black_box(converse(black_box(object), key).0.is_ok());
    start.elapsed()
}

fn to_usize(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
