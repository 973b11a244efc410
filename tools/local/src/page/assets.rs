//! The page's style sheet, scripts and icon.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::error;

/// Responds with a file.
pub(super) async fn view(Path(name): Path<String>) -> Response {
    let (content_type, content) = match name.as_str() {
        "page.css" => ("text/css; charset=utf-8", include_str!("assets/page.css")),
        "page.js" => ("text/javascript; charset=utf-8", include_str!("assets/page.js")),
        "resume.js" => ("text/javascript; charset=utf-8", include_str!("assets/resume.js")),
        "worker.js" => ("text/javascript; charset=utf-8", include_str!("assets/worker.js")),
        "icon.svg" => ("image/svg+xml", include_str!("assets/icon.svg")),
        _ => return error::not_found().await,
    };
    ([(CONTENT_TYPE, content_type)], content).into_response()
}
