//! A client of the query API of a running stack.

use contract::KeyPrefix;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{self, HttpError, Response};

/// Characters to percent-encode: all except the unreserved characters of RFC 3986 and the slash,
/// which separates segments.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A client of the query API.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
    /// The stack's key prefix. Paths of the API contain keys without this prefix.
    prefix: KeyPrefix,
}

/// A response of the query API whose body is JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonResponse {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Value,
}

/// A request to the query API failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The API did not respond.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The body is not JSON.
    #[error("GET {url} returned {status} with a body that is not JSON: {body}")]
    NotJson {
        /// The URL of the request.
        url: String,
        /// The status code.
        status: u16,
        /// The first 200 characters of the body.
        body: String,
    },
}

impl Api {
    /// Creates a client of the API at `url`, which is the stack's output `apiUrl`. `prefix` is the
    /// stack's key prefix.
    #[must_use]
    pub fn new(url: &str, prefix: KeyPrefix) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), prefix }
    }

    /// The URL of the metadata of the object at `key`.
    #[must_use]
    pub fn metadata_url(&self, key: &str) -> String {
        self.url_of("metadata", key)
    }

    /// The URL of the image at `key`.
    #[must_use]
    pub fn file_url(&self, key: &str) -> String {
        self.url_of("file", key)
    }

    /// The URL of the overview of all images.
    #[must_use]
    pub fn info_url(&self) -> String {
        format!("{}/images/info", self.url)
    }

    /// Gets the metadata of the image at `key`. The status is 404 if no image is recorded under
    /// `key`.
    ///
    /// # Errors
    /// When the API cannot be reached or the body is not JSON.
    pub async fn metadata(&self, key: &str) -> Result<JsonResponse, ApiError> {
        json(self.metadata_url(key)).await
    }

    /// Gets the overview: the largest and the smallest image, and the number of images by content
    /// type.
    ///
    /// # Errors
    /// When the API cannot be reached or the body is not JSON.
    pub async fn info(&self) -> Result<JsonResponse, ApiError> {
        json(self.info_url()).await
    }

    /// Gets a page of images. `query` is the query string of `GET /images`, percent-encoded.
    ///
    /// # Errors
    /// When the API cannot be reached or the body is not JSON.
    pub async fn list(&self, query: &str) -> Result<JsonResponse, ApiError> {
        json(format!("{}/images?{query}", self.url)).await
    }

    /// Gets the image at `key`, or the redirect to it.
    ///
    /// # Errors
    /// When the API cannot be reached.
    pub async fn file(&self, key: &str) -> Result<Response, HttpError> {
        http::get(&self.file_url(key)).await
    }

    /// Returns the URL for `key`; `kind` is `metadata` or `file`. The path ends with the key,
    /// without the stack's key prefix. If the shortened key has a question mark, the whole key
    /// becomes a query parameter instead, because API Gateway decodes a path and cuts it at a
    /// question mark.
    fn url_of(&self, kind: &str, key: &str) -> String {
        let name = self.prefix.name_of(key).unwrap_or(key);
        if name.contains('?') {
            return self.query_url(kind, key);
        }
        format!("{}/images/{kind}/{}", self.url, utf8_percent_encode(name, ESCAPED))
    }

    /// Returns the URL of `/images/metadata` or `/images/file` with the key as a query parameter.
    /// `kind` is `metadata` or `file`.
    #[must_use]
    pub fn query_url(&self, kind: &str, key: &str) -> String {
        format!("{}/images/{kind}?s3objectkey={}", self.url, utf8_percent_encode(key, ESCAPED))
    }
}

async fn json(url: String) -> Result<JsonResponse, ApiError> {
    let response = http::get(&url).await?;
    let status = response.status;
    serde_json::from_slice(&response.body).map(|body| JsonResponse { status, body }).map_err(|_| {
        let body = String::from_utf8_lossy(&response.body).chars().take(200).collect();
        ApiError::NotJson { url, status, body }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(url: &str) -> Api {
        Api::new(url, "photos/2026/".parse().unwrap())
    }

    #[test]
    fn keys_are_encoded_byte_for_byte() {
        let api = api("http://127.0.0.1:4566/_aws/execute-api/id/$default/");
        let base = "http://127.0.0.1:4566/_aws/execute-api/id/$default/images/metadata/";
        for (key, path) in [
            ("photos/2026/cat.jpg", "cat.jpg"),
            ("photos/2026/a b+c%d&e#f", "a%20b%2Bc%25d%26e%23f"),
            ("photos/2026/dir/../x", "dir/../x"),
            ("photos/2026/é/\u{1f408}.png", "%C3%A9/%F0%9F%90%88.png"),
            ("photos/2026/photos/2026/x", "photos/2026/x"),
            ("photos/2026/%2F", "%252F"),
        ] {
            assert_eq!(api.metadata_url(key), format!("{base}{path}"));
        }
    }

    #[test]
    fn other_urls_have_one_slash_and_a_key_with_a_question_mark_is_a_query_parameter() {
        let api = api("http://host/");
        assert_eq!(api.info_url(), "http://host/images/info");
        assert_eq!(api.file_url("photos/2026/a"), "http://host/images/file/a");
        let url = api.file_url("photos/2026/what?#1&x=y.png");
        assert_eq!(url, "http://host/images/file?s3objectkey=photos/2026/what%3F%231%26x%3Dy.png");
    }
}
