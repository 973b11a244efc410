//! Tests on the project's own files. The unchanged files must have no findings, and every mistake
//! that a test plants in a file must be found.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test helper that cannot continue fails the test"
)]

mod conventions;
mod deploy_role;
mod evaluated;
mod express;
mod history;
mod key_prefix;
mod machine;
mod mistakes;
mod operations;
mod project;
mod robustness;
mod sound;
mod stack_names;
