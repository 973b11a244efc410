//! Errors of requests to S3.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use contract::{NamedError, describe, is_transient};

/// A request to S3 that failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The object no longer exists.
    #[error("the object was deleted while it was read")]
    ObjectGone,
    /// The object has been overwritten since it was first seen.
    #[error("the object was overwritten while it was read")]
    ObjectChanged,
    /// The object is archived and has to be restored before it can be read.
    #[error("the object is archived; restore it from its storage class before reading it")]
    ObjectArchived,
    /// Transient: S3 throttled the request, failed or did not respond.
    #[error("S3 is throttling or failing; try again later ({0})")]
    StorageUnavailable(String),
    /// Permanent: S3 refuses the request.
    #[error("S3 refused the request; check the bucket, the object's encryption and the role ({0})")]
    StorageRefused(String),
}

impl NamedError for StorageError {
    fn name(&self) -> &'static str {
        match self {
            Self::ObjectGone => "ObjectGone",
            Self::ObjectChanged => "ObjectChanged",
            Self::ObjectArchived => "ObjectArchived",
            Self::StorageUnavailable(_) => "StorageUnavailable",
            Self::StorageRefused(_) => "StorageRefused",
        }
    }
}

impl<E> From<SdkError<E, HttpResponse>> for StorageError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let message = || describe(&error);
        let status = error.raw_response().map(|response| response.status().as_u16());
        // A response to HEAD has no body and therefore no code, so the status has to suffice.
        match (status, error.code()) {
            (_, Some("InvalidObjectState")) => Self::ObjectArchived,
            // A missing bucket is a wrong configuration; it says nothing about the object.
            (_, Some("NoSuchBucket")) => Self::StorageRefused(message()),
            (Some(404), _) => Self::ObjectGone,
            // 416: the object has become shorter since its size was read.
            (Some(412 | 416), _) => Self::ObjectChanged,
            _ if is_transient(&error) => Self::StorageUnavailable(message()),
            _ => Self::StorageRefused(message()),
        }
    }
}
