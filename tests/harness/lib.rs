//! What the integration tests share: one emulator with one deployed stack, and pictures to
//! upload.
//!
//! All tests of a run use one emulator, started by the first that needs it, and one Tokio
//! runtime, so that connections outlive the test that opened them. A test keeps to keys of its
//! own; one that looks at the whole catalog deploys a stack of its own. The emulator ends with
//! this process, however it ends.

#![expect(clippy::panic, clippy::expect_used, reason = "a test that cannot go on panics")]
#![expect(clippy::missing_panics_doc, reason = "all of it panics when the stack does not answer")]

pub mod picture;
mod stack;

pub use stack::{TestStack, run};
