//! Errors that a state machine can match by name.

use std::convert::Infallible;

/// An error that a state machine can match by name.
///
/// `Retry` and `Catch` compare their `ErrorEquals` with the `errorType` that a function reports
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
pub trait NamedError: std::error::Error {
    /// The stable name.
    fn name(&self) -> &'static str;
}

/// A handler that never fails.
impl NamedError for Infallible {
    fn name(&self) -> &'static str {
        match *self {}
    }
}
