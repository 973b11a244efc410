//! Errors of a batch.

use contract::NamedError;

/// A batch of which nothing was published. Lambda delivers it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    /// Transient: the bus throttled the request, failed or did not respond.
    #[error("EventBridge is throttling or failing; the batch is delivered again ({0})")]
    BusUnavailable(String),
    /// Permanent: the bus refuses the request.
    #[error("EventBridge refused the request; check the bus and the role ({0})")]
    BusRefused(String),
}

impl NamedError for PublishError {
    fn name(&self) -> &'static str {
        match self {
            Self::BusUnavailable(_) => "BusUnavailable",
            Self::BusRefused(_) => "BusRefused",
        }
    }
}
