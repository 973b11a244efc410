//! Signed requests to an AWS endpoint, for services whose SDK client this program does not include.
//! Lower-level crates of the SDK sign and send the requests.

use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::primitives::SdkBody;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use http_body_util::BodyExt as _;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A sender of signed requests to one endpoint.
#[derive(Clone)]
pub(crate) struct SignedClient {
    endpoint: String,
    region: &'static str,
    /// The service's name in the signature's scope.
    service: &'static str,
    credentials: Credentials,
    connector: Arc<Connector>,
}

impl std::fmt::Debug for SignedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedClient").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl SignedClient {
    /// Creates a sender for `endpoint`, a URL without a trailing slash. Sends nothing yet.
    pub(crate) fn new(
        endpoint: &str,
        region: &'static str,
        service: &'static str,
        credentials: Credentials,
    ) -> Self {
        let connector = if endpoint.starts_with("https:") {
            Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
        } else {
            Connector::builder().build_http()
        };
        let (endpoint, connector) = (endpoint.to_owned(), Arc::new(connector));
        Self { endpoint, region, service, credentials, connector }
    }

    /// Sends a POST request. Returns true if the status is a success, and returns the body of the
    /// response in either case.
    ///
    /// # Errors
    /// When the request cannot be signed or sent, or there is no response.
    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<(bool, Vec<u8>), BoxError> {
        let request = self.request(path, headers, body)?;
        let response: HttpResponse = self.connector.call(request).await?;
        let succeeded = response.status().is_success();
        Ok((succeeded, response.into_body().collect().await?.to_bytes().to_vec()))
    }

    /// Returns a signed POST request.
    pub(crate) fn request(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<HttpRequest, BoxError> {
        let url = format!("{}{path}", self.endpoint);
        let signature = self.signature(&url, headers, body.as_bytes())?;
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(url)?;
        for &(name, value) in headers {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in signature {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    /// Returns the headers that carry the request's signature.
    fn signature(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Vec<(String, String)>, BoxError> {
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let body = SignableBody::Bytes(body);
        let request = SignableRequest::new("POST", url, headers.iter().copied(), body)?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        let (headers, _) = instructions.into_parts();
        Ok(headers.iter().map(|it| (it.name().to_owned(), it.value().to_owned())).collect())
    }
}
