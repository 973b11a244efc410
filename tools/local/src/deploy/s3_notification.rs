//! Notifications of a bucket about its objects.

use aws_sdk_s3::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:s3:BucketNotification`. Only notifications to EventBridge can be set. Notifications to
/// queues, topics and functions are left unchanged, because the program lists them under
/// `ignoreChanges`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketNotification {
    bucket: String,
    #[serde(default)]
    eventbridge: bool,
}

impl Resource for BucketNotification {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let s3 = &to.aws.s3;
        let current = s3.get_bucket_notification_configuration().bucket(&self.bucket).send().await;
        let current = current.during("GetBucketNotificationConfiguration")?;
        let eventbridge =
            self.eventbridge.then(|| sdk::EventBridgeConfiguration::builder().build());
        let notification = sdk::NotificationConfiguration::builder()
            .set_queue_configurations(current.queue_configurations)
            .set_topic_configurations(current.topic_configurations)
            .set_lambda_function_configurations(current.lambda_function_configurations)
            .set_event_bridge_configuration(eventbridge)
            .build();
        let call = s3.put_bucket_notification_configuration().bucket(&self.bucket);
        let call = call.notification_configuration(notification);
        call.send().await.during("PutBucketNotificationConfiguration")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}
