//! Errors of requests to the table.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use contract::{FailureClass, NamedError, Service, classify, describe};

/// The failure of a request to the table, or the refusal to make one.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Transient: the table throttled the request, failed or did not respond.
    #[error("the table is throttling or failing; try again later ({0})")]
    TableUnavailable(String),
    /// Transient: during every attempt, another writer changed the record or the totals.
    #[error("other writers changed {key} or its totals during {attempts} attempts; try again")]
    RecordConflict {
        /// Key of the object.
        key: String,
        /// Number of attempts.
        attempts: u32,
    },
    /// Permanent: the table refuses the request.
    #[error("the table refused the request; check its name, its schema and the role ({0})")]
    TableRefused(String),
    /// Permanent: the key is reserved for the table's own items, such as `#totals/0`.
    #[error("{key:?} is not the key of an object: keys of the table's own items begin with '#'")]
    InternalKey {
        /// The key.
        key: String,
    },
    /// Permanent: this version of the code cannot read an item.
    #[error("the item {key} does not have the schema of this catalog: {message}")]
    MalformedItem {
        /// Key of the item.
        key: String,
        /// Description of the problem.
        message: String,
    },
}

impl NamedError for CatalogError {
    fn name(&self) -> &'static str {
        match self {
            Self::TableUnavailable(_) => "TableUnavailable",
            Self::RecordConflict { .. } => "RecordConflict",
            Self::TableRefused(_) => "TableRefused",
            Self::InternalKey { .. } => "InvalidInput",
            Self::MalformedItem { .. } => "MalformedItem",
        }
    }
}

impl<E> From<SdkError<E, HttpResponse>> for CatalogError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let message = describe(&error);
        match classify(Service::DynamoDb, error.code(), &error) {
            FailureClass::Transient => Self::TableUnavailable(message),
            // The class `Object` does not occur here. DynamoDB's only failure of this class is a
            // failed condition. Callers that send conditions handle it earlier.
            FailureClass::Object | FailureClass::System => Self::TableRefused(message),
        }
    }
}
