//! The S3 event that starts an execution.

use aws_lambda_events::eventbridge::EventBridgeEvent;
use serde::{Deserialize, Serialize};

use crate::{Sequencer, SequencerError};

/// `source` of the events with which a reconciliation starts executions
/// (`statemachine/reconcile.asl.json`).
const RECONCILIATION: &str = "pixgauge.reconcile";

/// The part of an S3 event that an execution relies on: the object, and its place in the order of
/// events.
///
/// Deserialized from an event as EventBridge delivers it
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>). Size, ETag and type of
/// the event are ignored, because the object's current state is read from S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEvent {
    /// Name of the bucket.
    pub bucket: String,
    /// Key of the object; in EventBridge events it is not URL-encoded.
    pub key: String,
    /// Position among the events of this key; `None` if the input has none: in *Object Restore
    /// Completed*, in a repair of a reconciliation, and in an input that a person wrote without a
    /// sequencer.
    pub sequencer: Option<Sequencer>,
    /// True if the event is from a reconciliation, which also names keys that are recorded outside
    /// the stack's key prefix.
    pub is_repair: bool,
    /// ARN of the execution, which the state machine adds to the event; `None` if the function was
    /// invoked without it.
    pub execution: Option<String>,
}

/// An execution input that is not a valid S3 event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The sequencer is malformed.
    #[error("detail.object.sequencer: {0}; omit it if no event started the execution")]
    Sequencer(#[from] SequencerError),
}

#[derive(Debug, Serialize, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Debug, Serialize, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Object {
    key: String,
    #[serde(default)]
    sequencer: Option<String>,
}

/// An S3 event from EventBridge, before validation.
#[derive(Debug, Deserialize)]
struct RawObjectEvent {
    #[serde(flatten)]
    event: EventBridgeEvent<Detail>,
    #[serde(default)]
    execution: Option<String>,
}

impl TryFrom<RawObjectEvent> for ObjectEvent {
    type Error = EventError;

    fn try_from(RawObjectEvent { event, execution }: RawObjectEvent) -> Result<Self, Self::Error> {
        let Detail { bucket, object } = event.detail;
        let sequencer = object.sequencer.as_deref().map(Sequencer::parse).transpose()?;
        let is_repair = event.source == RECONCILIATION;
        Ok(Self { bucket: bucket.name, key: object.key, sequencer, is_repair, execution })
    }
}

impl<'de> Deserialize<'de> for ObjectEvent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = RawObjectEvent::deserialize(deserializer)?;
        Self::try_from(event).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(object: &serde_json::Value) -> Result<ObjectEvent, serde_json::Error> {
        serde_json::from_value(json!({
            "version": "0", "source": "aws.s3", "detail-type": "Object Created",
            "detail": {"bucket": {"name": "photos"}, "object": object},
        }))
    }

    #[test]
    fn bucket_key_and_sequencer_are_read() {
        let event = event(&json!({"key": "uploads/a b+c%.jpg", "sequencer": "0062"})).unwrap();
        assert_eq!(event.bucket, "photos");
        assert_eq!(event.key, "uploads/a b+c%.jpg");
        assert_eq!(event.sequencer, Some(Sequencer::parse("0062").unwrap()));
    }

    #[test]
    fn the_execution_is_the_state_machines_addition() {
        let event = json!({
            "version": "0", "source": "aws.s3", "detail-type": "Object Created",
            "detail": {"bucket": {"name": "photos"}, "object": {"key": "uploads/a"}},
            "execution": "arn:aws:states:us-east-1:123456789012:execution:analyze:1",
        });
        let event: ObjectEvent = serde_json::from_value(event).unwrap();
        assert!(event.execution.unwrap().ends_with(":execution:analyze:1"));
    }

    #[test]
    fn an_event_started_by_hand_needs_no_sequencer() {
        assert_eq!(event(&json!({"key": "uploads/a"})).unwrap().sequencer, None);
    }

    #[test]
    fn the_end_of_a_restore_has_no_sequencer() {
        let event = json!({
            "version": "0", "source": "aws.s3", "detail-type": "Object Restore Completed",
            "detail": {
                "version": "0", "bucket": {"name": "photos"},
                "object": {"key": "uploads/a", "size": 5, "etag": "e1", "version-id": "v1"},
                "request-id": "N4N7GDK58NMKJ12R", "requester": "s3.amazonaws.com",
                "restore-expiry-time": "2021-11-13T00:00:00Z", "source-storage-class": "GLACIER",
            },
        });
        let event: ObjectEvent = serde_json::from_value(event).unwrap();
        assert_eq!((event.key.as_str(), event.sequencer), ("uploads/a", None));
    }

    #[test]
    fn only_a_reconciliation_repairs() {
        for (source, is_repair) in [("pixgauge.reconcile", true), ("aws.s3", false)] {
            let event = json!({
                "version": "0", "source": source, "detail-type": "Object Differs",
                "detail": {"bucket": {"name": "photos"}, "object": {"key": "uploads/a"}},
            });
            let event: ObjectEvent = serde_json::from_value(event).unwrap();
            assert_eq!(event.is_repair, is_repair, "{source}");
        }
    }

    #[test]
    fn a_malformed_sequencer_is_refused() {
        let error = event(&json!({"key": "uploads/a", "sequencer": "now"})).unwrap_err();
        assert!(error.to_string().contains("hexadecimal"), "{error}");
    }
}
