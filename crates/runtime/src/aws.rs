//! AWS configuration from the environment that Lambda sets.

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

/// Time for one try of one request, answer included but not its body.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Time for all tries of one request and the waits between them: less than the shortest time-out
/// of a function (10 seconds), so that an error has a name instead of being a killed process.
const OPERATION: Duration = Duration::from_secs(8);

/// Time to connect, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// Region, credentials and endpoint from the environment; one HTTP client on rustls and ring.
///
/// Not [`aws_config::load_defaults`](::aws_config::load_defaults): it looks into files and at
/// services that a function has not, and links them. Lambda puts region and credentials into
/// variables (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
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
