//! The project's own program and state machine, as they are and with mistakes planted in them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test that cannot go on fails the test"
)]

mod conventions;
mod evaluated;
mod machine;
mod mistakes;
mod operations;
mod project;
mod robustness;
mod sound;
mod stack_names;
