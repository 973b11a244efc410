//! When each upload is due.

use std::time::Duration;

/// A steady rate for two state machines that share one emulator.
///
/// Each gets its uploads at the same intervals, the second half an interval after the first. So
/// neither meets a busier emulator than the other, and what one costs the machine meets both.
/// A due time does not move when the uploads before it are late: what waits is measured, too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    uploads: u32,
    rate: f64,
}

/// One upload on the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Time after the start at which it is due.
    pub(super) due: Duration,
    /// Whose upload it is: 0 or 1.
    pub(super) target: usize,
    /// Its number among those of its target, from 0.
    pub(super) number: u32,
}

impl Pace {
    /// This many uploads to each state machine, at this many per second to each.
    ///
    /// A rate that is not positive is taken for one upload a second.
    #[must_use]
    pub const fn new(uploads: u32, rate: f64) -> Self {
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        Self { uploads, rate }
    }

    /// Uploads to each state machine.
    #[must_use]
    pub fn uploads(&self) -> u32 {
        self.uploads
    }

    /// Uploads per second to each state machine.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// All uploads, in order of time.
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
    fn both_targets_have_the_same_intervals_and_take_turns() {
        let slots: Vec<_> = Pace::new(3, 5.0).slots().collect();
        let due: Vec<_> = slots.iter().map(|slot| slot.due.as_millis()).collect();
        assert_eq!(due, [0, 100, 200, 300, 400, 500]);
        let whose: Vec<_> = slots.iter().map(|slot| (slot.target, slot.number)).collect();
        assert_eq!(whose, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]);
    }

    #[test]
    fn a_rate_below_one_is_a_rate() {
        let last = Pace::new(2, 0.5).slots().last().unwrap();
        assert_eq!(last.due, Duration::from_secs(3));
    }

    #[test]
    fn what_is_no_rate_does_no_harm() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Pace::new(1, rate), Pace::new(1, 1.0));
        }
    }

    #[test]
    fn no_uploads_are_no_slots() {
        assert_eq!(Pace::new(0, 5.0).slots().count(), 0);
    }
}
