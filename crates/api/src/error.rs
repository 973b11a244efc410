//! Errors of the query API and their responses.

use aws_lambda_events::http::header::{ALLOW, CONTENT_RANGE, RETRY_AFTER};
use catalog::CatalogError;
use contract::Rejection;
use serde::Serialize;

use crate::Response;

/// `Retry-After`, in seconds, of every response with the status 503.
const RETRY_SECONDS: &str = "1";

/// Text for a failure of pixgauge itself. Only the log has the details.
pub(crate) const FAILED: &str = "The request failed on our side. It has been logged.";

/// An error of the query API, with its HTTP status.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 400: the request is malformed. The client receives the text.
    #[error("{0}")]
    BadRequest(String),
    /// 404: there is no image under the key.
    #[error("{key} not found!")]
    NotFound {
        /// Key, with its prefix.
        key: String,
        /// Reason why the object under the key was rejected, if it was.
        rejection: Option<Rejection>,
    },
    /// 404: there is no image under the key. The response adds a hint.
    #[error("{key} not found!")]
    NotFoundWithHint {
        /// Key, with its prefix.
        key: String,
        /// A sentence that says what the client may have meant, or why the key cannot exist.
        hint: String,
    },
    /// 404: the path is unknown.
    #[error("unknown path {0}")]
    UnknownPath(String),
    /// 405: the path does not allow the method.
    #[error("the path allows only {allow}")]
    MethodNotAllowed {
        /// Value of the `Allow` header: the allowed methods.
        allow: &'static str,
    },
    /// 409: the image is recorded, but S3 does not send its bytes.
    #[error("{key} cannot be read: {message}")]
    Unreadable {
        /// Key, with its prefix.
        key: String,
        /// Reason, for the client.
        message: String,
    },
    /// 412: a precondition such as `If-Match` failed.
    #[error("a precondition of the request failed")]
    PreconditionFailed,
    /// 412: `If-Range` does not name the current version of the image, and the current version is
    /// too large to be sent directly. S3 does not know `If-Range`
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>). After a redirect, S3
    /// would send a part of the current version, and the client would join it to a part of another
    /// version.
    #[error("If-Range names another version, and the whole image is a redirect")]
    RangeOfAnotherVersion,
    /// 413: the body is larger than any valid body.
    #[error("the body has more than {limit} bytes")]
    BodyTooLarge {
        /// Largest body, in bytes.
        limit: usize,
    },
    /// 416: the image has none of the requested bytes.
    #[error("the image has {size} bytes, none of them in the requested range")]
    RangeNotSatisfiable {
        /// Size of the image, in bytes.
        size: u64,
    },
    /// 503: S3 or DynamoDB is throttling or failing, or the image is being replaced. The client may
    /// retry. The text goes to the log only.
    #[error("{0}")]
    Unavailable(String),
    /// 500: anything else. The text goes to the log only.
    #[error("{0}")]
    Internal(String),
}

/// Body of every error response.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(as = Error))]
pub(crate) struct Document<'a> {
    /// Human-readable description of the error.
    error: &'a str,
    /// Reason why the object was rejected, or why a recorded image cannot be read any more; absent
    /// for any other error.
    #[cfg_attr(test, schema(nullable = false, value_type = Reason))]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Reason why an object was rejected: `CorruptImage` for a damaged image, `UnsupportedImage` for an
/// object that is not an image of a known format, `UnreadableObject` for an object that cannot be
/// read. A recorded image that cannot be read any more also has the reason `UnreadableObject`.
#[cfg(test)]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes values that are recorded as text")]
pub(crate) enum Reason {
    CorruptImage,
    UnreadableObject,
    UnsupportedImage,
}

impl ApiError {
    /// Response to the client, without internal details.
    #[must_use]
    pub fn response(&self) -> Response {
        match self {
            Self::BadRequest(message) => Self::document(400, message, None),
            Self::UnknownPath(path) => {
                let text = format!("Unknown path {path}. See /openapi.json for all paths.");
                Self::document(404, &text, None)
            }
            Self::MethodNotAllowed { allow } => {
                let text = format!("This path allows only {allow}.");
                Self::document(405, &text, None).header(ALLOW, allow)
            }
            Self::Unreadable { key, message } => {
                let text = format!("{key} cannot be read: {message}.");
                Self::document(409, &text, Some(Rejection::UNREADABLE))
            }
            Self::PreconditionFailed => {
                let text = "A precondition of the request, such as If-Match, failed.";
                Self::document(412, text, None)
            }
            Self::RangeOfAnotherVersion => {
                let text = "If-Range names another version of the image. \
                    Request the whole image, without Range.";
                Self::document(412, text, None)
            }
            Self::BodyTooLarge { limit } => {
                let text = format!("The body has more than {limit} bytes. Send fewer keys.");
                Self::document(413, &text, None)
            }
            Self::RangeNotSatisfiable { size } => {
                let text =
                    format!("The image has {size} bytes, none of them in the requested range.");
                Self::document(416, &text, None).header(CONTENT_RANGE, &format!("bytes */{size}"))
            }
            Self::NotFound { key, rejection: None } => {
                Self::document(404, &format!("{key} not found!"), None)
            }
            Self::NotFound { key, rejection: Some(Rejection { reason, message }) } => {
                let text = format!("{key} not found! It was rejected as {reason}: {message}");
                Self::document(404, &text, Some(reason))
            }
            Self::NotFoundWithHint { key, hint } => {
                Self::document(404, &format!("{key} not found! {hint}"), None)
            }
            Self::Unavailable(_) => {
                let text = "The image catalog is busy. Try again in a second.";
                Self::document(503, text, None).header(RETRY_AFTER, RETRY_SECONDS)
            }
            Self::Internal(_) => Self::document(500, FAILED, None),
        }
    }

