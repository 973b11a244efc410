//! SNS topics and their policies.

use aws_sdk_sns::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};

/// `aws:sns:Topic`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Topic {
    name: String,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for Topic {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    /// Calls `CreateTopic` even if the topic exists: the call then returns the topic's ARN.
    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let call = to.aws.sns.create_topic().name(&self.name).set_tags(Some(self.tags()?));
        let created = call.send().await.during("CreateTopic")?;
        let arn = created.topic_arn.required("CreateTopic", "TopicArn")?;
        Ok(outputs([("id", &arn), ("name", &self.name), ("arn", &arn)]))
    }
}

impl Topic {
    fn tags(&self) -> Result<Vec<sdk::Tag>, Failure> {
        let tag = |(key, value)| Ok(sdk::Tag::builder().key(key).value(value).build()?);
        self.tags.iter().map(tag).collect()
    }
}

/// `aws:sns:TopicPolicy`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TopicPolicy {
    arn: String,
    #[serde(deserialize_with = "document")]
    policy: String,
}

impl Resource for TopicPolicy {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let call = to.aws.sns.set_topic_attributes().topic_arn(&self.arn);
        let call = call.attribute_name("Policy").attribute_value(self.policy);
        call.send().await.during("SetTopicAttributes")?;
        Ok(outputs([("id", &self.arn)]))
    }
}
