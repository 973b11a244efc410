//! Failures of AWS calls: which are transient, and how they are logged.

use std::error::Error;
use std::iter::successors;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

/// Whether a failed AWS call may succeed when it is made again: no answer, a broken one, status
/// 429 or any 5xx. The SDK has retried it a few times already.
pub fn is_transient<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            status == 429 || status >= 500
        }
        // Time-outs, broken connections and answers; and, as the type is non-exhaustive, what a
        // later SDK adds: no reason to give up.
        _ => true,
    }
}

/// What a failed AWS call says, in a line for the log: status, request id and the messages of
/// everything that caused it.
pub fn describe<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    let mut line = String::new();
    if let Some(answer) = error.raw_response() {
        line = format!("status {}, ", answer.status().as_u16());
        let headers = answer.headers();
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
