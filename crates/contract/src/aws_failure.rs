//! Failures of AWS calls: their classification, and their description for the log.

use std::error::Error;
use std::iter::successors;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

/// True if a failed AWS call may succeed later: the response was missing or broken, or had status
/// 429 or 5xx. The SDK has already retried the call a few times.
pub fn is_transient<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(failure) => {
            let status = failure.raw().status().as_u16();
            status == 429 || status >= 500
        }
        // Timeouts, broken connections and broken responses. The type is non-exhaustive; what a
        // later SDK adds is retried as well.
        _ => true,
    }
}

/// Describes a failed AWS call in one line for the log: status, request ID, and the messages of the
/// error and all its causes.
pub fn describe<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    let mut line = String::new();
    if let Some(response) = error.raw_response() {
        line = format!("status {}, ", response.status().as_u16());
        let headers = response.headers();
        let id = headers.get("x-amzn-requestid").or_else(|| headers.get("x-amz-request-id"));
        if let Some(id) = id {
            line = format!("{line}request {id}, ");
        }
    }
    let first: &dyn Error = error;
    let causes = successors(Some(first), |cause| (*cause).source());
    let messages: Vec<_> = causes.map(ToString::to_string).collect();
    line + &messages.join(": ")
}
