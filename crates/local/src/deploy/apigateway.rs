//! API Gateway: HTTP APIs and their stages.

use std::collections::HashMap;

use aws_sdk_apigatewayv2::types as sdk;
use serde::Deserialize;

use super::failure::{Answered, During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, outputs, texts};
use crate::aws::REGION;

/// `aws:apigatewayv2:Api`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Api {
    name: String,
    /// `HTTP`.
    protocol_type: String,
    description: Option<String>,
    cors_configuration: Option<Cors>,
    disable_execute_api_endpoint: Option<bool>,
    #[serde(default, deserialize_with = "texts")]
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Cors {
    allow_credentials: Option<bool>,
    allow_headers: Option<Vec<String>>,
    allow_methods: Option<Vec<String>>,
    allow_origins: Option<Vec<String>>,
    expose_headers: Option<Vec<String>>,
    /// Seconds.
    max_age: Option<i32>,
}

impl Resource for Api {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn", "executionArn", "apiEndpoint"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let id = match self.find(to).await? {
            Some(id) => self.update(to, id).await?,
            None => self.create(to).await?,
        };
        let execution_arn = format!("arn:aws:execute-api:{REGION}:{}:{id}", to.account);
        Ok(outputs([
            ("id", &id),
            ("name", &self.name),
            ("arn", &format!("arn:aws:apigateway:{REGION}::/apis/{id}")),
            ("executionArn", &execution_arn),
            ("apiEndpoint", &invoke_url(to, &id)),
        ]))
    }
}

/// Pages of a list after which the endpoint is taken to go round in circles.
const PAGES: usize = 1000;

/// The first of all pages' items that is `wanted`.
pub(super) async fn first<T, F>(
    page: impl Fn(Option<String>) -> F,
    wanted: impl Fn(&T) -> bool,
) -> Result<Option<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut token = None;
    for _ in 0..PAGES {
        let (items, next) = page(token).await?;
        let found = items.into_iter().find(&wanted);
        if found.is_some() || next.is_none() {
            return Ok(found);
        }
        token = next;
    }
    Ok(None)
}

/// Where the API's `$default` stage answers, without a slash at its end.
///
/// The address that the emulator itself gives, `http://{id}.execute-api.localhost:{port}`, needs a
/// resolver that knows names under `localhost`; this one works everywhere.
fn invoke_url(to: &Target<'_>, api: &str) -> String {
    format!("{}/_aws/execute-api/{api}", to.aws.endpoint())
}

impl Api {
    /// The id of the API of this name: it is ours, since names carry the stack's.
    async fn find(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let found = first(
            async |token| {
                let call = to.aws.apigateway.get_apis().set_next_token(token);
                let page = call.send().await.during("GetApis")?;
                Ok((page.items.unwrap_or_default(), page.next_token))
            },
            |api: &sdk::Api| api.name() == Some(&self.name),
        );
        found.await?.map(|api| api.api_id.answered("GetApis", "ApiId")).transpose()
    }

    async fn create(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .create_api()
            .name(&self.name)
            .protocol_type(self.protocol_type.as_str().into())
            .set_description(self.description.clone())
            .set_cors_configuration(self.cors())
            .set_disable_execute_api_endpoint(self.disable_execute_api_endpoint)
            .set_tags(Some(self.tags.clone().into_iter().collect()));
        call.send().await.during("CreateApi")?.api_id.answered("CreateApi", "ApiId")
    }

    async fn update(&self, to: &Target<'_>, id: String) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .update_api()
            .api_id(&id)
            .name(&self.name)
            .set_description(self.description.clone())
            .set_cors_configuration(self.cors())
            .set_disable_execute_api_endpoint(self.disable_execute_api_endpoint);
        call.send().await.during("UpdateApi")?;
        tag(to, &format!("arn:aws:apigateway:{REGION}::/apis/{id}"), &self.tags).await?;
        Ok(id)
    }

    fn cors(&self) -> Option<sdk::Cors> {
        let cors = self.cors_configuration.as_ref()?;
        let configuration = sdk::Cors::builder()
            .set_allow_credentials(cors.allow_credentials)
            .set_allow_headers(cors.allow_headers.clone())
            .set_allow_methods(cors.allow_methods.clone())
            .set_allow_origins(cors.allow_origins.clone())
            .set_expose_headers(cors.expose_headers.clone())
            .set_max_age(cors.max_age)
            .build();
        Some(configuration)
    }
}

/// `aws:apigatewayv2:Stage`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Stage {
    api_id: String,
    /// `$default` for the stage without a name in its URL.
    name: String,
    auto_deploy: Option<bool>,
    description: Option<String>,
    access_log_settings: Option<AccessLogSettings>,
    default_route_settings: Option<RouteSettings>,
    #[serde(default, deserialize_with = "texts")]
    stage_variables: HashMap<String, String>,
    #[serde(default, deserialize_with = "texts")]
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
    /// Requests.
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
            ("invokeUrl", &self.invoke_url(to)),
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
            .set_default_route_settings(self.route_settings())
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
            .set_default_route_settings(self.route_settings())
            .set_stage_variables(Some(self.stage_variables.clone()));
        call.send().await.during("UpdateStage")?;
        tag(to, &self.arn(), &self.tags).await
    }

    fn arn(&self) -> String {
        format!("arn:aws:apigateway:{REGION}::/apis/{}/stages/{}", self.api_id, self.name)
    }

    /// As the provider builds it: the `$default` stage's URL ends in a slash, others do not.
    fn invoke_url(&self, to: &Target<'_>) -> String {
        let stage = if self.name == "$default" { "" } else { self.name.as_str() };
        format!("{}/{stage}", invoke_url(to, &self.api_id))
    }

    fn access_log(&self) -> Option<sdk::AccessLogSettings> {
        let log = self.access_log_settings.as_ref()?;
        let settings = sdk::AccessLogSettings::builder()
            .destination_arn(&log.destination_arn)
            .format(&log.format)
            .build();
        Some(settings)
    }

    fn route_settings(&self) -> Option<sdk::RouteSettings> {
        let route = self.default_route_settings.as_ref()?;
        let settings = sdk::RouteSettings::builder()
            .set_detailed_metrics_enabled(route.detailed_metrics_enabled)
            .set_throttling_burst_limit(route.throttling_burst_limit)
            .set_throttling_rate_limit(route.throttling_rate_limit)
            .build();
        Some(settings)
    }
}

async fn tag(to: &Target<'_>, arn: &str, tags: &Tags) -> Result<(), Failure> {
    if tags.is_empty() {
        return Ok(());
    }
    let call = to.aws.apigateway.tag_resource().resource_arn(arn);
    let call = call.set_tags(Some(tags.clone().into_iter().collect()));
    call.send().await.during("TagResource")?;
    Ok(())
}
