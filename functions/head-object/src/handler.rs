//! Reads the current state of a key.

use contract::{Head, ObjectEvent};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

/// Reads the current state of the event's key from S3. A missing object is a result, not an error.
pub(crate) async fn head_object(
    storage: &Storage,
    ObjectEvent { bucket, key, sequencer, execution }: ObjectEvent,
    summary: &mut Summary,
) -> Result<Head, StorageError> {
    summary.key = Some(key.clone());
    summary.execution = execution;
    let object = storage.head(Location { bucket: &bucket, key: &key }).await?;
    let present = object.is_some();
    summary.outcome = Some(if present { "present" } else { "absent" });
    Ok(Head { bucket, key, sequencer, present, object })
}
