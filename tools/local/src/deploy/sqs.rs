//! SQS queues and their policies.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};
use crate::aws::REGION;

/// `aws:sqs:Queue`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Queue {
    name: String,
    delay_seconds: Option<u32>,
    /// Bytes.
    max_message_size: Option<u32>,
    message_retention_seconds: Option<u32>,
    /// Seconds that a receive request waits for a message.
    receive_wait_time_seconds: Option<u32>,
    visibility_timeout_seconds: Option<u32>,
    sqs_managed_sse_enabled: Option<bool>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for Queue {
    const OUTPUTS: &'static [&'static str] = &["id", "url", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let url = match self.create(to).await? {
            Some(url) => url,
            None => self.update(to).await?,
        };
        let arn = format!("arn:aws:sqs:{REGION}:{}:{}", to.account, self.name);
        Ok(outputs([("id", &url), ("url", &url), ("name", &self.name), ("arn", &arn)]))
    }
}

impl Queue {
    /// Creates the queue. Returns its URL, or `None` if a queue with this name but other attributes
    /// exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to.aws.sqs.create_queue().queue_name(&self.name);
        let call = call.set_attributes(Some(self.attributes())).set_tags(Some(self.tags()));
        // SQS sends two error codes: `QueueNameExists`, and `QueueAlreadyExists` from its older
        // query protocol. The SDK reports the older code.
        let created = call.send().await.unless("QueueAlreadyExists", "CreateQueue")?;
        created.map(|response| response.queue_url.required("CreateQueue", "QueueUrl")).transpose()
    }

    async fn update(&self, to: &Target<'_>) -> Result<String, Failure> {
        let sqs = &to.aws.sqs;
        let found = sqs.get_queue_url().queue_name(&self.name).send().await;
        let url = found.during("GetQueueUrl")?.queue_url.required("GetQueueUrl", "QueueUrl")?;
        let call = sqs.set_queue_attributes().queue_url(&url);
        let call = call.set_attributes(Some(self.attributes()));
        call.send().await.during("SetQueueAttributes")?;
        if !self.tags.is_empty() {
            let call = sqs.tag_queue().queue_url(&url).set_tags(Some(self.tags()));
            call.send().await.during("TagQueue")?;
        }
        Ok(url)
    }

    fn attributes(&self) -> HashMap<Attribute, String> {
        let string = |number: Option<u32>| number.map(|number| number.to_string());
        let sse = self.sqs_managed_sse_enabled.map(|enabled| enabled.to_string());
        [
            (Attribute::DelaySeconds, string(self.delay_seconds)),
            (Attribute::MaximumMessageSize, string(self.max_message_size)),
            (Attribute::MessageRetentionPeriod, string(self.message_retention_seconds)),
            (Attribute::ReceiveMessageWaitTimeSeconds, string(self.receive_wait_time_seconds)),
            (Attribute::VisibilityTimeout, string(self.visibility_timeout_seconds)),
            (Attribute::SqsManagedSseEnabled, sse),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    fn tags(&self) -> HashMap<String, String> {
        self.tags.clone().into_iter().collect()
    }
}

/// `aws:sqs:QueuePolicy`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct QueuePolicy {
    queue_url: String,
    #[serde(deserialize_with = "document")]
    policy: String,
}

impl Resource for QueuePolicy {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let call = to.aws.sqs.set_queue_attributes().queue_url(&self.queue_url);
        let call = call.attributes(Attribute::Policy, self.policy);
        call.send().await.during("SetQueueAttributes")?;
        Ok(outputs([("id", &self.queue_url)]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_the_program_sets_is_sent() {
        let inputs =
            json!({"name": "q", "messageRetentionSeconds": 60, "sqsManagedSseEnabled": true});
        let queue: Queue = serde_json::from_value(inputs).unwrap();
        let expected = HashMap::from([
            (Attribute::MessageRetentionPeriod, "60".to_owned()),
            (Attribute::SqsManagedSseEnabled, "true".to_owned()),
        ]);
        assert_eq!(queue.attributes(), expected);
    }
}
