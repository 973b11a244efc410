//! The runtime that all functions share.
//!
//! A function's `main` reads its settings with [`initialize()`] and hands its handler to [`run`]. A
//! function that calls AWS builds its clients with [`aws_config()`], and most such functions open
//! their connections in advance with [`warm_up()`].
//!
//! The handler is an async function from its input to its output. Its errors have stable names
//! ([`contract::NamedError`]), which state machines match. Each invocation has one structured
//! log line: its [`Summary`].
//!
//! - `initialize.rs`, `settings.rs`: the environment variables
//! - `aws.rs`: the configuration of AWS clients
//! - `warm_up.rs`: the first call, during initialization
//! - `invoke.rs`, `invocation_error.rs`: the invocation loop
//! - `summary.rs`, `line.rs`, `metrics.rs`: the summary line and the metrics in it
//! - `logging.rs`: the format and the level of the log

mod aws;
mod initialize;
mod invocation_error;
mod invoke;
mod line;
mod logging;
mod metrics;
mod settings;
mod summary;
mod warm_up;

pub use aws::aws_config;
pub use initialize::initialize;
pub use invoke::{Error, run};
pub use settings::{InvalidSettings, Settings};
pub use summary::Summary;
// Gives the AWS SDK the same features as in every other build of the workspace, so that Cargo does
// not compile the SDK again.
#[cfg(test)]
use unified_features as _;
pub use warm_up::warm_up;
