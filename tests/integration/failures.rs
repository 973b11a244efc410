//! Permanent failures as a user meets them: the API responds 500, not 404, and an execution that
//! fails leaves its event in the failure queue.
//!
//! In these tests, services themselves refuse requests. In `faults`, a proxy injects error codes.
//! Unit tests cover each error.

use harness::{FaultyStack, TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

use crate::client::{get, send};

const KEY: &str = "uploads/a.png";

/// The stack loses its bucket, then its table.
#[test]
fn a_bucket_and_a_table_that_are_gone_are_failures_of_the_api() {
    run(async {
        let stack = TestStack::own("broken").await;
        stack.measure(KEY, picture::png(1, 1, 0), "image/png").await;
        without_bucket(&stack).await;
        without_table(&stack).await;
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
        let response = get(&format!("{api}{path}"), &[("Origin", "http://localhost:5173")]).await;
        assert_eq!(response.status, 500, "{path}");
        let text = response.json()["error"].to_string();
        assert!(!text.contains("pixgauge") && !text.contains("arn"), "{text}");
        assert_eq!(response.header("access-control-allow-origin"), "*");
    }
}

#[test]
fn events_of_nothing_end_in_the_failure_queue_unchanged() {
    run(async {
        let stack = &FaultyStack::shared().await.stack;
        let bucket = json!({"name": stack.stack.outputs.bucket_name});
        let details = [
            json!({"bucket": {"name": "the-bucket-of-somebody-else"}, "object": {"key": KEY}}),
            json!({"bucket": {"name": 5}, "object": {"key": KEY}}),
            json!({"object": {"key": KEY}}),
            json!({"bucket": bucket, "object": {"key": ""}}),
            // Only a reconciliation may start executions for keys outside the prefix.
            json!({"bucket": bucket, "object": {"key": "thumbnails/a.png"}}),
            json!({"bucket": bucket, "object": {"key": [KEY]}}),
            json!({"bucket": bucket, "object": {}}),
            json!({"bucket": bucket, "object": {"key": KEY, "sequencer": "soon"}}),
            json!({"bucket": bucket, "object": {"key": KEY, "sequencer": {"number": 1}}}),
            json!(KEY),
        ];
        let events = details.map(|detail| {
            let mut event = stack.event("Object Created", KEY, None);
            event["detail"] = detail;
            event
        });
        let checks = events.into_iter().chain([json!({"hello": "world"})]).map(async |event| {
            let execution = stack.execute(&event).await;
            let outcome = Outcome::Failed("InvalidInput".into());
            assert_eq!(execution.outcome(), outcome, "{execution:?}");
            let reported = stack.reported(&execution).await;
            assert_eq!((&reported["event"], &reported["error"]), (&event, &"InvalidInput".into()));
        });
        futures_util::future::join_all(checks).await;
    });
}
