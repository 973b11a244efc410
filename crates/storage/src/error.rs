//! What can go wrong between this crate and S3.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use contract::{NamedError, describe, is_transient};

/// A request to S3 that failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no object under the key any more.
    #[error("the object was deleted while it was read")]
    ObjectGone,
    /// There is another version under the key than the one that was seen before.
    #[error("the object was overwritten while it was read")]
    ObjectChanged,
    /// The object is in an archive and has to be restored before it can be read.
    #[error("the object is archived; restore it from its storage class before it can be read")]
    ObjectArchived,
    /// S3 failed, throttled or did not answer: the same request may succeed later.
    #[error("S3 did not answer the request; make it again later ({0})")]
    StorageUnavailable(String),
    /// S3 refuses the request and would do so again.
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
        // An answer to HEAD has no body, so the status has to do where there is no code.
        match (status, error.code()) {
            (_, Some("InvalidObjectState")) => Self::ObjectArchived,
            // The bucket is configuration: that it is missing is no property of the object.
            (_, Some("NoSuchBucket")) => Self::StorageRefused(message()),
            (Some(404), _) => Self::ObjectGone,
            // 416: the object is shorter than it was when its size was seen.
            (Some(412 | 416), _) => Self::ObjectChanged,
            _ if is_transient(&error) => Self::StorageUnavailable(message()),
            _ => Self::StorageRefused(message()),
        }
    }
}
