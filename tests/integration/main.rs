//! Tests against the running stack: real functions, real HTTP, on an emulator of their own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on panics, also in what tests share"
)]

mod api_authorization;
mod api_errors;
mod api_images;
mod api_keys;
mod api_listing;
mod api_measures;
mod bad_input;
mod client;
mod concurrency;
mod costs;
mod embedded_metrics;
mod events;
mod failures;
mod faults;
mod fence;
mod first_invocation;
mod hostile;
mod keys;
mod lifecycle;
mod load;
mod logs;
mod model;
mod operations;
mod permissions;
mod query;
mod read_cost;
mod reconcile;
mod recorders;
mod redrive;
mod regressions;
mod semantics;
mod shards;
mod versions;
mod write_cost;
