//! The runtime that all functions share.
//!
//! A function's `main` builds its AWS clients with [`aws_config()`], makes its first call with
//! [`warm_up()`], then hands its handler to [`run`]. The handler is an async function from its
//! input to its output. Its errors have stable names ([`contract::NamedError`]), which the state
//! machine matches. Each invocation writes exactly one structured log line: its [`Summary`].
//!
//! `invoke.rs` contains the loop, `line.rs` the log line, `metrics.rs` the metrics in that line,
//! and `aws.rs` the configuration of AWS clients.

mod aws;
mod invoke;
mod line;
mod metrics;
mod summary;
mod warm_up;

pub use aws::aws_config;
pub use invoke::{Error, run};
pub use summary::Summary;
pub use warm_up::warm_up;
