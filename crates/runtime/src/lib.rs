//! What every function needs around its handler.
//!
//! A function's `main` builds its AWS clients with [`aws_config()`], makes its first call with
//! [`warm_up()`], then hands its handler to [`run`]. The handler is an async function from its input to its output; errors carry a stable
//! name ([`contract::NamedError`]) that the state machine matches, and each invocation ends in exactly one
//! line of structured log, its [`Summary`].

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
