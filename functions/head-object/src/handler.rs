//! Reads the current state of a key.

use contract::{Head, ObjectEvent, Rejection};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

/// Reads the current state of the event's key from S3. A missing object is a result, not an error,
/// and so is one that S3 does not describe.
pub(crate) async fn head_object(
    storage: &Storage,
    ObjectEvent { bucket, key, sequencer }: ObjectEvent,
    summary: &mut Summary,
) -> Result<Head, StorageError> {
    summary.key = Some(key.clone());
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
