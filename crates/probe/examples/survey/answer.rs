//! The probe's answer for one file, and its cost.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use probe::{Hint, Image, Probe, ProbeError, Step};

use crate::storage::Cost;

pub(crate) struct Answer {
    pub(crate) result: Result<Image, ProbeError>,
    pub(crate) cost: Cost,
    /// Time to probe the object in memory, with warm caches: the fastest of [`RUNS`] runs.
    pub(crate) time: Duration,
}

/// Number of timed runs. The time of the fastest run is reported, because other programs on the
/// machine may slow a run.
const RUNS: u32 = 5;

/// Probes an object once for the answer, and [`RUNS`] more times to measure the time.
pub(crate) fn timed(object: &Bytes, key: &str) -> Answer {
    let (result, cost) = probe(object, key);
    let time = (0..RUNS).map(|_| time(object, key)).min().unwrap_or_default();
    Answer { result, cost, time }
}

/// Probes an object in memory.
pub(crate) fn probe(object: &Bytes, key: &str) -> (Result<Image, ProbeError>, Cost) {
    let hint = Hint { key, content_type: None };
    let mut probe = Probe::new(object.len() as u64, hint).with_location(true);
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

fn time(object: &Bytes, key: &str) -> Duration {
    let start = Instant::now();
    black_box(probe(black_box(object), key).0.is_ok());
    start.elapsed()
}

fn to_usize(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
