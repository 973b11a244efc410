//! The S3 event that starts an execution.

use aws_lambda_events::eventbridge::EventBridgeEvent;
use serde::{Deserialize, Serialize};

use crate::{Sequencer, SequencerError};

/// `source` of the events with which a reconciliation starts executions
/// (`statemachine/reconcile.asl.json`).
const RECONCILIATION: &str = "pixgauge.reconcile";

/// The part of an S3 event that an execution relies on: the object, and the event's position among
/// the events of the object's key.
///
/// Deserialized from an event as EventBridge delivers it
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>). The type of the event,
/// and the size and the ETag that it states, are ignored, because the object's current state is
/// read from S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEvent {
    /// Name of the bucket.
    pub bucket: String,
    /// Key of the object; in EventBridge events it is not URL-encoded.
    pub key: String,
    /// Position among the events of this key; `None` in *Object Restore Completed*, in an event
    /// from a reconciliation, and in a handwritten input without a sequencer.
    pub sequencer: Option<Sequencer>,
    /// True if the event is from a reconciliation. The key of such an event may lie outside the
    /// stack's key prefix, because the table may have records of keys outside the prefix.
    pub is_repair: bool,
    /// ARN of the execution. The state machine adds the ARN to the event; `None` if the event lacks
    /// it.
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
    use serde_json::{Value, json};

    use super::*;

    fn event(source: &str, detail_type: &str, object: &Value) -> Value {
        json!({
            "version": "0", "source": source, "detail-type": detail_type,
            "detail": {
                "version": "0", "bucket": {"name": "photos"}, "object": object,
                "request-id": "N4N7GDK58NMKJ12R", "requester": "s3.amazonaws.com",
            },
        })
    }

    #[test]
    fn an_event_names_an_object_and_mostly_its_place_in_the_order() {
        let key = "uploads/a b+c%.jpg";
        let restored = json!({"key": key, "size": 5, "etag": "e1", "version-id": "v1"});
        for (source, detail_type, object, sequencer) in [
            ("aws.s3", "Object Created", json!({"key": key, "sequencer": "0062"}), Some("0062")),
            ("aws.s3", "Object Created", json!({"key": key}), None),
            ("aws.s3", "Object Restore Completed", restored, None),
            ("pixgauge.reconcile", "Object Differs", json!({"key": key}), None),
        ] {
            let mut event = event(source, detail_type, &object);
            for execution in [None, Some("arn:aws:states:us-east-1:123456789012:execution:a:1")] {
                // The state machine adds the member `execution`. Null is read as if the member were
                // missing.
                event["execution"] = execution.into();
                let expected = ObjectEvent {
                    bucket: "photos".into(),
                    key: key.into(),
                    sequencer: sequencer.map(|it| Sequencer::parse(it).unwrap()),
                    is_repair: source == "pixgauge.reconcile",
                    execution: execution.map(str::to_owned),
                };
                let read: ObjectEvent = serde_json::from_value(event.clone()).unwrap();
                assert_eq!(read, expected, "{event}");
            }
        }
    }

    #[test]
    fn a_malformed_sequencer_is_refused() {
        let object = json!({"key": "uploads/a", "sequencer": "now"});
        let event = event("aws.s3", "Object Created", &object);
        let error = serde_json::from_value::<ObjectEvent>(event).unwrap_err();
        assert!(error.to_string().contains("hexadecimal"), "{error}");
    }
}
