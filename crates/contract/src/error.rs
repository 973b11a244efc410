//! Named errors.

use std::convert::Infallible;

/// An error that a state machine can match by name.
///
/// `Retry` and `Catch` compare their `ErrorEquals` with the `errorType` that a function reports
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
pub trait NamedError: std::error::Error {
    /// Stable name, reported as the Lambda `errorType`.
    fn name(&self) -> &'static str;

    /// True if the error is a normal result that the state machine continues with, such as the
    /// rejection of an object. It is logged at INFO instead of ERROR.
    fn is_expected(&self) -> bool {
        false
    }
}

/// The error of a handler that never fails.
impl NamedError for Infallible {
    fn name(&self) -> &'static str {
        match *self {}
    }
}
