//! An HTTP client that sends a test's headers unchanged. Only [`follow`] follows a redirect.

use std::collections::BTreeMap;

use serde_json::Value;
use ureq::AsSendBody;
use ureq::http::Request;
use ureq::http::request::Builder;

/// The header `Origin` of requests by a page on this machine.
pub(crate) const ORIGIN: (&str, &str) = ("Origin", "http://localhost:5173");

/// Largest body that a test reads, in bytes.
const MAX_BODY: u64 = 200_000_000;

/// A server's response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Values by lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of the header with this lower-case name; empty if the response has no such header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

pub(crate) async fn get(url: &str, headers: &[(&str, &str)]) -> Response {
    send("GET", url, headers).await
}

pub(crate) async fn send(method: &str, url: &str, headers: &[(&str, &str)]) -> Response {
    let request = request(method, url, headers).body(()).unwrap();
    tokio::task::spawn_blocking(move || exchange(request)).await.unwrap()
}

/// Sends a request. If the response is a redirect, sends the request again, to the redirect's
/// target.
pub(crate) async fn follow(method: &str, url: &str, headers: &[(&str, &str)]) -> Response {
    let response = send(method, url, headers).await;
    match response.header("location") {
        "" => response,
        location => send(method, location, headers).await,
    }
}

pub(crate) async fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Response {
    let request = request("POST", url, headers).body(body.into()).unwrap();
    tokio::task::spawn_blocking(move || exchange(request)).await.unwrap()
}

fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> Builder {
    let request = Request::builder().method(method).uri(url);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

fn exchange(request: Request<impl AsSendBody>) -> Response {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let mut response = agent.run(request).unwrap();
    let headers = response.headers().iter();
    let headers = headers
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let body = response.body_mut().with_config().limit(MAX_BODY).read_to_vec().unwrap();
    Response { status: response.status().as_u16(), headers, body }
}
