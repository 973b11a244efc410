//! Schedule of the uploads.

use std::time::Duration;

/// A steady rate of uploads for two state machines that share one emulator.
///
/// Both state machines get their uploads at the same interval, the second state machine half an
/// interval after the first. So both find the emulator equally busy, and the load of each slows
/// down both.
///
/// The times of uploads are fixed in advance. An upload that has to wait for earlier uploads starts
/// late, and its measured time includes the wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    uploads: u32,
    rate: f64,
}

/// A scheduled upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Due time, counted from the start of the load.
    pub(super) due: Duration,
    /// Index of the state machine: 0 for the pipeline, 1 for the empty pipeline.
    pub(super) target: usize,
    /// Index of the upload among those for the same state machine, from 0.
    pub(super) number: u32,
}

impl Pace {
    /// Schedules this many uploads for each state machine, `rate` of them per second.
    ///
    /// A rate that is not a positive finite number is replaced by one per second.
    #[must_use]
    pub const fn new(uploads: u32, rate: f64) -> Self {
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        Self { uploads, rate }
    }

    /// Returns the number of uploads for each state machine.
    #[must_use]
    pub fn uploads(&self) -> u32 {
        self.uploads
    }

    /// Returns the number of uploads per second for each state machine.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Iterates over all uploads, in order of their due times.
    pub(super) fn slots(self) -> impl Iterator<Item = Slot> {
        let due = move |halves: u32| Duration::from_secs_f64(f64::from(halves) / 2.0 / self.rate);
        (0..self.uploads).flat_map(move |number| {
            let slot =
                move |target: usize, half| Slot { due: due(2 * number + half), target, number };
            [slot(0, 0), slot(1, 1)]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_alternate_at_equal_intervals() {
        let slots: Vec<_> = Pace::new(3, 5.0).slots().collect();
        let due: Vec<_> = slots.iter().map(|slot| slot.due.as_millis()).collect();
        assert_eq!(due, [0, 100, 200, 300, 400, 500]);
        let uploads: Vec<_> = slots.iter().map(|slot| (slot.target, slot.number)).collect();
        assert_eq!(uploads, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]);
    }

    #[test]
    fn schedule_may_be_slow_or_empty_and_an_invalid_rate_becomes_one_per_second() {
        assert_eq!(Pace::new(2, 0.5).slots().last().unwrap().due, Duration::from_secs(3));
        assert_eq!(Pace::new(0, 5.0).slots().count(), 0);
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Pace::new(1, rate), Pace::new(1, 1.0));
        }
    }
}
