//! Versioned buckets, and deletions by lifecycle rules.

use harness::{FaultyStack, TestStack, picture, run};
use local::executions::{Execution, Outcome};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

static VERSIONED: OnceCell<TestStack> = OnceCell::const_new();

/// A stack with a versioned bucket, whose events start no executions: the emulator's events lack
/// details about versions, so the tests start executions themselves.
pub(crate) async fn versioned() -> &'static TestStack {
    VERSIONED
        .get_or_init(async || {
            let settings = [("versioning", json!("Enabled"))];
            let stack = TestStack::configured("versioned", &settings).await;
            stack.silence_events().await;
            stack
        })
        .await
}

/// Starts an execution for an "Object Deleted" event, and waits until it has ended.
async fn deleted(stack: &TestStack, key: &str, sequencer: &str, deletion_type: &str) -> Execution {
    stack.execute(&deletion(stack, key, sequencer, deletion_type, "DeleteObject")).await
}

/// An "Object Deleted" event in the form that S3 sends
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>).
fn deletion(
    stack: &TestStack,
    key: &str,
    sequencer: &str,
    deletion_type: &str,
    reason: &str,
) -> Value {
    let mut event = stack.event("Object Deleted", key, Some(sequencer));
    event["detail"]["deletion-type"] = deletion_type.into();
    event["detail"]["reason"] = reason.into();
    event["detail"]["object"]["version-id"] = "1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF".into();
    event
}

async fn uploaded(stack: &TestStack, key: &str, sequencer: &str, width: u32) -> Execution {
    stack.upload(key, picture::png(width, 1, 0), "image/png").await;
    stack.execute(&stack.event("Object Created", key, Some(sequencer))).await
}

/// The ids of the key's versions, newest first, and the ids of the key's delete markers.
async fn versions(stack: &TestStack, key: &str) -> (Vec<String>, Vec<String>) {
    let request = stack.stack.aws.s3.list_object_versions().prefix(key);
    let response = request.bucket(&stack.stack.outputs.bucket_name).send().await.unwrap();
    let ids = response.versions.unwrap_or_default().into_iter().filter_map(|it| it.version_id);
    let markers = response.delete_markers.unwrap_or_default().into_iter();
    (ids.collect(), markers.filter_map(|it| it.version_id).collect())
}

async fn remove_version(stack: &TestStack, key: &str, version: &str) {
    let request = stack.stack.aws.s3.delete_object().key(key).version_id(version);
    request.bucket(&stack.stack.outputs.bucket_name).send().await.unwrap();
}

#[test]
fn a_delete_marker_is_an_absence_and_its_removal_brings_the_image_back() {
    run(async {
        let stack = versioned().await;
        let key = &stack.key("versions/marker.png");
        uploaded(stack, key, "01", 5).await;
        stack.delete(key).await;
        let gone = deleted(stack, key, "02", "Delete Marker Created").await;
        assert_eq!(gone.outcome(), Outcome::Absent, "{gone:?}");
        assert_eq!(stack.metadata(key).await.0, 404);
        let (_, markers) = versions(stack, key).await;
        remove_version(stack, key, &markers[0]).await;
        let back = deleted(stack, key, "03", "Permanently Deleted").await;
        assert_eq!(back.outcome(), Outcome::Image, "{back:?}");
        assert_eq!(stack.metadata(key).await.1["width"], "5");
    });
}

#[test]
fn the_removal_of_an_old_version_leaves_the_newest_recorded() {
    run(async {
        let stack = versioned().await;
        let key = &stack.key("versions/old.png");
        uploaded(stack, key, "01", 5).await;
        uploaded(stack, key, "02", 6).await;
        let (ids, _) = versions(stack, key).await;
        assert_eq!(ids.len(), 2);
        remove_version(stack, key, &ids[1]).await;
        deleted(stack, key, "03", "Permanently Deleted").await;
        assert_eq!(stack.metadata(key).await.1["width"], "6");
    });
}

#[test]
fn a_lifecycle_expiration_is_a_deletion() {
    run(async {
        let stack = &FaultyStack::shared().await.stack;
        let key = &stack.key("versions/expired.png");
        uploaded(stack, key, "01", 5).await;
        stack.delete(key).await;
        let mut event = deletion(stack, key, "02", "Permanently Deleted", "Lifecycle Expiration");
        event["detail"]["object"]["version-id"] = "null".into();
        assert!(selects(stack, &event).await, "{event}");
        let gone = stack.execute(&event).await;
        assert_eq!(gone.outcome(), Outcome::Absent, "{gone:?}");
        assert_eq!(stack.metadata(key).await.0, 404);
    });
}

#[test]
fn the_expiration_of_an_old_version_starts_nothing_and_all_else_starts_an_execution() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("versions/events.png");
        let of = |deletion_type, reason| deletion(stack, key, "02", deletion_type, reason);
        let expired = of("Permanently Deleted", "Lifecycle Expiration");
        assert!(!selects(stack, &expired).await, "{expired}");
        for event in [
            of("Delete Marker Created", "Lifecycle Expiration"),
            of("Permanently Deleted", "DeleteObject"),
            of("Delete Marker Created", "DeleteObject"),
            without(&expired, "/detail", "reason"),
            without(&expired, "/detail", "deletion-type"),
            without(&expired, "/detail/object", "version-id"),
            stack.event("Object Created", key, None),
        ] {
            assert!(selects(stack, &event).await, "{event}");
        }
    });
}

/// An event without one of its fields. `place` is a JSON pointer to the object that has the field.
fn without(event: &Value, place: &str, field: &str) -> Value {
    let mut event = event.clone();
    event.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(field).unwrap();
    event
}

/// True if the stack's rule selects an event. Asks the emulator's EventBridge;
/// `tests/conformance/events/run` asks AWS's own matcher.
async fn selects(stack: &TestStack, event: &Value) -> bool {
    let events = &stack.stack.aws.eventbridge;
    let rule = events.describe_rule().name(stack.function("object-events")).send().await.unwrap();
    let mut event = event.clone();
    for (field, value) in [
        ("id", "2ee9cc15-d022-99ea-1fb8-1b1bac4850f9"),
        ("account", "000000000000"),
        ("time", "2024-05-01T12:00:00Z"),
        ("region", "us-east-1"),
    ] {
        event[field] = value.into();
    }
    event["resources"] = json!([]);
    let test = events.test_event_pattern().event_pattern(rule.event_pattern.unwrap());
    test.event(event.to_string()).send().await.unwrap().result
}
