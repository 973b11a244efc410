//! The runtime that all functions share.
//!
//! A function's `main` reads its settings with [`initialize()`], builds its AWS clients with
//! [`aws_config()`], makes its first call with [`warm_up()`], then hands its handler to [`run`].
//! The handler is an async function from its input to its output. Its errors have stable names
//! ([`contract::NamedError`]), which the state machine matches. Each invocation writes exactly one
//! structured log line: its [`Summary`].
//!
//! - `initialize.rs`, `settings.rs`: the environment variables
//! - `aws.rs`: the configuration of AWS clients
//! - `invoke.rs`: the invocation loop
//! - `line.rs`, `metrics.rs`: the log line and the metrics in it
//! - `logging.rs`: the level of the log

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
