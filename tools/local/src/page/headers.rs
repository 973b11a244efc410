//! Checks each request before its handler runs, and adds headers to each response.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{Shared, Site};

/// The page's content security policy: the browser loads files only from the page's own server, and
/// ignores inline scripts and styles. So a script in a key or a log line does not run, even if the
/// text is not escaped.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; worker-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Headers that isolate this page from other pages. The referrer policy is not `no-referrer`,
/// because browsers would then submit the page's own forms with the origin `null`, and `door` would
/// refuse them.
const HEADERS: [(&str, &str); 5] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Refuses requests that do not pass `Door::check_initiator`, and adds headers to every response.
pub(super) async fn guard(State(site): Shared, request: Request, next: Next) -> Response {
    let mut response = match site.door.check_initiator(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses requests without the session's cookie.
pub(super) async fn check_session(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    match site.door.check_session(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}
