//! Shared code of the integration tests.
//!
//! [`TestStack`] is the place to start: a stack that is deployed to the emulator, with helpers to
//! upload objects, wait for executions and query the API. The image analysis of a [`FaultyStack`]
//! reaches S3 and DynamoDB through a [`proxy`] that injects faults. [`snapshot`] reads the whole
//! table. [`picture`] makes images to upload, and [`observed`] makes sample observations.
//!
//! All stacks except [`TestStack::unfenced`] share two emulators. On one emulator, state machines
//! wait as long as on AWS before a retry. On the other, they wait a tenth as long. An emulator
//! starts with the first test that needs it, and ends with this process, even if the process is
//! killed.
//!
//! Tests that share a stack use different object keys. A test that looks at the whole catalog
//! deploys a separate stack. All tests of a run share one Tokio runtime, so that connections
//! outlive the test that opened them.

#![expect(clippy::panic, clippy::expect_used, reason = "a test that cannot continue panics")]
#![expect(clippy::missing_panics_doc, reason = "everything panics if the stack does not respond")]

pub mod faulty;
mod functions;
mod linked;
pub mod picture;
pub mod proxy;
mod stack;

pub use faulty::FaultyStack;
pub use stack::{TestStack, run};
pub use test_table::{observed, snapshot};

/// The number in an environment variable, or `default` if the variable is not set. For a longer
/// test, set a larger number.
#[must_use]
pub fn env_or(variable: &str, default: usize) -> usize {
    let Ok(text) = std::env::var(variable) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{variable} must be a whole number, not {text:?}"))
}
