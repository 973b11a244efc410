//! Reads the current state of a key.

use contract::{Head, NamedError, ObjectEvent, Rejection};
use runtime::Summary;
use storage::{BucketName, Location, Storage, StorageError};

/// Error while reading the state of a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    /// The event is about another bucket.
    #[error(
        "the event is about the bucket {found:?}, but this stack measures the bucket {expected}; start the execution in that bucket's stack"
    )]
    OtherBucket {
        /// Name of the bucket in the event.
        found: String,
        /// Name of the stack's bucket.
        expected: String,
    },
    /// S3 did not answer, or refused.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl NamedError for HeadError {
    fn name(&self) -> &'static str {
        match self {
            Self::OtherBucket { .. } => "InvalidInput",
            Self::Storage(error) => error.name(),
        }
    }
}

/// Reads the current state of the event's key from S3. A missing object is a result, not an error,
/// and so is an object that S3 does not describe.
///
/// The catalog has one bucket, so an event about another bucket is refused. If it were accepted,
/// its key would be taken for a key of the stack's bucket.
pub(crate) async fn head_object(
    storage: &Storage,
    own_bucket: Option<&BucketName>,
    ObjectEvent { bucket, key, sequencer, execution }: ObjectEvent,
    summary: &mut Summary,
) -> Result<Head, HeadError> {
    summary.key = Some(key.clone());
    summary.execution = execution;
    if let Some(own) = own_bucket.filter(|own| own.as_str() != bucket) {
        let expected = own.as_str().to_owned();
        return Err(HeadError::OtherBucket { found: bucket, expected });
    }
    let (object, rejection) = match storage.head(Location { bucket: &bucket, key: &key }).await {
        Err(StorageError::ObjectUnreadable(why)) => {
            (None, Some(Rejection::unreadable(why.to_string())))
        }
        object => (object?, None),
    };
    let present = object.is_some() || rejection.is_some();
    summary.outcome = Some(match (&rejection, present) {
        (Some(_), _) => "unreadable",
        (None, true) => "present",
        (None, false) => "absent",
    });
    Ok(Head { bucket, key, sequencer, present, object, rejection })
}
