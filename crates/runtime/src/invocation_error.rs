//! A failed invocation.

use contract::NamedError;
use lambda_runtime::Diagnostic;

/// The error of an invocation, as Lambda and the log get it.
#[derive(Debug)]
pub(crate) struct InvocationError {
    /// Name and message.
    pub(crate) diagnostic: Diagnostic,
    /// True if the error is a normal result that the state machine continues with. Such an error is
    /// logged at INFO instead of ERROR.
    pub(crate) expected: bool,
}

impl InvocationError {
    pub(crate) fn of(error: &impl NamedError) -> Self {
        let failure = Self::new(error.name(), error.to_string());
        Self { expected: error.is_expected(), ..failure }
    }

    pub(crate) fn new(name: &str, message: String) -> Self {
        let diagnostic = Diagnostic { error_type: name.to_owned(), error_message: message };
        Self { diagnostic, expected: false }
    }
}
