//! Tests of the catalog's public interface, on a table in this process (`tests/table`).
//!
//! Each file is about one topic. `record.rs` shows how a test injects faults. `model.rs` compares
//! the catalog with a reference model.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test helper that cannot continue panics")]

mod batch;
mod compare;
mod listing;
mod model;
mod overview;
mod read_cost;
mod record;
mod recorders;
mod recount;
mod regressions;
mod write_cost;

use catalog::{Catalog, CatalogError, Order};
use contract::{Observation, Sequencer};
// Gives the AWS SDK the same features as in every other build of the workspace, so that Cargo does
// not compile the SDK again.
use unified_features as _;

/// The sequencer of event `number`. Trailing zeros are cut off, so that sequencers differ in
/// length, as those of S3 do.
fn sequencer(number: u64) -> Sequencer {
    let digits = format!("{number:016X}");
    Sequencer::parse(digits.trim_end_matches('0')).unwrap()
}

/// The [`Order`] of an observation that was made after event `number`.
fn after(number: u64) -> Order {
    Order::After(sequencer(number))
}

/// Records an observation that was made after event `number`.
async fn record(catalog: &Catalog, key: &str, number: u64, observation: &Observation) {
    record_as(catalog, key, &after(number), observation).await;
}

/// Records an observation. Tries again after each conflict with another recorder.
async fn record_as(catalog: &Catalog, key: &str, order: &Order, observation: &Observation) {
    loop {
        match catalog.record(key, order, observation).await {
            Ok(_) => return,
            Err(CatalogError::RecordConflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// The number in an environment variable, or `default` if the variable is not set. Long runs set a
/// larger number.
fn number_in(variable: &str, default: u64) -> u64 {
    let text = std::env::var(variable).unwrap_or_else(|_| default.to_string());
    text.parse().unwrap_or_else(|_| panic!("{variable} must be a whole number, not {text:?}"))
}
