//! The AWS clients, all of them talking to one local endpoint.
//!
//! They are configured here and nowhere else: neither the environment nor `~/.aws` is read, so a
//! developer's own profile can never turn a local command into one against an account.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder as HttpClient;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::cloudwatch::CloudWatch;

/// The region that everything local lives in.
pub const REGION: &str = "us-east-1";

/// An emulator that takes longer than this to accept a connection is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// For one attempt of one call; the longest are uploads of a function's code.
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
    /// EventBridge rules and targets.
    pub eventbridge: aws_sdk_eventbridge::Client,
    /// IAM roles and their policies.
    pub iam: aws_sdk_iam::Client,
    /// Lambda functions.
    pub lambda: aws_sdk_lambda::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// S3, with path-style addresses: bucket names do not resolve as host names here.
    pub s3: aws_sdk_s3::Client,
    /// EventBridge Scheduler.
    pub scheduler: aws_sdk_scheduler::Client,
    /// Step Functions.
    pub sfn: aws_sdk_sfn::Client,
    /// SNS topics.
    pub sns: aws_sdk_sns::Client,
    /// SQS queues.
    pub sqs: aws_sdk_sqs::Client,
    /// STS, which knows the account.
    pub sts: aws_sdk_sts::Client,
    endpoint: String,
}

impl Aws {
    /// Clients for the emulator or `LocalStack` at `endpoint`, a URL such as
    /// `http://127.0.0.1:4566`; without a scheme it is taken for one with `http`. Nothing is sent
    /// yet, and nothing checked: [`Aws::check_endpoint`] does that.
    ///
    /// The credentials are `test`/`test`, which both take for their administrator.
    #[must_use]
    pub fn connect(endpoint: &str) -> Self {
        let endpoint = with_scheme(endpoint.trim()).trim_end_matches('/').to_owned();
        let config = configuration(&endpoint);
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Self {
            apigateway: aws_sdk_apigatewayv2::Client::new(&config),
            cloudwatch: CloudWatch::new(&endpoint, credentials()),
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
        }
    }

    /// Whether the endpoint is a URL that something could answer at.
    ///
    /// # Errors
    /// If it is none, or one of another scheme than `http` or `https`.
    pub fn check_endpoint(&self) -> Result<(), EndpointError> {
        let url = self.endpoint.parse::<hyper::Uri>().ok();
        let host = url.as_ref().filter(|url| matches!(url.scheme_str(), Some("http" | "https")));
        match host.and_then(hyper::Uri::host) {
            Some(host) if !host.is_empty() => Ok(()),
            _ => Err(EndpointError(self.endpoint.clone())),
        }
    }

    /// The URL that the clients talk to, without a slash at its end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// An endpoint that is no URL.
#[derive(Debug, thiserror::Error)]
#[error("the endpoint {0:?} is no URL of an AWS emulator; it looks like http://127.0.0.1:4566")]
pub struct EndpointError(String);

/// As people write hosts and ports. The SDK panics at an empty URL, which becomes a wrong one here.
fn with_scheme(endpoint: &str) -> String {
    if endpoint.contains("://") { endpoint.to_owned() } else { format!("http://{endpoint}") }
}

/// Those of an emulator's administrator.
fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "local")
}

fn configuration(endpoint: &str) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials()))
        .http_client(http_client(endpoint))
        .timeout_config(timeouts)
        .build()
}

/// Without TLS when the endpoint needs none: reading the machine's certificates takes time.
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

    #[test]
    fn an_endpoint_without_a_scheme_is_http() {
        let aws = Aws::connect("localhost:4566");
        assert_eq!(aws.endpoint(), "http://localhost:4566");
        assert!(aws.check_endpoint().is_ok());
    }

    #[test]
    fn what_is_no_endpoint_is_named() {
        for endpoint in ["", " ", "http://", "ftp://127.0.0.1", "hello there", "http://a:b:c", "#"]
        {
            let error = Aws::connect(endpoint).check_endpoint().expect_err(endpoint).to_string();
            assert!(error.contains(endpoint.trim().trim_end_matches('/')), "{error}");
        }
    }

    #[tokio::test]
    async fn an_empty_endpoint_is_an_error_of_each_call() {
        assert!(Aws::connect("").sts.get_caller_identity().send().await.is_err());
    }

    #[test]
    fn the_endpoint_has_no_trailing_slash() {
        assert_eq!(Aws::connect("http://127.0.0.1:4566/").endpoint(), "http://127.0.0.1:4566");
    }
}
