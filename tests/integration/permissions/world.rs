//! The stack under test, with the methods that play scenarios.

use std::sync::atomic::{AtomicUsize, Ordering};

use harness::{TestStack, picture};
use local::reconciliation::reconcile;
use serde_json::{Value, json};

use super::schedule;
use crate::client::{get, post};
use crate::result_events::subscriber::Subscriber;

/// Key of an image that is small enough for a direct response. The record has no version ID.
pub(super) const SEEN: &str = "uploads/seen.png";
/// Key of an image that is too large for a direct response. The record has a version ID.
const LARGE: &str = "uploads/large.png";
/// Key of a record without an object.
pub(super) const GONE: &str = "uploads/gone.png";

/// A stack with the images [`SEEN`] and [`LARGE`] and the record [`GONE`].
pub(super) struct World {
    pub(super) stack: TestStack,
    /// Size and ETag of [`SEEN`].
    seen: Value,
    pub(super) subscriber: Subscriber,
    number: AtomicUsize,
}

impl World {
    /// Prepares a stack, and disables the rule that starts executions for the bucket's events.
    pub(super) async fn new(stack: TestStack) -> Self {
        stack.silence_events().await;
        let bytes = picture::png(30, 40, 0);
        let size = bytes.len();
        let etag = stack.upload(SEEN, bytes, "image/png").await;
        let seen = json!({"size": size, "etag": etag});
        schedule::keep(&stack).await;
        let subscriber = Subscriber::new(&stack).await;
        let bytes = picture::png(30, 40, 5_000_000);
        let size = bytes.len();
        let etag = stack.upload(LARGE, bytes, "image/png").await;
        // The versioning of the stack's bucket is suspended, so the object has the version `null`:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersionSuspendedBehavior.html
        let large = json!({"size": size, "etag": etag, "versionId": "null"});
        let world = Self { stack, seen, subscriber, number: AtomicUsize::new(1) };
        for (key, object) in [(SEEN, &world.seen), (GONE, &world.seen), (LARGE, &large)] {
            world.record_object(key, object).await.unwrap();
        }
        world
    }

