//! Errors of requests to S3.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use contract::{FailureClass, NamedError, Service, classify, describe};

use crate::Unreadable;

/// A request to S3 that failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object, or it no longer exists.
    #[error("the object does not exist, or was deleted while it was read")]
    ObjectGone,
    /// The object has been overwritten since it was first seen.
    #[error("the object was overwritten while it was read")]
    ObjectChanged,
    /// S3 has the object but does not send its bytes.
    #[error("{0}")]
    ObjectUnreadable(Unreadable),
    /// Transient: S3 throttled the request, failed or did not respond.
    #[error("S3 is throttling or failing; try again later ({0})")]
    StorageUnavailable(String),
    /// Permanent: S3 refuses the request.
    #[error("S3 refused the request; check the bucket and the role ({0})")]
    StorageRefused(String),
}

impl NamedError for StorageError {
    fn name(&self) -> &'static str {
        match self {
            Self::ObjectGone => "ObjectGone",
            Self::ObjectChanged => "ObjectChanged",
            Self::ObjectUnreadable(_) => "UnreadableObject",
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
        let code = error.code();
        match classify(Service::S3, code, &error) {
            FailureClass::Transient => Self::StorageUnavailable(describe(&error)),
            FailureClass::Object => of_object(code.unwrap_or_default()),
            // A response without a body, such as a response to HEAD, has no code, so its status
            // decides. The SDK itself gives the code `NotFound` to a 404 without a body.
            FailureClass::System => match (status(&error), code) {
                (Some(412 | 416), None) => Self::ObjectChanged,
                _ => Self::StorageRefused(describe(&error)),
            },
        }
    }
}

/// The [`StorageError`] for an S3 error code whose class is [`FailureClass::Object`].
fn of_object(code: &str) -> StorageError {
    match code {
        "NoSuchKey" | "NoSuchVersion" | "NotFound" | "KeyTooLongError" => StorageError::ObjectGone,
        // `InvalidRange`: the object has probably become shorter, and ends before the range.
        "InvalidRange" | "PreconditionFailed" => StorageError::ObjectChanged,
        code => StorageError::ObjectUnreadable(Unreadable::of(code)),
    }
}

/// Status of the response; `None` if there was no response.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
