//! Tests against a running stack: real functions and real HTTP on an AWS emulator, which the tests
//! start and stop.
//!
//! Each file is about one topic; `lifecycle.rs` is a good one to read first. Helpers that several
//! files use are in `tests/harness`, and in the modules `browser`, `client` and `embedded_metrics`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot continue panics, as do the helpers of tests"
)]

mod adopted;
mod api_authorization;
mod api_conditions;
mod api_errors;
mod api_images;
mod api_keys;
mod api_listing;
mod api_look_up;
mod api_measures;
mod api_scripts;
mod bad_input;
mod browser;
mod client;
mod costs;
mod embedded_metrics;
mod events;
mod failures;
mod faults;
mod fence;
mod first_invocation;
mod hostile;
mod lifecycle;
mod load;
mod operations;
mod page;
mod permissions;
mod reconcile;
mod redrive;
mod result_events;
mod semantics;
mod settings;
mod unreadable;
mod versions;
