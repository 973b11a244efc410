//! AWS clients that all send their requests to one local endpoint.
//!
//! This module sets the clients' whole configuration. It reads neither the environment nor
//! `~/.aws`, so a developer's own profile can never direct a local command at a real account.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder as HttpClient;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::access_key::AccessKey;
use crate::cloudwatch::CloudWatch;

/// The region of the local stack.
pub const REGION: &str = "us-east-1";

/// Time limit for one attempt to connect to the emulator. A running emulator accepts connections
/// immediately.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time limit for one attempt of a call. Uploads of a function's code take longest.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// One client per AWS service that the local stack uses.
#[derive(Debug, Clone)]
pub struct Aws {
    /// API Gateway: HTTP APIs, their routes and stages.
    pub apigateway: aws_sdk_apigatewayv2::Client,
    /// CloudWatch alarms, dashboards and metrics.
    pub cloudwatch: CloudWatch,
    /// DynamoDB tables and items.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// EventBridge buses, rules and targets.
    pub eventbridge: aws_sdk_eventbridge::Client,
    /// IAM roles and their policies.
    pub iam: aws_sdk_iam::Client,
    /// Lambda functions, their permissions and event source mappings.
    pub lambda: aws_sdk_lambda::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// S3, with path-style URLs, because bucket host names do not resolve on this machine.
    pub s3: aws_sdk_s3::Client,
    /// EventBridge Scheduler.
    pub scheduler: aws_sdk_scheduler::Client,
    /// Step Functions.
    pub sfn: aws_sdk_sfn::Client,
    /// SNS topics.
    pub sns: aws_sdk_sns::Client,
    /// SQS queues.
    pub sqs: aws_sdk_sqs::Client,
    /// STS, which returns the account's id.
    pub sts: aws_sdk_sts::Client,
    endpoint: String,
    access_key: AccessKey,
}

impl Aws {
    /// Creates clients for the emulator at `endpoint`, a URL such as `http://127.0.0.1:4566`. The
    /// scheme defaults to `http`. Sends no request. Does not check the URL, but
    /// [`Aws::check_endpoint`] does.
    ///
    /// All requests are signed with `access_key`.
    #[must_use]
    pub fn connect(endpoint: &str, access_key: AccessKey) -> Self {
        let endpoint = with_scheme(endpoint.trim()).trim_end_matches('/').to_owned();
        let config = configuration(&endpoint, &access_key);
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Self {
            apigateway: aws_sdk_apigatewayv2::Client::new(&config),
            cloudwatch: CloudWatch::new(&endpoint, REGION, access_key.credentials()),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            eventbridge: aws_sdk_eventbridge::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            scheduler: aws_sdk_scheduler::Client::new(&config),
            sfn: aws_sdk_sfn::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            endpoint,
            access_key,
        }
    }

    /// Checks that the endpoint is an `http` or `https` URL with a host.
    ///
    /// # Errors
    /// When the endpoint is not such a URL.
    pub fn check_endpoint(&self) -> Result<(), EndpointError> {
        let url = self.endpoint.parse::<hyper::Uri>().ok();
        let host = url.as_ref().filter(|url| matches!(url.scheme_str(), Some("http" | "https")));
        match host.and_then(hyper::Uri::host) {
            Some(host) if !host.is_empty() => Ok(()),
            _ => Err(EndpointError(self.endpoint.clone())),
        }
    }

    /// The URL that the clients send requests to, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The access key that signs the requests.
    #[must_use]
    pub fn access_key(&self) -> &AccessKey {
        &self.access_key
    }
}

/// The endpoint is not an `http` or `https` URL with a host.
#[derive(Debug, thiserror::Error)]
#[error("the endpoint {0:?} is not an HTTP URL: give one like http://127.0.0.1:4566")]
pub struct EndpointError(String);

/// Adds `http://` to an endpoint that has no scheme, such as a host and port. The SDK panics on an
/// empty URL. With the scheme, an empty endpoint becomes an invalid URL, and calls return an error.
fn with_scheme(endpoint: &str) -> String {
    if endpoint.contains("://") { endpoint.to_owned() } else { format!("http://{endpoint}") }
}

fn configuration(endpoint: &str, access_key: &AccessKey) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(access_key.credentials()))
        .http_client(http_client(endpoint))
        .timeout_config(timeouts)
        .build()
}

/// An HTTP client. It supports TLS only if the endpoint is an `https` URL, because loading root
/// certificates takes time.
fn http_client(endpoint: &str) -> SharedHttpClient {
    if endpoint.starts_with("https:") {
        HttpClient::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    } else {
        HttpClient::new().build_http()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(endpoint: &str) -> Aws {
        Aws::connect(endpoint, AccessKey::generate().unwrap())
    }

    #[test]
    fn an_endpoint_has_a_scheme_and_no_trailing_slash() {
        for (endpoint, expected) in [
            ("localhost:4566", "http://localhost:4566"),
            ("http://127.0.0.1:4566/", "http://127.0.0.1:4566"),
        ] {
            let aws = connect(endpoint);
            assert_eq!(aws.endpoint(), expected);
            assert!(aws.check_endpoint().is_ok());
        }
    }

    #[test]
    fn an_invalid_endpoint_is_named() {
        for endpoint in ["", " ", "http://", "ftp://127.0.0.1", "hello there", "http://a:b:c", "#"]
        {
            let error = connect(endpoint).check_endpoint().expect_err(endpoint).to_string();
            assert!(error.contains(endpoint.trim().trim_end_matches('/')), "{error}");
        }
    }

    #[tokio::test]
    async fn an_empty_endpoint_makes_each_call_fail() {
        assert!(connect("").sts.get_caller_identity().send().await.is_err());
    }
}