    /// A unique number.
    pub(super) fn number(&self) -> usize {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Enables or disables the rule that starts executions for events.
    pub(super) async fn enable_events(&self, enabled: bool) {
        if !enabled {
            return self.stack.silence_events().await;
        }
        let rule = self.stack.stack.aws.eventbridge.enable_rule();
        rule.name(self.stack.function("object-events")).send().await.unwrap();
    }

    pub(super) fn new_key(&self) -> String {
        format!("uploads/{}.png", self.number())
    }

    pub(super) async fn record(&self, key: &str) -> Result<(), String> {
        self.record_object(key, &self.seen).await
    }

    async fn record_object(&self, key: &str, object: &Value) -> Result<(), String> {
        let image = json!({
            "format": "png", "contentType": "image/png",
            "width": 30, "height": 40, "displayWidth": 30, "displayHeight": 40,
        });
        let observation = json!({"status": "image", "object": object, "image": image});
        let entry = json!({"key": key, "sequencer": "01", "observation": observation});
        is(&self.stack.invoke("put-metadata", &entry).await?["outcome"], &json!("recorded"))
    }

    pub(super) async fn head(&self, key: &str, present: bool) -> Result<(), String> {
        let event = self.stack.event("Object Created", key, Some("01"));
        is(&self.stack.invoke("head-object", &event).await?["present"], &json!(present))
    }

    /// Invokes `read-dimensions` for a key, with the size and ETag of [`SEEN`].
    pub(super) async fn dimensions(&self, key: &str) -> Result<Value, String> {
        let bucket = &self.stack.stack.outputs.bucket_name;
        let input = json!({"bucket": bucket, "key": key, "object": self.seen});
        self.stack.invoke("read-dimensions", &input).await
    }

    pub(super) async fn dimensions_of_nothing(&self) -> Result<(), String> {
        match self.dimensions(GONE).await {
            Err(error) if error.contains("ObjectGone") => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    pub(super) async fn record_after_reading(&self) -> Result<(), String> {
        let entry = json!({"key": self.new_key(), "observation": {"status": "absent"}});
        self.stack.invoke("put-metadata", &entry).await.map(drop)
    }

    pub(super) async fn objects_without_record(&self) -> Result<(), String> {
        let key = self.new_key();
        self.stack.upload(&key, picture::png(1, 1, 0), "image/png").await;
        let result = self.is_named_by_compare_objects(&key).await;
        self.stack.delete(&key).await;
        result
    }

    pub(super) async fn objects_readable_again(&self) -> Result<(), String> {
        let key = self.new_key();
        let etag = self.stack.upload(&key, picture::png(1, 1, 0), "image/png").await;
        let record = async |sequencer: &str, observation: Value| {
            let entry = json!({"key": key, "sequencer": sequencer, "observation": observation});
            self.stack.invoke("put-metadata", &entry).await.map(drop)
        };
        let object = json!({"size": picture::png(1, 1, 0).len(), "etag": etag});
        let rejection = json!({"reason": "UnreadableObject", "message": "it is archived"});
        let rejected = json!({"status": "rejected", "object": object, "rejection": rejection});
        record("01", rejected).await?;
        let result = self.is_named_by_compare_objects(&key).await;
        self.stack.delete(&key).await;
        record("02", json!({"status": "absent"})).await?;
        result
    }

    async fn is_named_by_compare_objects(&self, key: &str) -> Result<(), String> {
        let response = self.stack.invoke("compare-objects", &self.all_keys()).await?;
        let named = response["keys"].as_array().is_some_and(|keys| keys.contains(&json!(key)));
        named.then_some(()).ok_or_else(|| format!("{key} is not named: {response}"))
    }

    pub(super) async fn records_without_object(&self) -> Result<(), String> {
        let response = self.stack.invoke("compare-records", &self.all_keys()).await?;
        is(&response["keys"], &json!([GONE]))
    }

    /// The input of `compare-objects` or `compare-records`, with a single segment for all keys.
    fn all_keys(&self) -> Value {
        let bucket = &self.stack.stack.outputs.bucket_name;
        json!({"bucket": bucket, "segment": 0, "segments": 1, "limit": 200})
    }

    pub(super) async fn recount(&self, repaired: u64) -> Result<(), String> {
        let response = self.stack.invoke("recount-totals", &json!({"seconds": 240})).await?;
        let totals = &response["totals"];
        is(&json!([totals["repaired"], totals["failed"]]), &json!([repaired, 0]))
    }

    pub(super) async fn recount_of_wrong_totals(&self) -> Result<(), String> {
        self.stack.spoil_totals(0, "image/gif", 1).await;
        self.recount(1).await
    }

    pub(super) async fn api(&self, path: &str, status: u16) -> Result<(), String> {
        let url = format!("{}/images{path}", self.stack.stack.outputs.api_url);
        let response = get(&url, &[]).await;
        is(&response.status.into(), &status.into())
    }

    pub(super) async fn look_up(&self) -> Result<(), String> {
        let url = format!("{}/images/metadata", self.stack.stack.outputs.api_url);
        let response = post(&url, &[], json!({"keys": [SEEN]}).to_string()).await;
        is(&response.status.into(), &200.into())
    }

    /// Checks that the API redirects from this path to an object's version, and follows the
    /// redirect.
    pub(super) async fn api_after_redirect(&self, path: &str) -> Result<(), String> {
        let url = format!("{}/images{path}", self.stack.stack.outputs.api_url);
        let location = get(&url, &[]).await.header("location").to_owned();
        if !location.contains("versionId=") {
            return Err(format!("no redirect to a version: {location:?}"));
        }
        is(&get(&location, &[]).await.status.into(), &200.into())
    }

    pub(super) async fn analyze(&self, sequencer: Option<&str>) -> Result<(), String> {
        let event = self.stack.event("Object Created", SEEN, sequencer);
        let execution = self.stack.execute(&event).await;
        execution.error.map_or(Ok(()), |error| Err(format!("{error}: {:?}", execution.cause)))
    }

    pub(super) async fn report_failure(&self) -> Result<(), String> {
        let event = json!({"number": self.number()});
        let execution = self.stack.execute(&event).await;
        let failures = self.stack.receive_failures().await;
        let found = failures.iter().any(|failure| failure["execution"] == execution.arn);
        found.then_some(()).ok_or_else(|| format!("no message about {event} in the queue"))
    }

    pub(super) async fn upload(&self) -> Result<(), String> {
        let key = self.new_key();
        self.stack.upload(&key, picture::png(1, 1, 0), "image/png").await;
        self.stack
            .until("the upload's event", async || {
                let executions = self.stack.stack.executions.of_key(&key).await.unwrap();
                if !executions.is_empty() {
                    return Some(Ok(()));
                }
                let undelivered = self.undelivered().await;
                undelivered.contains(&key).then(|| Err(format!("undelivered: {undelivered}")))
            })
            .await
    }

    /// Up to ten messages from the rule's dead-letter queue, concatenated.
    async fn undelivered(&self) -> String {
        let sqs = &self.stack.stack.aws.sqs;
        let queue = sqs.get_queue_url().queue_name(self.stack.function("undelivered-events"));
        let queue = queue.send().await.unwrap().queue_url.unwrap();
        let messages = sqs.receive_message().queue_url(queue).max_number_of_messages(10);
        let messages = messages.send().await.unwrap().messages.unwrap_or_default();
        messages.into_iter().filter_map(|message| message.body).collect()
    }

    pub(super) async fn reconcile(&self) -> Result<(), String> {
        let key = self.new_key();
        self.stack.upload(&key, picture::png(1, 1, 0), "image/png").await;
        let machine = &self.stack.stack.outputs.reconcile_state_machine_arn;
        let report = reconcile(&self.stack.stack.aws.sfn, machine).await;
        let report = report.map_err(|error| error.to_string())?;
        let recorded = self.stack.metadata(&key).await.0 == 200;
        recorded.then_some(()).ok_or_else(|| format!("{key} is not recorded: {report:?}"))
    }

    /// Reconciles while the state machine of the repairs does not exist, so no repair can start.
    pub(super) async fn report_repair(&self) -> Result<(), String> {
        let (sfn, key) = (&self.stack.stack.aws.sfn, self.new_key());
        let reconcile_arn = &self.stack.stack.outputs.reconcile_state_machine_arn;
        let arn = reconcile_arn.replace("reconcile", "repair-image");
        let described = sfn.describe_state_machine().state_machine_arn(&arn).send().await.unwrap();
        sfn.delete_state_machine().state_machine_arn(&arn).send().await.unwrap();
        self.stack.upload(&key, picture::png(1, 1, 0), "image/png").await;
        let report = reconcile(sfn, reconcile_arn).await;
        let create = sfn.create_state_machine().name(described.name).r#type(described.r#type);
        let create = create.definition(described.definition).role_arn(described.role_arn);
        let create = create.set_logging_configuration(described.logging_configuration);
        create.send().await.unwrap();
        let report = report.map_err(|error| error.to_string())?;
        let failures = self.stack.receive_failures().await;
        let found =
            failures.iter().any(|failure| failure["event"]["detail"]["object"]["key"] == *key);
        found.then_some(()).ok_or_else(|| format!("no message about {key}: {report:?}"))
    }

    /// Checks that an invocation of the function adds a log stream, even if the invocation fails.
    pub(super) async fn log(&self, function: &str) -> Result<(), String> {
        let before = self.streams(function).await;
        let _refused = self.stack.invoke(function, &json!({})).await;
        let after = self.streams(function).await;
        (after > before).then_some(()).ok_or_else(|| format!("{after} log streams, as before"))
    }

    async fn streams(&self, function: &str) -> usize {
        let streams = self.stack.stack.aws.logs.describe_log_streams();
        let streams = streams.log_group_name(self.stack.log_group(function)).into_paginator();
        let streams = streams.items().send().collect::<Result<Vec<_>, _>>().await;
        streams.unwrap().len()
    }
}

fn is(actual: &Value, expected: &Value) -> Result<(), String> {
    (actual == expected).then_some(()).ok_or_else(|| format!("{actual}, not {expected}"))
}
