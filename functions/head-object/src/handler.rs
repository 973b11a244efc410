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
    /// The key is outside the stack's key prefix.
    #[error(
        "the key {key:?} is not under {prefix}: this stack measures only objects under its keyPrefix"
    )]
    OutsidePrefix { key: String, prefix: String },
    /// The state of the key could not be read from S3.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl NamedError for HeadError {
    fn name(&self) -> &'static str {
        match self {
            Self::OtherBucket { .. } | Self::OutsidePrefix { .. } => "InvalidInput",
            Self::Storage(error) => error.name(),
        }
    }
}

/// Reads the current state of the event's key from S3. A missing object is a result, not an error,
/// and so is an object that S3 does not describe.
///
/// An event about another bucket is refused. The catalog has one bucket, so the key would be taken
/// for a key of the stack's bucket.
///
/// An event about a key outside the stack's key prefix is refused, too, unless the event is from a
/// reconciliation. A reconciliation sends it to remove a record that was made under an earlier
/// prefix, so the object counts as missing. S3 is not asked, because no role may read outside the
/// prefix.
pub(crate) async fn head_object(
    storage: &Storage,
    own_bucket: Option<&BucketName>,
    ObjectEvent { bucket, key, sequencer, is_repair, execution }: ObjectEvent,
    summary: &mut Summary,
) -> Result<Head, HeadError> {
    summary.key = Some(key.clone());
    summary.execution = execution;
    if let Some(own) = own_bucket.filter(|own| own.as_str() != bucket) {
        let expected = own.as_str().to_owned();
        return Err(HeadError::OtherBucket { found: bucket, expected });
    }
    let prefix = storage.prefix();
    if !prefix.contains(&key) {
        if !is_repair {
            return Err(HeadError::OutsidePrefix { key, prefix: prefix.to_string() });
        }
        summary.outcome = Some("outside");
        let (object, rejection) = (None, None);
        return Ok(Head { bucket, key, sequencer, present: false, object, rejection });
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

#[cfg(test)]
mod tests {
    use aws_sdk_s3::config::{BehaviorVersion, Builder};

    use super::*;

    /// The result and the summary of `head_object` with a client that cannot reach S3.
    async fn headed(key: &str, is_repair: bool) -> (Result<Head, HeadError>, Summary) {
        let config = Builder::new().behavior_version(BehaviorVersion::latest());
        let storage = Storage::new(config, "photos/2026/".parse().unwrap());
        let event = ObjectEvent {
            bucket: "bucket".into(),
            key: key.into(),
            sequencer: None,
            is_repair,
            execution: None,
        };
        let mut summary = Summary::default();
        (head_object(&storage, None, event, &mut summary).await, summary)
    }

    #[tokio::test]
    async fn a_key_outside_the_prefix_is_refused() {
        for key in ["uploads/a.png", "photos/2025/a.png", "photos/2026", "#totals/0"] {
            let (result, summary) = headed(key, false).await;
            let error = result.unwrap_err();
            assert_eq!(error.name(), "InvalidInput", "{key}");
            assert!(error.to_string().contains("not under photos/2026/"), "{error}");
            assert_eq!(summary.key.as_deref(), Some(key));
        }
    }

    /// The function's role allows no reads outside the prefix, so `head_object` does not ask S3.
    #[tokio::test]
    async fn a_repair_outside_the_prefix_finds_no_object() {
        let (result, summary) = headed("uploads/a.png", true).await;
        let head = result.unwrap();
        assert!(!head.present && head.object.is_none() && head.rejection.is_none());
        assert_eq!((head.key.as_str(), summary.outcome), ("uploads/a.png", Some("outside")));
    }
}
