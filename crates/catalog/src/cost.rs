//! What a request cost.

use std::ops::AddAssign;

/// Requests to the table and the items they touched: what latency and price follow from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests made, whether in parallel or one after the other.
    pub round_trips: u64,
    /// Items returned or written.
    pub items: u64,
}

impl Cost {
    /// One request that touched this many items.
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
