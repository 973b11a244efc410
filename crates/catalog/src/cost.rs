//! Cost of requests to the table.

use std::ops::AddAssign;

/// Requests to the table and the items they touched, which determine latency and price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests made, in parallel or in sequence.
    pub round_trips: u64,
    /// Items that were returned or written, or that a failed attempt would have written.
    pub items: u64,
}

impl Cost {
    /// Cost of one request that touched this many items.
    pub(crate) fn request(items: usize) -> Self {
        Self { round_trips: 1, items: items as u64 }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.round_trips += other.round_trips;
        self.items += other.items;
    }
}
