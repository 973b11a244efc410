//! What can go wrong with a request, and with which.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::http::Message;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The service fails: status 500.
    InternalError,
    /// The service asks for less: status 503, `SlowDown` from S3, `ServiceUnavailable` else.
    SlowDown,
    /// The caller is throttled: status 400 from DynamoDB, 429 else.
    Throttling,
    /// Another transaction holds one of the items. Only DynamoDB says so.
    TransactionConflict,
    /// The answer comes later than the caller waits for it.
    Latency,
    /// The connection is reset before anything was done.
    Reset,
    /// The request is carried out, but its answer never arrives.
    LostAnswer,
    /// The answer ends in its middle.
    CutBody,
    /// The calling process is killed before anything was done.
    KilledBefore,
    /// The calling process is killed after its request was carried out.
    KilledAfter,
}

/// Longer than a function waits for one answer.
pub(super) const LATENCY: Duration = Duration::from_secs(3);

/// Which requests a fault befalls.
#[derive(Debug)]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// The operations, such as `HeadObject` or `TransactWriteItems`.
    pub operations: &'static [&'static str],
    /// A part of the key of the object, which the request names.
    pub key: String,
    /// How many calls it befalls, each with all the tries that the SDK makes of it.
    pub calls: usize,
    befallen: Mutex<HashSet<String>>,
}

impl Rule {
    /// A fault of the first `calls` calls of these operations that are about a key.
    #[must_use]
    pub fn new(fault: Fault, operations: &'static [&'static str], key: &str, calls: usize) -> Self {
        Self { fault, operations, key: key.to_owned(), calls, befallen: Mutex::default() }
    }

    /// Whether it befalls this request. The SDK gives all tries of a call one id.
    pub(super) fn befalls(&self, request: &Message) -> bool {
        if !self.operations.contains(&operation(request).as_str()) || !names(request, &self.key) {
            return false;
        }
        let call = request.header("amz-sdk-invocation-id").unwrap_or_default();
        let mut befallen = self.befallen.lock().unwrap_or_else(PoisonError::into_inner);
        befallen.contains(&call) || (befallen.len() < self.calls && befallen.insert(call))
    }

    /// How many calls it has befallen.
    #[must_use]
    pub fn count(&self) -> usize {
        self.befallen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// The operation: DynamoDB names it in a header, S3's follows from the method here.
pub(super) fn operation(request: &Message) -> String {
    if let Some(target) = request.header("x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    match request.first_line().split(' ').next() {
        Some("HEAD") => "HeadObject".to_owned(),
        Some("GET") => "GetObject".to_owned(),
        other => other.unwrap_or_default().to_owned(),
    }
}

/// Whether the request is about this key: S3's are in the path, DynamoDB's in the body.
fn names(request: &Message, key: &str) -> bool {
    let body = String::from_utf8_lossy(&request.body);
    request.first_line().contains(key) || body.contains(key)
}

/// The answer of a service that refuses.
pub(super) fn refusal(fault: Fault, request: &Message) -> Vec<u8> {
    if request.header("x-amz-target").is_some() { dynamodb(fault) } else { s3(fault, request) }
}

/// See <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
fn dynamodb(fault: Fault) -> Vec<u8> {
    let (status, code) = match fault {
        Fault::SlowDown => ("503 Service Unavailable", "ServiceUnavailable"),
        Fault::Throttling => ("400 Bad Request", "ThrottlingException"),
        Fault::TransactionConflict => ("400 Bad Request", "TransactionCanceledException"),
        _ => ("500 Internal Server Error", "InternalServerError"),
    };
    let reasons = match fault {
        Fault::TransactionConflict => {
            r#","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]"#
        }
        _ => "",
    };
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"injected"{reasons}}}"#
    );
    answer(status, "application/x-amz-json-1.0", &body)
}

/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
fn s3(fault: Fault, request: &Message) -> Vec<u8> {
    let (status, code) = match fault {
        Fault::SlowDown => ("503 Slow Down", "SlowDown"),
        Fault::Throttling => ("429 Too Many Requests", "TooManyRequests"),
        _ => ("500 Internal Server Error", "InternalError"),
    };
    // An answer to HEAD has no body.
    let body = match operation(request).as_str() {
        "HeadObject" => String::new(),
        _ => format!("<Error><Code>{code}</Code><Message>injected</Message></Error>"),
    };
    answer(status, "application/xml", &body)
}

fn answer(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}
