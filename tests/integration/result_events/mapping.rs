//! The event source mapping of a stack, and the records that it has set aside.

use harness::TestStack;
use serde_json::Value;

/// The mapping that invokes `publish-results`.
pub(crate) struct Mapping {
    lambda: aws_sdk_lambda::Client,
    uuid: String,
}

impl Mapping {
    pub(crate) async fn of(stack: &TestStack) -> Self {
        let lambda = stack.stack.aws.lambda.clone();
        let listed = lambda.list_event_source_mappings();
        let listed = listed.function_name(stack.function("publish-results")).send().await.unwrap();
        let mapping = listed.event_source_mappings.unwrap_or_default().swap_remove(0);
        Self { lambda, uuid: mapping.uuid.unwrap() }
    }

    /// Enables or disables the mapping.
    pub(crate) async fn enable(&self, enabled: bool) {
        let update = self.lambda.update_event_source_mapping().uuid(&self.uuid).enabled(enabled);
        update.send().await.unwrap();
    }

    /// Sets the maximum age of stream records in seconds. Older records are set aside, and are not
    /// published.
    pub(crate) async fn limit_age(&self, seconds: i32) {
        let update = self.lambda.update_event_source_mapping().uuid(&self.uuid);
        update.maximum_record_age_in_seconds(seconds).send().await.unwrap();
    }

    /// The result of the last processing of records, if it is a problem
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html>).
    pub(crate) async fn problem(&self) -> Option<String> {
        let mapping = self.lambda.get_event_source_mapping().uuid(&self.uuid).send().await.unwrap();
        mapping.last_processing_result.filter(|it| it.starts_with("PROBLEM"))
    }

    /// Waits until the record of this key has been set aside, and returns the file with the record.
    pub(crate) async fn kept(&self, stack: &TestStack, key: &str) -> Value {
        stack.until("a file with the record", async || self.find_kept(stack, key).await).await
    }

    /// The file with the record of this key, if the record has been set aside.
    pub(crate) async fn find_kept(&self, stack: &TestStack, key: &str) -> Option<Value> {
        let (s3, bucket) = (&stack.stack.aws.s3, &stack.set_aside_bucket());
        let prefix = format!("aws/lambda/{}/", self.uuid);
        let listed = s3.list_objects_v2().bucket(bucket).prefix(&prefix).send().await;
        for object in listed.unwrap().contents.unwrap_or_default() {
            let get = s3.get_object().bucket(bucket).set_key(object.key).send().await;
            let bytes = get.unwrap().body.collect().await.unwrap().to_vec();
            let file = String::from_utf8(bytes).unwrap();
            if file.contains(key) {
                return Some(serde_json::from_str(&file).unwrap());
            }
        }
        None
    }
}
