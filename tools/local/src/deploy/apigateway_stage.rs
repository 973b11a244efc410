//! Stages of an HTTP API.

use std::collections::HashMap;

use aws_sdk_apigatewayv2::types as sdk;
use serde::Deserialize;

use super::apigateway::{invoke_url, tag};
use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
use crate::aws::REGION;

/// `aws:apigatewayv2:Stage`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Stage {
    api_id: String,
    /// `$default` for the stage whose URL contains no name.
    name: String,
    auto_deploy: Option<bool>,
    description: Option<String>,
    access_log_settings: Option<AccessLogSettings>,
    default_route_settings: Option<RouteSettings>,
    #[serde(default)]
    route_settings: Vec<SettingsOfRoute>,
    #[serde(default, deserialize_with = "string_map")]
    stage_variables: HashMap<String, String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccessLogSettings {
    destination_arn: String,
    format: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RouteSettings {
    detailed_metrics_enabled: Option<bool>,
    /// Requests in a burst.
    throttling_burst_limit: Option<i32>,
    /// Requests per second.
    throttling_rate_limit: Option<f64>,
}

/// Settings of one route, which override the stage's default settings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsOfRoute {
    route_key: String,
    detailed_metrics_enabled: Option<bool>,
    /// Requests in a burst.
    throttling_burst_limit: Option<i32>,
    /// Requests per second.
    throttling_rate_limit: Option<f64>,
}

impl Resource for Stage {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn", "executionArn", "invokeUrl"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        if self.exists(to).await? {
            self.update(to).await?;
        } else {
            self.create(to).await?;
        }
        let execution_arn =
            format!("arn:aws:execute-api:{REGION}:{}:{}/{}", to.account, self.api_id, self.name);
        Ok(outputs([
            ("id", &self.name),
            ("name", &self.name),
            ("arn", &self.arn()),
            ("executionArn", &execution_arn),
            ("invokeUrl", &self.invoke_url(to).await?),
        ]))
    }
}

impl Stage {
    async fn exists(&self, to: &Target<'_>) -> Result<bool, Failure> {
        let call = to.aws.apigateway.get_stage().api_id(&self.api_id).stage_name(&self.name);
        Ok(call.send().await.unless("NotFoundException", "GetStage")?.is_some())
    }

    async fn create(&self, to: &Target<'_>) -> Result<(), Failure> {
        let call = to
            .aws
            .apigateway
            .create_stage()
            .api_id(&self.api_id)
            .stage_name(&self.name)
            .set_auto_deploy(self.auto_deploy)
            .set_description(self.description.clone())
            .set_access_log_settings(self.access_log())
            .set_default_route_settings(self.default_route_settings())
            .set_route_settings(Some(self.route_settings()))
            .set_stage_variables(Some(self.stage_variables.clone()))
            .set_tags(Some(self.tags.clone().into_iter().collect()));
        call.send().await.during("CreateStage")?;
        Ok(())
    }

    async fn update(&self, to: &Target<'_>) -> Result<(), Failure> {
        let call = to
            .aws
            .apigateway
            .update_stage()
            .api_id(&self.api_id)
            .stage_name(&self.name)
            .set_auto_deploy(self.auto_deploy)
            .set_description(self.description.clone())
            .set_access_log_settings(self.access_log())
            .set_default_route_settings(self.default_route_settings())
            .set_route_settings(Some(self.route_settings()))
            .set_stage_variables(Some(self.stage_variables.clone()));
        call.send().await.during("UpdateStage")?;
        tag(to, &self.arn(), &self.tags).await
    }

    fn arn(&self) -> String {
        format!("arn:aws:apigateway:{REGION}::/apis/{}/stages/{}", self.api_id, self.name)
    }

    /// The stage's URL in the provider's form. For the `$default` stage, the URL ends in a slash.
    /// For any other stage, it ends in the stage's name.
    async fn invoke_url(&self, to: &Target<'_>) -> Result<String, Failure> {
        let stage = if self.name == "$default" { "" } else { self.name.as_str() };
        Ok(format!("{}/{stage}", invoke_url(to, &self.api_id).await?))
    }

    fn access_log(&self) -> Option<sdk::AccessLogSettings> {
        let log = self.access_log_settings.as_ref()?;
        let settings = sdk::AccessLogSettings::builder()
            .destination_arn(&log.destination_arn)
            .format(&log.format)
            .build();
        Some(settings)
    }

    fn default_route_settings(&self) -> Option<sdk::RouteSettings> {
        let route = self.default_route_settings.as_ref()?;
        let settings = sdk::RouteSettings::builder()
            .set_detailed_metrics_enabled(route.detailed_metrics_enabled)
            .set_throttling_burst_limit(route.throttling_burst_limit)
            .set_throttling_rate_limit(route.throttling_rate_limit)
            .build();
        Some(settings)
    }

    fn route_settings(&self) -> HashMap<String, sdk::RouteSettings> {
        let settings = self.route_settings.iter().map(|route| {
            let settings = sdk::RouteSettings::builder()
                .set_detailed_metrics_enabled(route.detailed_metrics_enabled)
                .set_throttling_burst_limit(route.throttling_burst_limit)
                .set_throttling_rate_limit(route.throttling_rate_limit)
                .build();
            (route.route_key.clone(), settings)
        });
        settings.collect()
    }
}
