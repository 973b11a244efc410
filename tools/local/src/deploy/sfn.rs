//! Step Functions state machines.

use aws_sdk_sfn::types as sdk;
use pulumi_program::{Finding, Place};
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};
use crate::aws::REGION;

/// `aws:sfn:StateMachine`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StateMachine {
    name: String,
    role_arn: String,
    #[serde(deserialize_with = "document")]
    definition: String,
    /// `STANDARD`, the default, or `EXPRESS`.
    #[serde(rename = "type")]
    kind: Option<String>,
    logging_configuration: Option<LoggingConfiguration>,
    tracing_configuration: Option<TracingConfiguration>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LoggingConfiguration {
    /// `ALL`, `ERROR`, `FATAL` or `OFF`.
    level: Option<String>,
    #[serde(default)]
    include_execution_data: bool,
    /// The ARN of a log group, followed by `:*`.
    log_destination: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TracingConfiguration {
    #[serde(default)]
    enabled: bool,
}

impl Resource for StateMachine {
    const OUTPUTS: &'static [&'static str] = &["id", "arn", "name"];

    /// Lints the definition, because the emulator accepts definitions that AWS refuses.
    fn check(&self) -> Vec<Finding> {
        let within = Place::default().key("definition");
        match serde_json::from_str(&self.definition) {
            Ok(definition) => pulumi_program::asl::lint(&definition)
                .into_iter()
                .map(|finding| Finding { place: inside(&within, &finding.place), ..finding })
                .collect(),
            Err(error) => vec![Finding::error(within, format!("is not JSON: {error}"))],
        }
    }

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = match self.create(to).await? {
            Some(arn) => arn,
            None => self.update(to).await?,
        };
        Ok(outputs([("id", &arn), ("arn", &arn), ("name", &self.name)]))
    }
}

/// Converts `part`, a place in a document, into a place in the resource. `whole` is the document's
/// place in the resource.
fn inside(whole: &Place, part: &Place) -> Place {
    if part.path.is_empty() { whole.clone() } else { whole.key(&part.path) }
}

impl StateMachine {
    /// Creates the state machine. Returns its ARN, or `None` if a different state machine with this
    /// name exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to
            .aws
            .sfn
            .create_state_machine()
            .name(&self.name)
            .role_arn(&self.role_arn)
            .definition(&self.definition)
            .set_type(self.kind.as_deref().map(sdk::StateMachineType::from))
            .set_logging_configuration(self.logging())
            .set_tracing_configuration(self.tracing())
            .set_tags(Some(self.tags()));
        let created =
            call.send().await.unless("StateMachineAlreadyExists", "CreateStateMachine")?;
        Ok(created.map(|response| response.state_machine_arn))
    }

    async fn update(&self, to: &Target<'_>) -> Result<String, Failure> {
        let arn = format!("arn:aws:states:{REGION}:{}:stateMachine:{}", to.account, self.name);
        self.check_type(to, &arn).await?;
        let call = to
            .aws
            .sfn
            .update_state_machine()
            .state_machine_arn(&arn)
            .role_arn(&self.role_arn)
            .definition(&self.definition)
            .set_logging_configuration(self.logging())
            .set_tracing_configuration(self.tracing());
        call.send().await.during("UpdateStateMachine")?;
        if !self.tags.is_empty() {
            let call = to.aws.sfn.tag_resource().resource_arn(&arn).set_tags(Some(self.tags()));
            call.send().await.during("TagResource")?;
        }
        Ok(arn)
    }

    async fn check_type(&self, to: &Target<'_>, arn: &str) -> Result<(), Failure> {
        let call = to.aws.sfn.describe_state_machine().state_machine_arn(arn);
        let machine = call.send().await.during("DescribeStateMachine")?;
        let wanted = self.kind.as_deref().unwrap_or("STANDARD");
        if machine.r#type.as_str() == wanted { Ok(()) } else { Err(Failure::Immutable("type")) }
    }

    fn logging(&self) -> Option<sdk::LoggingConfiguration> {
        let logging = self.logging_configuration.as_ref()?;
        let destination = logging.log_destination.as_ref().map(|arn| {
            let group = sdk::CloudWatchLogsLogGroup::builder().log_group_arn(arn).build();
            sdk::LogDestination::builder().cloud_watch_logs_log_group(group).build()
        });
        let configuration = sdk::LoggingConfiguration::builder()
            .set_level(logging.level.as_deref().map(sdk::LogLevel::from))
            .include_execution_data(logging.include_execution_data)
            .set_destinations(destination.map(|destination| vec![destination]))
            .build();
        Some(configuration)
    }

    fn tags(&self) -> Vec<sdk::Tag> {
        let tag = |(key, value)| sdk::Tag::builder().key(key).value(value).build();
        self.tags.iter().map(tag).collect()
    }

    fn tracing(&self) -> Option<sdk::TracingConfiguration> {
        let tracing = self.tracing_configuration.as_ref()?;
        Some(sdk::TracingConfiguration::builder().enabled(tracing.enabled).build())
    }
}
