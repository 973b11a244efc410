//! The query API of a running stack.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{self, Answer, HttpError};

/// What uploads are under. The API's paths leave it out.
pub const PREFIX: &str = "uploads/";

/// All but RFC 3986's unreserved characters and the slash between segments.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A client of the query API.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
}

/// An answer of the query API that is JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonAnswer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Value,
}

/// The API did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// An answer that is not JSON.
    #[error("GET {url} answered {status} with something that is not JSON: {body}")]
    NotJson {
        /// What was asked for.
        url: String,
        /// The status code.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
}

impl Api {
    /// The API at `url`, the stack's output `apiUrl`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.trim_end_matches('/').to_owned() }
    }

    /// The URL of the metadata of the object `key`.
    #[must_use]
    pub fn metadata_url(&self, key: &str) -> String {
        self.url_of("metadata", key)
    }

    /// The URL of the bytes of the object `key`.
    #[must_use]
    pub fn file_url(&self, key: &str) -> String {
        self.url_of("file", key)
    }

    /// The URL of the overview.
    #[must_use]
    pub fn info_url(&self) -> String {
        format!("{}/images/info", self.url)
    }

    /// What the API knows about the object `key`; of status 404 if it is no image.
    ///
    /// # Errors
    /// When the API cannot be reached or answers with something else than JSON.
    pub async fn metadata(&self, key: &str) -> Result<JsonAnswer, ApiError> {
        json(self.metadata_url(key)).await
    }

    /// Largest and smallest image, and how many there are of each content type.
    ///
    /// # Errors
    /// When the API cannot be reached or answers with something else than JSON.
    pub async fn info(&self) -> Result<JsonAnswer, ApiError> {
        json(self.info_url()).await
    }

    /// The bytes of the object `key`, or a redirect to them.
    ///
    /// # Errors
    /// When the API cannot be reached.
    pub async fn file(&self, key: &str) -> Result<Answer, HttpError> {
        http::get(&self.file_url(key)).await
    }

    fn url_of(&self, kind: &str, key: &str) -> String {
        let name = key.strip_prefix(PREFIX).unwrap_or(key);
        format!("{}/images/{kind}/{}", self.url, utf8_percent_encode(name, ESCAPED))
    }
}

async fn json(url: String) -> Result<JsonAnswer, ApiError> {
    let answer = http::get(&url).await?;
    let status = answer.status;
    serde_json::from_slice(&answer.body).map(|body| JsonAnswer { status, body }).map_err(|_| {
        let body = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
        ApiError::NotJson { url, status, body }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_byte_for_byte() {
        let api = Api::new("http://127.0.0.1:4566/_aws/execute-api/id/$default/");
        let base = "http://127.0.0.1:4566/_aws/execute-api/id/$default/images/metadata/";
        for (key, path) in [
            ("uploads/cat.jpg", "cat.jpg"),
            ("uploads/a b+c%d?e#f", "a%20b%2Bc%25d%3Fe%23f"),
            ("uploads/dir/../x", "dir/../x"),
            ("uploads/é/\u{1f408}.png", "%C3%A9/%F0%9F%90%88.png"),
            ("uploads/uploads/x", "uploads/x"),
            ("uploads/%2F", "%252F"),
        ] {
            assert_eq!(api.metadata_url(key), format!("{base}{path}"));
        }
    }

    #[test]
    fn other_urls_have_one_slash() {
        let api = Api::new("http://host/");
        assert_eq!(api.info_url(), "http://host/images/info");
        assert_eq!(api.file_url("uploads/a"), "http://host/images/file/a");
    }
}
