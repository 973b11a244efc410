//! EventBridge Scheduler schedules.

use aws_sdk_scheduler::types as sdk;
use serde::Deserialize;

use super::eventbridge::DeadLetterConfig;
use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Target, document, outputs};

/// `aws:scheduler:Schedule`, in the default group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Schedule {
    name: String,
    description: Option<String>,
    /// `rate(…)`, `cron(…)` or `at(…)`.
    schedule_expression: String,
    /// Name in the IANA time zone database; UTC if absent.
    schedule_expression_timezone: Option<String>,
    /// `ENABLED`, the default, or `DISABLED`.
    state: Option<String>,
    flexible_time_window: FlexibleTimeWindow,
    target: ScheduleTarget,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FlexibleTimeWindow {
    /// `OFF` or `FLEXIBLE`.
    mode: String,
    maximum_window_in_minutes: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScheduleTarget {
    arn: String,
    role_arn: String,
    /// JSON to invoke the target with.
    #[serde(deserialize_with = "document")]
    input: String,
    /// Dead-letter queue for invocations that the target does not accept.
    dead_letter_config: Option<DeadLetterConfig>,
}

impl Resource for Schedule {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = match self.create(to).await? {
            Some(arn) => arn,
            None => self.update(to).await?,
        };
        // In Pulumi, the id of a schedule has the form `group/name`.
        let id = format!("default/{}", self.name);
        Ok(outputs([("id", &id), ("name", &self.name), ("arn", &arn)]))
    }
}

impl Schedule {
    /// Creates the schedule. Returns its ARN, or `None` if a schedule with this name exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to
            .aws
            .scheduler
            .create_schedule()
            .name(&self.name)
            .set_description(self.description.clone())
            .schedule_expression(&self.schedule_expression)
            .set_schedule_expression_timezone(self.schedule_expression_timezone.clone())
            .set_state(self.state.as_deref().map(sdk::ScheduleState::from))
            .flexible_time_window(self.window()?)
            .target(self.target()?);
        let created = call.send().await.unless("ConflictException", "CreateSchedule")?;
        Ok(created.map(|response| response.schedule_arn))
    }

    async fn update(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .scheduler
            .update_schedule()
            .name(&self.name)
            .set_description(self.description.clone())
            .schedule_expression(&self.schedule_expression)
            .set_schedule_expression_timezone(self.schedule_expression_timezone.clone())
            .set_state(self.state.as_deref().map(sdk::ScheduleState::from))
            .flexible_time_window(self.window()?)
            .target(self.target()?);
        let updated = call.send().await.during("UpdateSchedule")?;
        Ok(updated.schedule_arn)
    }

    fn window(&self) -> Result<sdk::FlexibleTimeWindow, Failure> {
        Ok(sdk::FlexibleTimeWindow::builder()
            .mode(self.flexible_time_window.mode.as_str().into())
            .set_maximum_window_in_minutes(self.flexible_time_window.maximum_window_in_minutes)
            .build()?)
    }

    fn target(&self) -> Result<sdk::Target, Failure> {
        let target = &self.target;
        let dead_letters = target
            .dead_letter_config
            .as_ref()
            .map(|it| sdk::DeadLetterConfig::builder().arn(&it.arn).build());
        Ok(sdk::Target::builder()
            .arn(&target.arn)
            .role_arn(&target.role_arn)
            .input(&target.input)
            .set_dead_letter_config(dead_letters)
            .build()?)
    }
}
