//! Failures, as a client sees them.

use aws_lambda_events::http::header::{ALLOW, CONTENT_RANGE, RETRY_AFTER};
use catalog::CatalogError;
use contract::Rejection;
use serde::Serialize;

use crate::Answer;

/// Seconds after which a client may try again when a dependency is out of breath.
const RETRY_SECONDS: &str = "1";

/// A request that cannot be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request is malformed: 400.
    #[error("{0}")]
    BadRequest(String),
    /// There is no image under the key, and if something else is, why it was rejected: 404.
    #[error("{key} not found!")]
    NotFound {
        /// The key, with its prefix.
        key: String,
        /// Why the object under the key is no image.
        rejection: Option<Rejection>,
    },
    /// There is nothing under the path: 404.
    #[error("there is nothing under {0}")]
    UnknownPath(String),
    /// The path takes other methods: 405.
    #[error("the path takes {allow}")]
    MethodNotAllowed {
        /// The methods that it takes, as the header `Allow` lists them.
        allow: &'static str,
    },
    /// A condition such as `If-Match` does not hold: 412.
    #[error("a condition of the request does not hold")]
    PreconditionFailed,
    /// The image has none of the bytes that are asked for: 416.
    #[error("the image has {size} bytes, and none of the range that is asked for")]
    RangeNotSatisfiable {
        /// Bytes of the image.
        size: u64,
    },
    /// A dependency throttles, fails, or an image is being replaced: 503, worth another try. The
    /// text is for the log.
    #[error("{0}")]
    Unavailable(String),
    /// Anything else: 500. The text is for the log.
    #[error("{0}")]
    Internal(String),
}

/// What every answer to a request that failed holds.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(as = Error))]
pub(crate) struct Document<'a> {
    /// What is wrong, for a person.
    error: &'a str,
    /// Why the object under the key is no image: `UnsupportedImage` or `CorruptImage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl ApiError {
    /// The answer to the client. What is internal stays in the log.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Self::BadRequest(message) => Self::document(400, message, None),
            Self::UnknownPath(path) => {
                let text = format!("There is nothing under {path}. See /openapi.json.");
                Self::document(404, &text, None)
            }
            Self::MethodNotAllowed { allow } => {
                let text = format!("This path takes {allow}.");
                Self::document(405, &text, None).header(ALLOW, allow)
            }
            Self::PreconditionFailed => {
                Self::document(412, "The image is not in the state that the request names.", None)
            }
            Self::RangeNotSatisfiable { size } => {
                let text = format!("The image has {size} bytes, and none of that range.");
                Self::document(416, &text, None).header(CONTENT_RANGE, &format!("bytes */{size}"))
            }
            Self::NotFound { key, rejection: None } => {
                Self::document(404, &format!("{key} not found!"), None)
            }
            Self::NotFound { key, rejection: Some(Rejection { reason, message }) } => {
                let text = format!("{key} not found! It was rejected as {reason}: {message}");
                Self::document(404, &text, Some(reason))
            }
            Self::Unavailable(_) => {
                let text = "The image catalog is busy. Try again in a second.";
                Self::document(503, text, None).header(RETRY_AFTER, RETRY_SECONDS)
            }
            Self::Internal(_) => {
                let text = "The request failed on our side. It has been logged.";
                Self::document(500, text, None)
            }
        }
    }

    /// Its name in the log.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad-request",
            Self::NotFound { .. } | Self::UnknownPath(_) => "not-found",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::PreconditionFailed => "precondition-failed",
            Self::RangeNotSatisfiable { .. } => "range-not-satisfiable",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal-error",
        }
    }

    fn document(status: u16, error: &str, reason: Option<&str>) -> Answer {
        Answer::json(status, &Document { error, reason })
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::TableUnavailable(_) | CatalogError::RecordConflict { .. } => {
                Self::Unavailable(error.to_string())
            }
            CatalogError::TableRefused(_) | CatalogError::MalformedItem { .. } => {
                Self::Internal(error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(error: &ApiError) -> (u16, Value) {
        let answer = error.answer();
        let code = answer.code();
        let answer = serde_json::to_value(answer).unwrap();
        (code, serde_json::from_str(answer["body"].as_str().unwrap()).unwrap())
    }

    #[test]
    fn an_unknown_key_is_answered_as_the_contract_says() {
        let error = ApiError::NotFound { key: "uploads/cat.jpg".into(), rejection: None };
        assert_eq!(sent(&error), (404, json!({"error": "uploads/cat.jpg not found!"})));
    }

    #[test]
    fn a_rejected_object_is_answered_with_the_reason() {
        let rejection = Rejection { reason: "CorruptImage".into(), message: "cut short".into() };
        let error = ApiError::NotFound { key: "uploads/a".into(), rejection: Some(rejection) };
        let (code, body) = sent(&error);
        assert_eq!((code, &body["reason"]), (404, &json!("CorruptImage")));
        assert!(body["error"].as_str().unwrap().starts_with("uploads/a not found!"));
    }

    #[test]
    fn a_range_beyond_the_end_is_answered_with_the_size() {
        let answer = ApiError::RangeNotSatisfiable { size: 12 }.answer();
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(answer["statusCode"], 416);
        assert_eq!(answer["headers"]["content-range"], "bytes */12");
    }

    #[test]
    fn a_dependency_that_is_out_of_breath_is_worth_another_try() {
        let error = ApiError::from(CatalogError::TableUnavailable("throttled".into()));
        let answer = serde_json::to_value(error.answer()).unwrap();
        assert_eq!(
            (&answer["statusCode"], &answer["headers"]["retry-after"]),
            (&json!(503), &json!("1"))
        );
    }

    #[test]
    fn what_is_internal_is_not_told() {
        for error in
            [ApiError::Internal("arn:aws:x".into()), ApiError::Unavailable("arn:aws:x".into())]
        {
            assert!(!sent(&error).1.to_string().contains("arn"));
        }
    }
}
