//! CloudWatch log groups.

use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
use crate::aws::REGION;

/// `aws:cloudwatch:LogGroup`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LogGroup {
    name: String,
    /// Days to keep log events; 0, the default, keeps them forever.
    #[serde(default)]
    retention_in_days: i32,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for LogGroup {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = format!("arn:aws:logs:{REGION}:{}:log-group:{}", to.account, self.name);
        let call = to.aws.logs.create_log_group().log_group_name(&self.name);
        let created = call.send().await;
        created.unless("ResourceAlreadyExistsException", "CreateLogGroup")?;
        self.tag(to, &arn).await?;
        self.retain(to).await?;
        Ok(outputs([("id", &self.name), ("name", &self.name), ("arn", &arn)]))
    }
}

impl LogGroup {
    async fn tag(&self, to: &Target<'_>, arn: &str) -> Result<(), Failure> {
        if self.tags.is_empty() {
            return Ok(());
        }
        let tags = self.tags.clone().into_iter().collect();
        let call = to.aws.logs.tag_resource().resource_arn(arn).set_tags(Some(tags));
        call.send().await.during("TagResource")?;
        Ok(())
    }

    async fn retain(&self, to: &Target<'_>) -> Result<(), Failure> {
        let logs = &to.aws.logs;
        if self.retention_in_days == 0 {
            let call = logs.delete_retention_policy().log_group_name(&self.name);
            call.send().await.during("DeleteRetentionPolicy")?;
        } else {
            let call = logs.put_retention_policy().log_group_name(&self.name);
            let call = call.retention_in_days(self.retention_in_days);
            call.send().await.during("PutRetentionPolicy")?;
        }
        Ok(())
    }
}
