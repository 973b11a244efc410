//! Pages that show an error.

use std::io;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, html};

use crate::api::ApiError;
use crate::error_text::chain;
use crate::executions::ExecutionsError;
use crate::http::HttpError;
use crate::logs::LogsError;
use crate::reconciliation::ReconciliationError;
use crate::redrive::RedriveError;

/// A view could not be shown, or an action could not be done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// A call to Step Functions failed.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// A call to CloudWatch Logs failed.
    #[error(transparent)]
    Logs(#[from] LogsError),
    /// A call to the failure queue failed.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
    /// A reconciliation could not be started.
    #[error(transparent)]
    Reconciliation(#[from] ReconciliationError),
    /// The query API did not respond, or its response was not JSON.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The query API, or S3 after the API's redirect, did not respond to a request for an image.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The file with the page's address cannot be written.
    #[error("the page's address cannot be written: {0}")]
    Io(#[from] io::Error),
    /// A call to AWS failed.
    #[error("{call} failed: {message}")]
    Call {
        /// Name of the AWS operation.
        call: &'static str,
        /// The error and its causes.
        message: String,
    },
    /// The request cannot be fulfilled. The text says why.
    #[error("{0}")]
    Request(String),
}

impl Failure {
    /// The failure if an execution is not found.
    pub(super) fn no_execution() -> Self {
        Self::Request("there is no such execution in this stack".to_owned())
    }

    /// Returns a function that turns an error of the AWS operation `call` into a failure.
    pub(super) fn call(call: &'static str) -> impl FnOnce(&dyn std::error::Error) -> Self {
        move |error| Self::Call { call, message: chain(error) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Request(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        };
        page(status, "This did not work", &self.to_string())
    }
}

/// The response to a path that does not exist.
pub(super) async fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "No such page", "The address leads nowhere.")
}

/// A page that shows an error. It loads nothing, because the style sheet needs a session, which the
/// browser may not have.
pub(super) fn page(status: StatusCode, title: &str, message: &str) -> Response {
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="color-scheme" content="light dark";
                title { (title) " · pixgauge" }
            }
            body {
                main id="error" {
                    h1 { (title) }
                    p { (message) }
                }
            }
        }
    };
    (status, body).into_response()
}
