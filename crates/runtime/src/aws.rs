//! AWS configuration from the environment variables that Lambda sets.

mod endpoints;
mod http;
mod trust;

use std::time::Duration;

use ::aws_config::environment::EnvironmentVariableCredentialsProvider;
use ::aws_config::retry::RetryConfig;
use ::aws_config::timeout::TimeoutConfig;
use ::aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

use self::http::Http;

/// Timeout of one attempt of a request, up to the response headers.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Timeout of a request with all its attempts and the waits between them. It is shorter than the
/// shortest timeout of a function (10 seconds), so that the function reports a named error before
/// Lambda kills it.
const OPERATION: Duration = Duration::from_secs(8);

/// Timeout of connecting, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// Reads region, credentials and endpoint from the environment, and adds one HTTP client on rustls
/// and ring.
///
/// Lambda sets region and credentials as environment variables
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
/// [`aws_config::load_defaults`](::aws_config::load_defaults) is not used, because it also links
/// and tries profile files and metadata services, which a function does not have.
#[must_use]
pub fn aws_config() -> SdkConfig {
    let variable = |name| std::env::var(name).ok();
    let region = variable("AWS_REGION");
    let http = Http::new(region.as_deref().unwrap_or_default());
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts)
        .http_client(http)
        .service_config(endpoints::ServiceEndpoints);
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    config.build()
}
