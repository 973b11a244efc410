//! Failures of AWS calls: their classification, and their description for the log.

use std::error::Error;
use std::iter::successors;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::failure_class::{FailureClass, Service, class_of};

/// Classifies a failed AWS call.
///
/// - If [`class_of`] knows the `code` of the response, the code decides. But a failure with a code
///   about an object is transient if the status, such as 503, says that a retry may succeed.
/// - Without a known code, as in a response to HEAD, the status decides.
/// - Without a complete response, the failure is transient, unless the SDK could not construct the
///   request.
///
/// The SDK has usually retried a transient failure a few times already.
pub fn classify<E>(
    service: Service,
    code: Option<&str>,
    error: &SdkError<E, HttpResponse>,
) -> FailureClass {
    match error {
        SdkError::ConstructionFailure(_) => FailureClass::System,
        SdkError::ServiceError(failure) => {
            class_of_response(service, code, failure.raw().status().as_u16())
        }
        // Timeouts, broken connections and broken responses. `SdkError` is non-exhaustive; kinds of
        // failure that a later SDK adds are retried, too.
        _ => FailureClass::Transient,
    }
}

/// Class of an error response with this code and status.
///
/// If the status says that a retry may succeed (409, 429, or 500 and above), a code of the class
/// [`FailureClass::Object`] counts as transient. The object may not be the cause of such a failure:
/// S3 may pass on a failure of KMS, for example.
pub(crate) fn class_of_response(service: Service, code: Option<&str>, status: u16) -> FailureClass {
    // 409: another request is changing the same resource; S3 documents that a retry may succeed.
    let may_pass = matches!(status, 409 | 429 | 500..);
    match code.and_then(|code| class_of(service, code)) {
        Some(FailureClass::Object) | None if may_pass => FailureClass::Transient,
        Some(known) => known,
        None => FailureClass::System,
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

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;

    use super::*;
    use crate::failure_class::S3;

    #[derive(Debug, thiserror::Error)]
    #[error("the response says no")]
    struct Refusal(#[source] std::fmt::Error);

    type Failure = SdkError<Refusal, HttpResponse>;

    fn response(status: u16, headers: &[(&'static str, &'static str)]) -> HttpResponse {
        let status = StatusCode::try_from(status).unwrap();
        let mut response = HttpResponse::new(status, "".into());
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        response
    }

    fn with_status(status: u16) -> Failure {
        Failure::service_error(Refusal(std::fmt::Error), response(status, &[]))
    }

    #[test]
    fn a_failure_without_a_known_code_is_classified_by_how_far_the_call_got() {
        let transient = [
            Failure::timeout_error("in time"),
            Failure::dispatch_failure(ConnectorError::io("reset".into())),
            Failure::response_error("no XML", response(200, &[])),
            with_status(409),
            with_status(429),
            with_status(500),
            with_status(503),
            with_status(599),
        ];
        for error in transient {
            for code in [None, Some("NewCode")] {
                assert_eq!(
                    classify(Service::S3, code, &error),
                    FailureClass::Transient,
                    "{error:?}"
                );
            }
        }
        let system = [Failure::construction_failure("no credentials")].into_iter();
        for error in system.chain([301, 400, 403, 404, 428, 430, 499].map(with_status)) {
            assert_eq!(classify(Service::S3, None, &error), FailureClass::System, "{error:?}");
        }
    }

    #[test]
    fn a_known_code_says_more_than_the_status() {
        for (code, status, class) in [
            ("SlowDown", 400, FailureClass::Transient),
            ("AccessDenied", 503, FailureClass::System),
            ("NoSuchKey", 404, FailureClass::Object),
            ("KMS.DisabledException", 400, FailureClass::Object),
        ] {
            assert_eq!(classify(Service::S3, Some(code), &with_status(status)), class, "{code}");
        }
    }

    #[test]
    fn no_failure_of_a_service_is_about_an_object() {
        let of_objects = S3.iter().filter(|(_, class)| *class == FailureClass::Object);
        for code in of_objects.map(|(code, _)| *code).chain(["KMS.NewException"]) {
            for status in [429, 500, 503] {
                let class = classify(Service::S3, Some(code), &with_status(status));
                assert_eq!(class, FailureClass::Transient, "{code} with {status}");
            }
        }
    }

    #[test]
    fn a_failure_is_described_with_its_status_request_and_causes() {
        let described = |headers: &[_]| {
            describe(&Failure::service_error(Refusal(std::fmt::Error), response(503, headers)))
        };
        let causes = format!("service error: the response says no: {}", std::fmt::Error);
        assert_eq!(described(&[]), format!("status 503, {causes}"));
        for id in ["x-amzn-requestid", "x-amz-request-id"] {
            assert_eq!(described(&[(id, "R1")]), format!("status 503, request R1, {causes}"));
        }
        let timeout = describe(&Failure::timeout_error("after 2 s"));
        assert_eq!(timeout, "request has timed out: after 2 s");
    }
}
