//! What the integration tests share: one emulator with one deployed stack, and pictures to
//! upload.
//!
//! All tests of a run use one emulator, started by the first that needs it, and one Tokio
//! runtime, so that connections outlive the test that opened them. A test keeps to keys of its
//! own; one that looks at the whole catalog deploys a stack of its own. The emulator ends with
//! this process, however it ends.

#![expect(clippy::panic, clippy::expect_used, reason = "a test that cannot go on panics")]
#![expect(clippy::missing_panics_doc, reason = "all of it panics when the stack does not answer")]

pub mod faulty;
pub mod filler;
mod functions;
pub mod observed;
pub mod picture;
pub mod proxy;
pub mod snapshot;
mod stack;
pub mod units;

pub use faulty::FaultyStack;
pub use stack::{TestStack, run};

/// How much a test does: what the environment variable says, or what suits every run.
#[must_use]
pub fn bound(variable: &str, every_run: usize) -> usize {
    let Ok(text) = std::env::var(variable) else { return every_run };
    text.parse().unwrap_or_else(|_| panic!("{variable} has to be a whole number, not {text:?}"))
}
