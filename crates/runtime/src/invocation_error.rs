//! A failed invocation.

use contract::NamedError;
use lambda_runtime::Diagnostic;

/// The error of an invocation, as Lambda and the log get it.
#[derive(Debug)]
pub(crate) struct InvocationError {
    /// Name and message.
    pub(crate) diagnostic: Diagnostic,
    /// True if the state machine continues with the error as with a normal result. The error is
    /// then logged at INFO instead of ERROR.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cut short")]
    struct Corrupt;

    impl NamedError for Corrupt {
        fn name(&self) -> &'static str {
            "CorruptImage"
        }

        fn is_expected(&self) -> bool {
            true
        }
    }

    #[test]
    fn an_error_keeps_its_name_its_message_and_that_it_is_expected() {
        let InvocationError { diagnostic, expected } = InvocationError::of(&Corrupt);
        assert_eq!(
            (&*diagnostic.error_type, &*diagnostic.error_message),
            ("CorruptImage", "cut short")
        );
        assert!(expected);
    }
}
