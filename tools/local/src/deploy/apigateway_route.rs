//! Routes of an HTTP API, and the integrations that they lead to.

use aws_sdk_apigatewayv2::types as sdk;
use serde::Deserialize;

use super::apigateway::find_in_pages;
use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:apigatewayv2:Integration`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Integration {
    api_id: String,
    /// `AWS_PROXY` for Lambda.
    integration_type: String,
    integration_uri: String,
    integration_method: Option<String>,
    payload_format_version: Option<String>,
    description: Option<String>,
    /// At most 30,000 ms.
    timeout_milliseconds: Option<i32>,
}

impl Resource for Integration {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let id = match self.find(to).await? {
            Some(id) => self.update(to, id).await?,
            None => self.create(to).await?,
        };
        Ok(outputs([("id", &id)]))
    }
}

impl Integration {
    /// Returns the id of the API's existing integration with the same `integrationUri`.
    async fn find(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let found = find_in_pages(
            async |token| {
                let call = to.aws.apigateway.get_integrations().api_id(&self.api_id);
                let page = call.set_next_token(token).send().await.during("GetIntegrations")?;
                Ok((page.items.unwrap_or_default(), page.next_token))
            },
            |it: &sdk::Integration| it.integration_uri() == Some(&self.integration_uri),
        );
        found
            .await?
            .map(|it| it.integration_id.required("GetIntegrations", "IntegrationId"))
            .transpose()
    }

    async fn create(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .create_integration()
            .api_id(&self.api_id)
            .integration_type(self.integration_type.as_str().into())
            .integration_uri(&self.integration_uri)
            .set_integration_method(self.integration_method.clone())
            .set_payload_format_version(self.payload_format_version.clone())
            .set_description(self.description.clone())
            .set_timeout_in_millis(self.timeout_milliseconds);
        let created = call.send().await.during("CreateIntegration")?;
        created.integration_id.required("CreateIntegration", "IntegrationId")
    }

    async fn update(&self, to: &Target<'_>, id: String) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .update_integration()
            .api_id(&self.api_id)
            .integration_id(&id)
            .integration_type(self.integration_type.as_str().into())
            .integration_uri(&self.integration_uri)
            .set_integration_method(self.integration_method.clone())
            .set_payload_format_version(self.payload_format_version.clone())
            .set_description(self.description.clone())
            .set_timeout_in_millis(self.timeout_milliseconds);
        call.send().await.during("UpdateIntegration")?;
        Ok(id)
    }
}

/// `aws:apigatewayv2:Route`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Route {
    api_id: String,
    /// A method and a path, for example `GET /images/info`.
    route_key: String,
    /// `integrations/` and an integration's id.
    target: String,
    /// `NONE`, the default, or `AWS_IAM`.
    authorization_type: Option<String>,
    operation_name: Option<String>,
}

impl Resource for Route {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let id = match self.find(to).await? {
            Some(id) => self.update(to, id).await?,
            None => self.create(to).await?,
        };
        Ok(outputs([("id", &id)]))
    }
}

impl Route {
    async fn find(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let found = find_in_pages(
            async |token| {
                let call = to.aws.apigateway.get_routes().api_id(&self.api_id);
                let page = call.set_next_token(token).send().await.during("GetRoutes")?;
                Ok((page.items.unwrap_or_default(), page.next_token))
            },
            |it: &sdk::Route| it.route_key() == Some(&self.route_key),
        );
        found.await?.map(|it| it.route_id.required("GetRoutes", "RouteId")).transpose()
    }

    async fn create(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .create_route()
            .api_id(&self.api_id)
            .route_key(&self.route_key)
            .target(&self.target)
            .set_authorization_type(self.authorization())
            .set_operation_name(self.operation_name.clone());
        call.send().await.during("CreateRoute")?.route_id.required("CreateRoute", "RouteId")
    }

    async fn update(&self, to: &Target<'_>, id: String) -> Result<String, Failure> {
        let call = to
            .aws
            .apigateway
            .update_route()
            .api_id(&self.api_id)
            .route_id(&id)
            .route_key(&self.route_key)
            .target(&self.target)
            .set_authorization_type(self.authorization())
            .set_operation_name(self.operation_name.clone());
        call.send().await.during("UpdateRoute")?;
        Ok(id)
    }

    fn authorization(&self) -> Option<sdk::AuthorizationType> {
        self.authorization_type.as_deref().map(sdk::AuthorizationType::from)
    }
}
