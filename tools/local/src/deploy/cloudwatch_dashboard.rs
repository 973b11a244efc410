//! CloudWatch dashboards.

use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use super::resource::{Outputs, Resource, Target, document, outputs};

/// `aws:cloudwatch:Dashboard`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Dashboard {
    dashboard_name: String,
    #[serde(deserialize_with = "document")]
    dashboard_body: String,
}

impl Resource for Dashboard {
    const OUTPUTS: &'static [&'static str] = &["id", "dashboardArn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let name = &self.dashboard_name;
        let input = json!({"DashboardName": name, "DashboardBody": self.dashboard_body});
        to.aws.cloudwatch.call("PutDashboard", &input).await?;
        let arn = format!("arn:aws:cloudwatch::{}:dashboard/{name}", to.account);
        Ok(outputs([("id", name), ("dashboardArn", &arn)]))
    }
}
