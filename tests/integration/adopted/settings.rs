//! Creates a bucket as its owner might have set it up, and reads a bucket's settings.

use aws_sdk_s3::Client;
use aws_sdk_s3::types as sdk;
use local::aws::{Aws, REGION};
use serde_json::{Value, json};

/// The owner of the bucket. A queue of the owner gets messages about uploads.
pub(super) struct Owner {
    queue: String,
}

impl Owner {
    /// Creates a bucket with CORS rules, lifecycle rules, tags, a policy, versioning, and
    /// notifications to a queue.
    pub(super) async fn create(aws: &Aws, bucket: &str) -> Self {
        let (s3, sqs) = (&aws.s3, &aws.sqs);
        s3.create_bucket().bucket(bucket).send().await.unwrap();
        let arn = format!("arn:aws:sqs:{REGION}:000000000000:{bucket}-thumbnails");
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage", "Resource": arn,
        }]});
        let queue = sqs.create_queue().queue_name(format!("{bucket}-thumbnails"));
        let queue =
            queue.attributes(aws_sdk_sqs::types::QueueAttributeName::Policy, policy.to_string());
        let queue = queue.send().await.unwrap().queue_url.unwrap();
        Self::set(s3, bucket, arn).await;
        Self { queue }
    }

    async fn set(s3: &Client, bucket: &str, queue: String) {
        let queue = sdk::QueueConfiguration::builder().id("thumbnails").queue_arn(queue);
        let queue = queue.events("s3:ObjectCreated:*".into()).build().unwrap();
        let notification = sdk::NotificationConfiguration::builder().queue_configurations(queue);
        let put = s3.put_bucket_notification_configuration().bucket(bucket);
        put.notification_configuration(notification.build()).send().await.unwrap();

        let rule =
            sdk::CorsRule::builder().id("site").allowed_methods("PUT").allowed_headers("x-a");
        let rule =
            rule.allowed_origins("https://photos.example").max_age_seconds(60).build().unwrap();
        let cors = sdk::CorsConfiguration::builder().cors_rules(rule).build().unwrap();
        s3.put_bucket_cors().bucket(bucket).cors_configuration(cors).send().await.unwrap();

        let put = s3.put_bucket_lifecycle_configuration().bucket(bucket);
        put.lifecycle_configuration(lifecycle()).send().await.unwrap();

        let tag =
            |key: &str, value: &str| sdk::Tag::builder().key(key).value(value).build().unwrap();
        // The tags are in the order in which a deployment writes them, because the test also
        // compares the order of tags.
        let tags = sdk::Tagging::builder().tag_set(tag("cost", "0123")).tag_set(tag("team", "web"));
        let tags = tags.build().unwrap();
        s3.put_bucket_tagging().bucket(bucket).tagging(tags).send().await.unwrap();

        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "Partners", "Effect": "Allow", "Action": "s3:GetObject",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Resource": format!("arn:aws:s3:::{bucket}/shared/${{aws:username}}/*"),
        }]});
        s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();

        let status = sdk::BucketVersioningStatus::Enabled;
        let versioning = sdk::VersioningConfiguration::builder().status(status).build();
        let put = s3.put_bucket_versioning().bucket(bucket).versioning_configuration(versioning);
        put.send().await.unwrap();
    }

    pub(super) async fn forget_messages(&self, aws: &Aws) {
        aws.sqs.purge_queue().queue_url(&self.queue).send().await.unwrap();
    }

    /// True if the queue delivers a message about `key`.
    pub(super) async fn was_told(&self, aws: &Aws, key: &str) -> bool {
        let receive = aws.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10);
        let messages = receive.send().await.unwrap().messages.unwrap_or_default();
        messages.iter().any(|message| message.body().unwrap_or_default().contains(key))
    }
}

/// Two lifecycle rules, with conditions and actions of several kinds.
fn lifecycle() -> sdk::BucketLifecycleConfiguration {
    let tag = sdk::Tag::builder().key("keep").value("true").build().unwrap();
    let and = sdk::LifecycleRuleAndOperator::builder().prefix("photos/").tags(tag);
    let and = and.object_size_greater_than(1_000_000).build();
    let transition = sdk::Transition::builder().days(90);
    let transition = transition.storage_class(sdk::TransitionStorageClass::Glacier).build();
    let noncurrent = sdk::NoncurrentVersionExpiration::builder().noncurrent_days(30);
    let noncurrent = noncurrent.newer_noncurrent_versions(2).build();
    let archive = sdk::LifecycleRule::builder()
        .id("archive")
        .status(sdk::ExpirationStatus::Enabled)
        .filter(sdk::LifecycleRuleFilter::builder().and(and).build())
        .transitions(transition)
        .noncurrent_version_expiration(noncurrent)
        .build()
        .unwrap();
    let date = aws_sdk_s3::primitives::DateTime::from_secs(1_893_456_000);
    let end = sdk::LifecycleRule::builder()
        .id("end")
        .status(sdk::ExpirationStatus::Disabled)
        .filter(sdk::LifecycleRuleFilter::builder().prefix("tmp/").build())
        .expiration(sdk::LifecycleExpiration::builder().date(date).build())
        .build()
        .unwrap();
    sdk::BucketLifecycleConfiguration::builder().rules(archive).rules(end).build().unwrap()
}

/// The settings of a bucket, as S3 returns them. If the bucket does not have a setting, the code of
/// S3's error takes its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    /// For each setting except the notifications: the name of the operation that reads the setting,
    /// and S3's answer or error code.
    others: Vec<(&'static str, String)>,
    /// The notifications. An adoption may change only this setting.
    pub(super) notifications: Value,
}

/// Calls an operation that reads a setting of a bucket. Returns the operation's name, and S3's
/// answer or error code.
macro_rules! said {
    ($client:expr, $bucket:expr, $operation:ident) => {{
        use aws_sdk_s3::error::ProvideErrorMetadata as _;
        let answer = $client.$operation().bucket($bucket).send().await;
        let text = match answer {
            Ok(answer) => without_request_id(&format!("{answer:?}")),
            Err(error) => error.code().unwrap_or_default().to_owned(),
        };
        (stringify!($operation), text)
    }};
}

impl Settings {
    pub(super) async fn of(s3: &Client, bucket: &str) -> Self {
        let others = vec![
            said!(s3, bucket, get_bucket_acl),
            said!(s3, bucket, get_bucket_cors),
            said!(s3, bucket, get_bucket_encryption),
            said!(s3, bucket, get_bucket_lifecycle_configuration),
            said!(s3, bucket, get_bucket_logging),
            said!(s3, bucket, get_bucket_ownership_controls),
            said!(s3, bucket, get_bucket_policy),
            said!(s3, bucket, get_bucket_request_payment),
            said!(s3, bucket, get_bucket_tagging),
            said!(s3, bucket, get_bucket_versioning),
            said!(s3, bucket, get_bucket_website),
            said!(s3, bucket, get_public_access_block),
        ];
        let answer =
            s3.get_bucket_notification_configuration().bucket(bucket).send().await.unwrap();
        let queues = answer.queue_configurations().iter().map(|queue| {
            let events: Vec<_> = queue.events.iter().map(sdk::Event::as_str).collect();
            json!({"Id": queue.id, "QueueArn": queue.queue_arn, "Events": events})
        });
        let mut notifications = json!({"QueueConfigurations": queues.collect::<Vec<_>>()});
        assert!(answer.topic_configurations().is_empty());
        assert!(answer.lambda_function_configurations().is_empty());
        if answer.event_bridge_configuration().is_some() {
            notifications["EventBridgeConfiguration"] = json!({});
        }
        Self { others, notifications }
    }
}

/// Removes the ids of the request, which the SDK appends to the text of each answer.
fn without_request_id(text: &str) -> String {
    text.split(", _extended_request_id").next().unwrap_or_default().to_owned()
}
