//! Faults, and the rules that say which requests they are injected into.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Request, Response, header};

/// A fault of a service, of the network, or of the calling process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The service fails: status 500.
    InternalError,
    /// The service sheds load: status 503, with the code `SlowDown` from S3, and
    /// `ServiceUnavailable` from other services.
    SlowDown,
    /// The caller is throttled: status 429 from S3, 400 from other services.
    Throttling,
    /// DynamoDB cancels a transaction, and gives this reason for the transaction's second item.
    Canceled(&'static str),
    /// The service responds with this status and code. A response to HEAD has the status only.
    Refused(u16, &'static str),
    /// EventBridge accepts the call, but refuses each of its entries with this code.
    RefusedEntries(&'static str),
    /// The request is held back for longer than the caller waits, and is then carried out.
    Latency,
    /// The connection is reset before the request is carried out.
    Reset,
    /// The request is carried out, but the response is lost.
    LostResponse,
    /// The response breaks off in the middle of its body.
    CutBody,
    /// The calling process is killed before its request is carried out.
    KilledBefore,
    /// The calling process is killed after its request was carried out.
    KilledAfter,
}

/// Time for which [`Fault::Latency`] holds back a request. In the functions, an attempt of a call
/// times out earlier, after 2 seconds.
pub(super) const LATENCY: Duration = Duration::from_secs(3);

/// A fault, and the calls that it is injected into.
#[derive(Debug)]
pub struct Rule {
    /// The fault.
    pub fault: Fault,
    /// The operations, such as `HeadObject` or `TransactWriteItems`.
    pub operations: &'static [&'static str],
    /// Text that the request's path or body must contain, such as an object's key.
    pub key: String,
    /// Maximum number of calls to inject the fault into. If the SDK makes several attempts of a
    /// call, they count as one call, and the fault is injected into each attempt.
    pub calls: usize,
    /// The ids (`amz-sdk-invocation-id`) of the calls that the fault was injected into.
    affected: Mutex<HashSet<String>>,
}

impl Rule {
    /// A rule that injects `fault` into the first `calls` calls of `operations` that name `key`.
    #[must_use]
    pub fn new(fault: Fault, operations: &'static [&'static str], key: &str, calls: usize) -> Self {
        Self { fault, operations, key: key.to_owned(), calls, affected: Mutex::default() }
    }

    /// True if the fault is to be injected into this request. If so, the request's call counts as
    /// affected. All attempts of a call count as one call, because the SDK gives them the same id.
    pub(super) fn applies_to(&self, request: &Request) -> bool {
        if !self.operations.contains(&operation(request)) || !names(request, &self.key) {
            return false;
        }
        let call = header(request, "amz-sdk-invocation-id").unwrap_or_default().to_owned();
        let mut affected = self.affected.lock().unwrap_or_else(PoisonError::into_inner);
        affected.contains(&call) || (affected.len() < self.calls && affected.insert(call))
    }

    /// Number of calls that the fault was injected into so far.
    #[must_use]
    pub fn injected(&self) -> usize {
        self.affected.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// The operation of a request. A request to DynamoDB or EventBridge names its operation in a
/// header. For S3, the method and the query are enough: functions only read and list objects.
pub(super) fn operation(request: &Request) -> &str {
    if let Some(target) = header(request, "x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default();
    }
    match request.method().as_str() {
        "HEAD" => "HeadObject",
        "GET" if request.uri().query().is_some_and(|it| it.contains("list-type=2")) => {
            "ListObjectsV2"
        }
        "GET" => "GetObject",
        other => other,
    }
}

/// True if the request names this key: in its path, as for S3, or in its body, as for DynamoDB and
/// EventBridge.
fn names(request: &Request, key: &str) -> bool {
    let body = String::from_utf8_lossy(request.body());
    request.uri().path().contains(key) || body.contains(key)
}

/// The response to a request that the service does not carry out.
pub(super) fn error_response(fault: Fault, request: &Request) -> http::Result<Response> {
    match fault {
        Fault::RefusedEntries(code) => eventbridge(code, request),
        _ if header(request, "x-amz-target").is_some() => dynamodb(fault),
        _ => s3(fault, request),
    }
}

/// The response of DynamoDB to a request that it refuses or cancels. If EventBridge refuses a call
/// as a whole, its response has the same form.
fn dynamodb(fault: Fault) -> http::Result<Response> {
    let fault = match fault {
        Fault::SlowDown => test_table::Fault::Refused(503, "ServiceUnavailable"),
        Fault::Throttling => test_table::Fault::Refused(400, "ThrottlingException"),
        Fault::Canceled(reason) => test_table::Fault::Canceled(reason),
        Fault::Refused(status, code) => test_table::Fault::Refused(status, code),
        _ => test_table::Fault::Refused(500, "InternalServerError"),
    };
    let (status, body) = fault.response().expect("a refusal or a cancellation");
    response(status, "application/x-amz-json-1.0", body.to_string())
}

/// The response of EventBridge if it accepts the call, but refuses each entry with this code:
/// status 200, with an error for each entry
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).
fn eventbridge(code: &str, request: &Request) -> http::Result<Response> {
    let call: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let number = call["Entries"].as_array().map_or(0, Vec::len);
    let refused = serde_json::json!({"ErrorCode": code, "ErrorMessage": "injected"});
    let body = serde_json::json!({
        "FailedEntryCount": number, "Entries": vec![refused; number],
    });
    response(200, "application/x-amz-json-1.1", body.to_string())
}

/// S3's error response (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
fn s3(fault: Fault, request: &Request) -> http::Result<Response> {
    let (status, code) = match fault {
        Fault::SlowDown => (503, "SlowDown"),
        Fault::Throttling => (429, "TooManyRequests"),
        Fault::Refused(status, code) => (status, code),
        _ => (500, "InternalError"),
    };
    // A response to HEAD has no body.
    let body = match operation(request) {
        "HeadObject" => String::new(),
        _ => format!("<Error><Code>{code}</Code><Message>injected</Message></Error>"),
    };
    response(status, "application/xml", body)
}

fn response(status: u16, content_type: &str, body: String) -> http::Result<Response> {
    http::Response::builder().status(status).header("content-type", content_type).body(body.into())
}
