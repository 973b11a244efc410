//! EventBridge buses, rules and their targets.

use std::collections::HashMap;

use aws_sdk_eventbridge::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};

/// `aws:cloudwatch:EventBus`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventBus {
    name: String,
    description: Option<String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for EventBus {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = match self.create(to).await? {
            Some(arn) => arn,
            None => self.update(to).await?,
        };
        Ok(outputs([("id", &self.name), ("name", &self.name), ("arn", &arn)]))
    }
}

impl EventBus {
    /// Creates the bus. Returns its ARN, or `None` if a bus with this name exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to.aws.eventbridge.create_event_bus().name(&self.name);
        let call = call.set_description(self.description.clone()).set_tags(Some(self.tags()?));
        let created =
            call.send().await.unless("ResourceAlreadyExistsException", "CreateEventBus")?;
        created.map(|bus| bus.event_bus_arn.required("CreateEventBus", "EventBusArn")).transpose()
    }

    async fn update(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to.aws.eventbridge.update_event_bus().name(&self.name);
        let call = call.set_description(self.description.clone());
        let bus = call.send().await.during("UpdateEventBus")?;
        let arn = bus.arn.required("UpdateEventBus", "Arn")?;
        if !self.tags.is_empty() {
            let call = to.aws.eventbridge.tag_resource().resource_arn(&arn);
            call.set_tags(Some(self.tags()?)).send().await.during("TagResource")?;
        }
        Ok(arn)
    }

    fn tags(&self) -> Result<Vec<sdk::Tag>, Failure> {
        let tag = |(key, value)| Ok(sdk::Tag::builder().key(key).value(value).build()?);
        self.tags.iter().map(tag).collect()
    }
}

/// `aws:cloudwatch:EventRule`, on the default bus: S3 sends its events only to that bus.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventRule {
    name: String,
    description: Option<String>,
    #[serde(deserialize_with = "document")]
    event_pattern: String,
    /// `ENABLED` or `DISABLED`.
    state: Option<String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for EventRule {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = self.put(to).await?;
        self.tag(to, &arn).await?;
        Ok(outputs([("id", &self.name), ("name", &self.name), ("arn", &arn)]))
    }
}

impl EventRule {
    /// Creates or updates the rule; returns its ARN.
    async fn put(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .eventbridge
            .put_rule()
            .name(&self.name)
            .event_pattern(&self.event_pattern)
            .set_description(self.description.clone())
            .set_state(self.state.as_deref().map(sdk::RuleState::from));
        let rule = call.send().await.during("PutRule")?;
        rule.rule_arn.required("PutRule", "RuleArn")
    }

    /// Tags the rule. `PutRule` would ignore tags if the rule already existed.
    async fn tag(&self, to: &Target<'_>, arn: &str) -> Result<(), Failure> {
        if self.tags.is_empty() {
            return Ok(());
        }
        let tag = |(key, value)| sdk::Tag::builder().key(key).value(value).build();
        let tags = self.tags.iter().map(tag).collect::<Result<_, _>>()?;
        let call = to.aws.eventbridge.tag_resource().resource_arn(arn).set_tags(Some(tags));
        call.send().await.during("TagResource")?;
        Ok(())
    }
}

/// `aws:cloudwatch:EventTarget`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventTarget {
    rule: String,
    arn: String,
    role_arn: Option<String>,
    /// Id of the target. If it is absent, the local deploy uses the resource's name, whereas the
    /// provider generates an id.
    target_id: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    retry_policy: Option<RetryPolicy>,
    /// JSON to send instead of the event.
    input: Option<String>,
    /// `JSONPath` of the part to send instead of the whole event.
    input_path: Option<String>,
    input_transformer: Option<InputTransformer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeadLetterConfig {
    pub(super) arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RetryPolicy {
    maximum_event_age_in_seconds: Option<i32>,
    maximum_retry_attempts: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InputTransformer {
    #[serde(default)]
    input_paths: HashMap<String, String>,
    input_template: String,
}

impl Resource for EventTarget {
    const OUTPUTS: &'static [&'static str] = &["id", "targetId"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let rule = self.rule.clone();
        let id = self.target_id.clone().unwrap_or_else(|| to.name.to_owned());
        let target = self.build(&id)?;
        let call = to.aws.eventbridge.put_targets().rule(&rule).targets(target);
        let response = call.send().await.during("PutTargets")?;
        // The call succeeds even if EventBridge refuses a target.
        if let Some(entry) = response.failed_entries().first() {
            let code = entry.error_code().unwrap_or("unknown error");
            let message = entry.error_message().unwrap_or_default();
            return Err(Failure::Request {
                operation: "PutTargets",
                message: format!("{code}: {message}"),
            });
        }
        Ok(outputs([("id", &format!("{rule}-{id}")), ("targetId", &id)]))
    }
}

impl EventTarget {
    fn build(self, id: &str) -> Result<sdk::Target, Failure> {
        let dead_letters =
            self.dead_letter_config.map(|it| sdk::DeadLetterConfig::builder().arn(it.arn).build());
        let transformer = self.input_transformer.map(InputTransformer::build).transpose()?;
        Ok(sdk::Target::builder()
            .id(id)
            .arn(self.arn)
            .set_role_arn(self.role_arn)
            .set_dead_letter_config(dead_letters)
            .set_retry_policy(self.retry_policy.map(RetryPolicy::build))
            .set_input(self.input)
            .set_input_path(self.input_path)
            .set_input_transformer(transformer)
            .build()?)
    }
}

impl RetryPolicy {
    fn build(self) -> sdk::RetryPolicy {
        sdk::RetryPolicy::builder()
            .set_maximum_event_age_in_seconds(self.maximum_event_age_in_seconds)
            .set_maximum_retry_attempts(self.maximum_retry_attempts)
            .build()
    }
}

impl InputTransformer {
    fn build(self) -> Result<sdk::InputTransformer, Failure> {
        Ok(sdk::InputTransformer::builder()
            .set_input_paths_map(Some(self.input_paths))
            .input_template(self.input_template)
            .build()?)
    }
}
