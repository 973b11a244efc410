//! Configuration of AWS clients from environment variables: those that Lambda sets, and those that
//! replace the default endpoints or root certificates.

mod endpoints;
mod http;
mod trust;

use std::time::Duration;

use ::aws_config::environment::EnvironmentVariableCredentialsProvider;
use ::aws_config::retry::RetryConfig;
use ::aws_config::timeout::TimeoutConfig;
use ::aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

use self::endpoints::ServiceEndpoints;
use self::http::Http;

/// Timeout of one attempt of a request, up to the end of the response. An attempt to get an object
/// ends with the response headers, because the object's bytes are read later.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Timeout of a request with all its attempts and the waits between them. It is shorter than the
/// shortest timeout of a function (10 seconds). So if the first request of an invocation gets no
/// response, the function still reports a named error before Lambda kills the function.
const OPERATION: Duration = Duration::from_secs(8);

/// Timeout of connecting, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// Looks up an environment variable; `None` if it is not set or not UTF-8.
type Variables = fn(&str) -> Option<String>;

/// The configuration of all AWS clients. Region, credentials and endpoints come from the
/// environment. The AWS clients share one HTTP client, with TLS by rustls and ring.
///
/// Lambda sets region and credentials as environment variables
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
/// [`aws_config::load_defaults`](::aws_config::load_defaults) is not used: it links code that tries
/// profile files and metadata services, but a function has neither.
#[must_use]
pub fn aws_config() -> SdkConfig {
    config(|name| std::env::var(name).ok())
}

fn config(variables: Variables) -> SdkConfig {
    let region = variables("AWS_REGION");
    let http = Http::new(trust::roots(region.as_deref().unwrap_or_default(), variables));
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
        .service_config(ServiceEndpoints(variables));
    config.set_endpoint_url(variables("AWS_ENDPOINT_URL"));
    config.build()
}

#[cfg(test)]
mod tests {
    use ::aws_config::retry::RetryMode;
    use aws_types::service_config::ServiceConfigKey;

    use super::*;

    #[test]
    fn region_and_endpoints_are_those_of_the_environment() {
        let config = config(|name| match name {
            "AWS_REGION" => Some("eu-central-1".into()),
            "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:4566".into()),
            "AWS_ENDPOINT_URL_DYNAMODB" => Some("http://127.0.0.1:8000".into()),
            _ => None,
        });
        assert_eq!(config.region(), Some(&Region::new("eu-central-1")));
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:4566"));
        let endpoint = |service| {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL");
            let key = key.profile("endpoint_url").build().unwrap();
            config.service_config().unwrap().load_config(key)
        };
        assert_eq!(endpoint("DynamoDB").as_deref(), Some("http://127.0.0.1:8000"));
        assert_eq!(endpoint("S3"), None);
    }

    #[test]
    fn a_request_is_tried_three_times_and_ends_before_the_function_does() {
        let config = config(|_| None);
        assert!(config.region().is_none() && config.endpoint_url().is_none());
        let retry = config.retry_config().unwrap();
        assert_eq!((retry.mode(), retry.max_attempts()), (RetryMode::Standard, 3));
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(CONNECT));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(ATTEMPT));
        assert_eq!(timeouts.operation_timeout(), Some(OPERATION));
    }
}
