//! API Gateway HTTP APIs and their URLs.

use aws_sdk_apigatewayv2::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
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
    #[serde(default, deserialize_with = "string_map")]
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
            ("apiEndpoint", &invoke_url(to, &id).await?),
        ]))
    }
}

/// Tag whose value becomes the API's id on the emulator, so that the API's address is the same in
/// every run. For other endpoints, it is an ordinary tag.
const ID_TAG: &str = "ms-custom-id";

/// Returns the id to give to the API with this name: eight hexadecimal digits, like the ids that
/// the emulator generates.
fn id_for(name: &str) -> String {
    format!("{:08x}", crc32fast::hash(name.as_bytes()))
}

/// Maximum number of pages that are read from a list. If there are more, the endpoint is assumed to
/// repeat pages.
const MAX_PAGES: usize = 1000;

/// Returns the first item that is `wanted`. Reads at most [`MAX_PAGES`] pages; `None` if these
/// contain no such item.
pub(super) async fn find_in_pages<T, F>(
    page: impl Fn(Option<String>) -> F,
    wanted: impl Fn(&T) -> bool,
) -> Result<Option<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut token = None;
    for _ in 0..MAX_PAGES {
        let (items, next) = page(token).await?;
        let found = items.into_iter().find(&wanted);
        if found.is_some() || next.is_none() {
            return Ok(found);
        }
        token = next;
    }
    Ok(None)
}

/// The URL of the API's `$default` stage, without a trailing slash.
pub(super) async fn invoke_url(to: &Target<'_>, api: &str) -> Result<String, Failure> {
    let found = to.aws.apigateway.get_api().api_id(api).send().await.during("GetApi")?;
    let address = found.api_endpoint.required("GetApi", "ApiEndpoint")?;
    Ok(resolvable(&address, to.aws.endpoint(), api))
}

/// Returns a URL of the API with a host name that every machine resolves.
///
/// On many machines, only browsers resolve host names under `localhost`. For such a host name in
/// `address`, returns a URL at `endpoint` with the API's id in the path. The emulator accepts this
/// URL, too. Any other address only loses a trailing slash.
fn resolvable(address: &str, endpoint: &str, api: &str) -> String {
    let host = address.parse::<hyper::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
    if host.is_some_and(|host| host.ends_with(".localhost")) {
        format!("{endpoint}/_aws/execute-api/{api}")
    } else {
        address.trim_end_matches('/').to_owned()
    }
}

impl Api {
    /// Returns the id of the API with this name. The API belongs to this stack, because its name
    /// contains the name of the stack.
    async fn find(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let found = find_in_pages(
            async |token| {
                let call = to.aws.apigateway.get_apis().set_next_token(token);
                let page = call.send().await.during("GetApis")?;
                Ok((page.items.unwrap_or_default(), page.next_token))
            },
            |api: &sdk::Api| api.name() == Some(&self.name),
        );
        found.await?.map(|api| api.api_id.required("GetApis", "ApiId")).transpose()
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
            .set_tags(Some(self.tags.clone().into_iter().collect()))
            .tags(ID_TAG, id_for(&self.name));
        call.send().await.during("CreateApi")?.api_id.required("CreateApi", "ApiId")
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

/// Tags an API or a stage. `UpdateApi` and `UpdateStage` do not accept tags.
pub(super) async fn tag(to: &Target<'_>, arn: &str, tags: &Tags) -> Result<(), Failure> {
    if tags.is_empty() {
        return Ok(());
    }
    let call = to.aws.apigateway.tag_resource().resource_arn(arn);
    let call = call.set_tags(Some(tags.clone().into_iter().collect()));
    call.send().await.during("TagResource")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_does_not_resolve_becomes_a_path() {
        let path = "http://127.0.0.1:4566/_aws/execute-api/ab12";
        let public = "http://ab12.execute-api.localhost.localstack.cloud:4566";
        let aws = "https://ab12.execute-api.us-east-1.amazonaws.com";
        for (address, expected) in
            [("http://ab12.execute-api.localhost:4566", path), (public, public), (aws, aws)]
        {
            assert_eq!(resolvable(address, "http://127.0.0.1:4566", "ab12"), expected);
        }
    }

    #[test]
    fn an_api_has_the_same_id_in_every_run() {
        assert_eq!(id_for("pixgauge-local"), id_for("pixgauge-local"));
        assert_ne!(id_for("pixgauge-local"), id_for("pixgauge-test"));
        let id = id_for("pixgauge-local");
        assert!(id.len() == 8 && id.bytes().all(|it| it.is_ascii_hexdigit()), "{id}");
    }
}
