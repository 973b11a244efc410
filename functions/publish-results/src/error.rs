//! The error of a batch whose events cannot be published.

use contract::{FailureClass, NamedError};

/// The reason why events were not published. Lambda delivers the records of these events again. If
/// no event of a batch was published, the invocation fails with this error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    /// Transient: the bus throttled the request, failed or did not respond.
    #[error("EventBridge is throttling or failing; the batch is delivered again ({0})")]
    BusUnavailable(String),
    /// Permanent: the bus refuses the request.
    #[error("EventBridge refused the request; check the bus and the role ({0})")]
    BusRefused(String),
}

impl PublishError {
    /// The error for a failure of this class.
    pub(crate) fn new(class: FailureClass, message: String) -> Self {
        match class {
            FailureClass::Transient => Self::BusUnavailable(message),
            FailureClass::Object | FailureClass::System => Self::BusRefused(message),
        }
    }
}

impl NamedError for PublishError {
    fn name(&self) -> &'static str {
        match self {
            Self::BusUnavailable(_) => "BusUnavailable",
            Self::BusRefused(_) => "BusRefused",
        }
    }
}
