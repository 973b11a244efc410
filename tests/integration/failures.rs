//! Permanent failures as a user meets them: an execution that fails leaves its event in the failure
//! queue, and the API responds 500, not 404.
//!
//! In these tests, the emulated services refuse requests. In the tests of `faults`, a proxy injects
//! error codes. Unit tests cover each error.

use harness::{FaultyStack, TestStack, picture, run};
use local::executions::Outcome;
use serde_json::{Value, json};

use crate::client::{ORIGIN, get, send};

const KEY: &str = "uploads/a.png";

#[test]
fn a_bucket_a_table_and_a_setting_that_are_gone_are_failures() {
    run(async {
        let stack = TestStack::with_fast_retries("broken").await;
        stack.measure(KEY, picture::png(1, 1, 0), "image/png").await;
        stack.silence_events().await;
        without_bucket(&stack).await;
        without_table(&stack).await;
        without_setting(&stack).await;
    });
}

async fn without_bucket(stack: &TestStack) {
    let (s3, bucket) = (&stack.stack.aws.s3, &stack.stack.outputs.bucket_name);
    let object = s3.delete_object().bucket(bucket).key(KEY).version_id("null");
    object.send().await.unwrap();
    s3.delete_bucket().bucket(bucket).send().await.unwrap();
    for method in ["GET", "HEAD"] {
        let response = send(method, &stack.stack.api().file_url(KEY), &[]).await;
        assert_eq!(response.status, 500, "{method}");
    }
    s3.create_bucket().bucket(bucket).send().await.unwrap();
}

async fn without_table(stack: &TestStack) {
    let table = &stack.stack.outputs.table_name;
    stack.stack.aws.dynamodb.delete_table().table_name(table).send().await.unwrap();
    let api = &stack.stack.outputs.api_url;
    for path in ["/images", "/images/info", "/images/metadata/a.png", "/images/file/a.png"] {
        let response = get(&format!("{api}{path}"), &[ORIGIN]).await;
        assert_eq!(response.status, 500, "{path}");
        let text = response.json()["error"].to_string();
        assert!(!text.contains("pixgauge") && !text.contains("arn"), "{text}");
        assert_eq!(response.header("access-control-allow-origin"), "*");
    }
    let event = stack.event("Object Created", KEY, Some("01"));
    let execution = stack.execute(&event).await;
    assert_eq!(execution.outcome(), Outcome::Failed("TableRefused".into()), "{execution:?}");
    let reported = stack.reported(&execution).await;
    assert_eq!((&reported["event"], &reported["error"]), (&event, &"TableRefused".into()));
}

/// Empties a required environment variable. A function treats an empty variable like a missing one.
/// On AWS, the function then fails with `InvalidSettings`, which is not retried. On the emulator,
/// it fails with another error, whose cause contains `InvalidSettings`.
async fn without_setting(stack: &TestStack) {
    stack.set_variables("put-metadata", &[("TABLE_NAME", "")]).await;
    let execution = stack.execute(&stack.event("Object Created", KEY, Some("01"))).await;
    let failure = stack.reported(&execution).await;
    let cause = failure["cause"].as_str().unwrap();
    assert!(cause.contains("InvalidSettings") && cause.contains("TABLE_NAME"), "{failure}");
}

/// Changes that make an event invalid. Each is a JSON pointer and the value to put there. A null
/// removes the member instead.
fn nonsense() -> [(&'static str, Value); 9] {
    [
        ("/detail/bucket/name", json!("the-bucket-of-somebody-else")),
        ("/detail/bucket/name", json!(5)),
        ("/detail/bucket", Value::Null),
        ("/detail/object/key", json!("")),
        ("/detail/object/key", json!(["uploads/a.png"])),
        ("/detail/object/key", Value::Null),
        ("/detail/object/sequencer", json!("soon")),
        ("/detail/object/sequencer", json!({"number": 1})),
        ("/detail", json!("uploads/a.png")),
    ]
}

#[test]
fn events_of_nothing_end_in_the_failure_queue_unchanged() {
    run(async {
        let stack = &FaultyStack::shared().await.stack;
        let valid = stack.event("Object Created", KEY, Some("01"));
        let changed = nonsense().map(|(pointer, value)| {
            let mut event = valid.clone();
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            let parent = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            if value.is_null() {
                parent.remove(member);
            } else {
                parent.insert(member.to_owned(), value);
            }
            event
        });
        let events = changed.into_iter().chain([json!({"hello": "world"})]);
        let checks = events.map(async |event| {
            let execution = stack.execute(&event).await;
            let outcome = Outcome::Failed("InvalidInput".into());
            assert_eq!(execution.outcome(), outcome, "{execution:?}");
            let reported = stack.reported(&execution).await;
            assert_eq!((&reported["event"], &reported["error"]), (&event, &"InvalidInput".into()));
        });
        futures_util::future::join_all(checks).await;
    });
}
