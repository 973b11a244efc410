//! What can go wrong between this crate and the table.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use contract::{NamedError, describe, is_transient};

/// A request to the table that failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The table throttled, failed or did not answer: the same request may succeed later.
    #[error("the table did not take the request; make it again later ({0})")]
    TableUnavailable(String),
    /// Other writers were faster every time: the same request may succeed later.
    #[error("other writers changed {key} or its totals {attempts} times; make the request again")]
    RecordConflict {
        /// Key of the object.
        key: String,
        /// Writes that were tried.
        attempts: u32,
    },
    /// The table refuses the request and would do so again.
    #[error("the table refused the request; check its name, its schema and the role ({0})")]
    TableRefused(String),
    /// An item that this version cannot read.
    #[error("the item {key} is not one of this catalog: {message}")]
    MalformedItem {
        /// Key of the item.
        key: String,
        /// What is wrong with it.
        message: String,
    },
}

impl NamedError for CatalogError {
    fn name(&self) -> &'static str {
        match self {
            Self::TableUnavailable(_) => "TableUnavailable",
            Self::RecordConflict { .. } => "RecordConflict",
            Self::TableRefused(_) => "TableRefused",
            Self::MalformedItem { .. } => "MalformedItem",
        }
    }
}

/// Codes that DynamoDB sends with status 400 and that pass
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>).
const TRANSIENT_CODES: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "ReplicatedWriteConflictException",
    "TransactionInProgressException",
];

impl<E> From<SdkError<E, HttpResponse>> for CatalogError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let passes = error.code().is_some_and(|code| TRANSIENT_CODES.contains(&code));
        let message = describe(&error);
        if passes || is_transient(&error) {
            Self::TableUnavailable(message)
        } else {
            Self::TableRefused(message)
        }
    }
}
