//! AWS configuration from the environment that Lambda sets.

use std::time::Duration;

use ::aws_config::timeout::TimeoutConfig;
use ::aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// Time for one try of one request, answer included but not its body.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Time for all tries of one request and the waits between them: less than the shortest time-out
/// of a function (10 seconds), so that an error has a name instead of being a killed process.
const OPERATION: Duration = Duration::from_secs(8);

/// Time to connect, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// Region, credentials and endpoint from the environment; one HTTP client on rustls and ring.
pub async fn aws_config() -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    ::aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .load()
        .await
}
