//! A minimal CloudWatch client for the few operations that the local stack calls.
//!
//! The SDK's own CloudWatch client depends on a crate for request compression. That crate turns on
//! additional features of crates that all SDK clients share. Cargo unifies features, so the
//! functions would be compiled with these additional features as well. This client avoids that
//! dependency. It speaks CloudWatch's AWS JSON 1.0 protocol
//! (<https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>).

use aws_sdk_s3::config::Credentials;
use serde_json::Value;

use crate::signed::{BoxError, SignedClient};

/// The service's name in its Smithy model. The header `X-Amz-Target` contains this name, a dot and
/// the name of the operation.
const SERVICE: &str = "GraniteServiceVersion20100801";

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// A client of CloudWatch at one endpoint.
#[derive(Debug, Clone)]
pub struct CloudWatch {
    client: SignedClient,
}

/// A call failed: CloudWatch refused it, or did not respond.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {message}")]
pub struct CloudWatchError {
    /// The operation's name in the service's API, for example `PutMetricAlarm`.
    pub operation: &'static str,
    /// The service's error code and message, or why there was no response.
    pub message: String,
}

impl CloudWatch {
    /// Creates a client for `endpoint`, a URL without a trailing slash. Sends nothing yet.
    pub(crate) fn new(endpoint: &str, region: &'static str, credentials: Credentials) -> Self {
        Self { client: SignedClient::new(endpoint, region, "monitoring", credentials) }
    }

    /// Calls `operation` and returns its output. Input and output are those of the API reference:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html>
    ///
    /// # Errors
    /// When CloudWatch refuses the call or does not respond.
    pub async fn call(
        &self,
        operation: &'static str,
        input: &Value,
    ) -> Result<Value, CloudWatchError> {
        let failed = |message| CloudWatchError { operation, message };
        let exchange = self.exchange(operation, input.to_string());
        let (succeeded, output) = exchange.await.map_err(|error| failed(error.to_string()))?;
        if succeeded { Ok(output) } else { Err(failed(refusal(&output))) }
    }

    /// Sends a request. Returns a pair: true if the call succeeded, and the body of the response.
    async fn exchange(&self, operation: &str, input: String) -> Result<(bool, Value), BoxError> {
        let target = target(operation);
        let (succeeded, body) = self.client.post("/", &headers(&target), input).await?;
        let output = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        Ok((succeeded, output))
    }
}

/// The value of the header that names the operation.
fn target(operation: &str) -> String {
    format!("{SERVICE}.{operation}")
}

fn headers(target: &str) -> [(&'static str, &str); 2] {
    [("content-type", CONTENT_TYPE), ("x-amz-target", target)]
}

/// Formats the code and the message of an error response.
fn refusal(output: &Value) -> String {
    let text = |name: &str| output[name].as_str();
    match (text("__type"), text("message").or(text("Message"))) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => output.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn client(endpoint: &str) -> CloudWatch {
        CloudWatch::new(endpoint, "us-east-1", Credentials::new("test", "test", None, None, "test"))
    }

    #[test]
    fn a_request_names_its_operation_and_is_signed_for_cloudwatch() {
        let (client, target) = (client("http://127.0.0.1:1").client, target("PutDashboard"));
        let request = client.request("/", &headers(&target), "{}".to_owned()).unwrap();
        let headers = request.headers();
        assert_eq!(headers.get("x-amz-target"), Some("GraniteServiceVersion20100801.PutDashboard"));
        let signature = headers.get("authorization").unwrap();
        assert!(signature.contains("/us-east-1/monitoring/aws4_request"), "{signature}");
        assert!(signature.contains("x-amz-target"), "{signature}");
    }

    #[tokio::test]
    async fn an_error_without_a_response_names_the_operation() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = client(&endpoint).call("PutDashboard", &json!({})).await.unwrap_err();
        assert!(error.to_string().starts_with("PutDashboard failed: "), "{error}");
    }

    #[test]
    fn a_refusal_keeps_the_code_and_message_of_the_service() {
        let output = json!({"__type": "ValidationError", "message": "no name"});
        assert_eq!(refusal(&output), "ValidationError: no name");
        assert_eq!(refusal(&json!({"error": 1})), r#"{"error":1}"#);
    }
}
