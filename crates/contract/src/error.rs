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
    /// rejection of an object. Such an error is logged at INFO instead of ERROR.
    fn is_expected(&self) -> bool {
        false
    }
}

/// The error type of handlers that never fail.
impl NamedError for Infallible {
    fn name(&self) -> &'static str {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the table is being restored; try again later")]
    struct Restoring;

    impl NamedError for Restoring {
        fn name(&self) -> &'static str {
            "TableUnavailable"
        }
    }

    #[test]
    fn an_error_is_no_normal_result_unless_it_says_so() {
        assert!(!Restoring.is_expected());
    }
}
