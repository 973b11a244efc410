//! Counts what requests to the table consume: round trips, items, and read and write units.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// Sums of the round trips, items and units of several requests.
///
/// The database reports the units that AWS would report: none for a request that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Consumed {
    /// Number of requests.
    pub round_trips: u64,
    /// Number of items that queries, scans and batch reads have read. `GetItem` is not counted.
    pub items: u64,
    /// Sum of the read units and the write units.
    pub units: f64,
}

/// Adds up what the clients of a table consume.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Mutex<Consumed>>);

impl Meter {
    /// Returns the sums so far, and begins again at zero.
    pub(crate) fn take(&self) -> Consumed {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds one request, and what it consumed according to its response.
    pub(crate) fn add(&self, response: &Value) {
        let mut consumed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        consumed.round_trips += 1;
        consumed.items += response["ScannedCount"].as_u64().unwrap_or_default();
        for items in response["Responses"].as_object().into_iter().flat_map(|it| it.values()) {
            consumed.items += items.as_array().map_or(0, Vec::len) as u64;
        }
        // In responses to some operations, `ConsumedCapacity` is a list with one member for each
        // table.
        let capacity = &response["ConsumedCapacity"];
        let tables = capacity.as_array().map_or(std::slice::from_ref(capacity), Vec::as_slice);
        let units = tables.iter().map(|it| it["CapacityUnits"].as_f64().unwrap_or_default());
        consumed.units += units.sum::<f64>();
    }
}