    /// The error's name in the log: the `outcome` of the summary line.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad-request",
            Self::NotFound { .. } | Self::NotFoundWithHint { .. } | Self::UnknownPath(_) => {
                "not-found"
            }
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::Unreadable { .. } => "unreadable",
            Self::PreconditionFailed | Self::RangeOfAnotherVersion => "precondition-failed",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::RangeNotSatisfiable { .. } => "range-not-satisfiable",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal-error",
        }
    }

    fn document(status: u16, error: &str, reason: Option<&str>) -> Response {
        Response::json(status, &Document { error, reason })
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::TableUnavailable(_) | CatalogError::RecordConflict { .. } => {
                Self::Unavailable(error.to_string())
            }
            CatalogError::TableRefused(_)
            | CatalogError::InternalKey { .. }
            | CatalogError::MalformedItem { .. } => Self::Internal(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Status, headers and body of the error's response.
    fn sent(error: &ApiError) -> (u16, Value, Value) {
        let response = serde_json::to_value(error.response()).unwrap();
        let body = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
        (error.response().code(), response["headers"].clone(), body)
    }

    /// The table of errors in docs/API.md states the same statuses.
    #[test]
    fn every_error_has_a_status_an_outcome_in_the_log_and_a_sentence() {
        let key = || "uploads/cat.jpg".to_owned();
        let text = |text: &str| text.to_owned();
        let hint = || text("Paths omit the prefix");
        for (error, status, outcome, sentence) in [
            (ApiError::BadRequest(text("limit: no")), 400, "bad-request", "limit: no"),
            (
                ApiError::NotFound { key: key(), rejection: None },
                404,
                "not-found",
                "uploads/cat.jpg not found!",
            ),
            (
                ApiError::NotFoundWithHint { key: key(), hint: hint() },
                404,
                "not-found",
                "uploads/cat.jpg not found! Paths omit the prefix",
            ),
            (ApiError::UnknownPath(text("/a")), 404, "not-found", "/openapi.json for all paths"),
            (ApiError::MethodNotAllowed { allow: "GET" }, 405, "method-not-allowed", "only GET."),
            (
                ApiError::Unreadable { key: key(), message: text("it is archived") },
                409,
                "unreadable",
                "uploads/cat.jpg cannot be read: it is archived.",
            ),
            (ApiError::PreconditionFailed, 412, "precondition-failed", "If-Match"),
            (ApiError::RangeOfAnotherVersion, 412, "precondition-failed", "without Range"),
            (ApiError::BodyTooLarge { limit: 9 }, 413, "body-too-large", "more than 9 bytes"),
            (ApiError::RangeNotSatisfiable { size: 12 }, 416, "range-not-satisfiable", "12 bytes"),
            (ApiError::Unavailable(text("arn:aws:x")), 503, "unavailable", "Try again"),
            (ApiError::Internal(text("arn:aws:x")), 500, "internal-error", "has been logged"),
        ] {
            let (code, _, body) = sent(&error);
            assert_eq!((code, error.outcome()), (status, outcome), "{error:?}");
            let sent = body["error"].as_str().unwrap();
            assert!(sent.contains(sentence) && !sent.contains("arn"), "{sent}");
        }
    }

    /// A header states the allowed methods, the size of the object, or when to retry. The body
    /// states why an object was rejected or cannot be read.
    #[test]
    fn an_error_has_the_details_that_a_client_may_use() {
        let key = || "uploads/a".to_owned();
        let rejection = Rejection { reason: "CorruptImage".into(), message: "cut short".into() };
        let rejected = ApiError::NotFound { key: key(), rejection: Some(rejection) };
        let sentence = "uploads/a not found! It was rejected as CorruptImage: cut short";
        assert_eq!(sent(&rejected).2["error"], sentence);
        for (error, name, value) in [
            (ApiError::MethodNotAllowed { allow: "GET, HEAD" }, "allow", "GET, HEAD"),
            (ApiError::RangeNotSatisfiable { size: 12 }, "content-range", "bytes */12"),
            (ApiError::Unavailable(String::new()), "retry-after", "1"),
            (rejected, "reason", "CorruptImage"),
            (ApiError::Unreadable { key: key(), message: key() }, "reason", "UnreadableObject"),
        ] {
            let (_, headers, body) = sent(&error);
            assert_eq!(headers.get(name).or(body.get(name)), Some(&value.into()), "{error:?}");
        }
    }
}
