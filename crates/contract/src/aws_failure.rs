//! Failures of AWS calls: their classification, and their description for the log.

use std::error::Error;
use std::iter::successors;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::failure_class::{FailureClass, Service, class_of};

/// Classifies a failed AWS call: by its code if the service's table has it, otherwise by its
/// status. `code` is the error code of the response; responses to HEAD have none.
///
/// The SDK has already retried a transient failure a few times.
pub fn classify<E>(
    service: Service,
    code: Option<&str>,
    error: &SdkError<E, HttpResponse>,
) -> FailureClass {
    let known = code.and_then(|code| class_of(service, code));
    known.unwrap_or_else(|| class_of_status(error))
}

/// Classifies a failed call by how far it got: it may succeed later if the response was missing or
/// broken, or had status 429 or 5xx.
fn class_of_status<E>(error: &SdkError<E, HttpResponse>) -> FailureClass {
    match error {
        SdkError::ConstructionFailure(_) => FailureClass::System,
        SdkError::ServiceError(failure) => match failure.raw().status().as_u16() {
            429 | 500.. => FailureClass::Transient,
            _ => FailureClass::System,
        },
        // Timeouts, broken connections and broken responses. The type is non-exhaustive; what a
        // later SDK adds is retried as well.
        _ => FailureClass::Transient,
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
