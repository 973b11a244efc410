//! A small HTTP client for GET requests to the query API, to the S3 URLs that it redirects to, and
//! to the emulator's health check.
//!
//! The client sends the path of a URL unchanged. In a path of the query API, `.` and `..` are parts
//! of a key. Clients that follow the URL standard would resolve them.

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// A response, read completely.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header, if there is one.
    pub content_type: Option<String>,
    /// The `Location` header, if there is one. Redirects are not followed.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A GET request got no complete response.
#[derive(Debug, thiserror::Error)]
#[error("no response to GET {url}: {source}")]
pub struct HttpError {
    url: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Sends a GET request to `url`, an `http://` URL that is already percent-encoded.
///
/// # Errors
/// When the URL is malformed, the server cannot be reached, or it closes the connection early.
pub async fn get(url: &str) -> Result<Response, HttpError> {
    exchange(url).await.map_err(|source| HttpError { url: url.to_owned(), source })
}

async fn exchange(url: &str) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::get(url).body(Empty::<Bytes>::new())?;
    let response = client.request(request).await?;
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let (content_type, location) = (header("content-type"), header("location"));
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes().to_vec();
    Ok(Response { status, content_type, location, body })
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with `response`, and returns the first line of the request.
    async fn serve_once(listener: TcpListener, response: &str) -> String {
        let (stream, _) = listener.accept().await.unwrap();
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first).await.unwrap();
        let mut line = String::new();
        while reader.read_line(&mut line).await.unwrap() > 2 {
            line.clear();
        }
        reader.write_all(response.as_bytes()).await.unwrap();
        first
    }

    #[tokio::test]
    async fn path_is_sent_unchanged() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a/../%2E%2e/b%252F", listener.local_addr().unwrap());
        let response = "HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 2\r\n\r\nok";
        let (first, received) = tokio::join!(serve_once(listener, response), get(&url));
        let received = received.unwrap();
        assert_eq!(first, "GET /a/../%2E%2e/b%252F HTTP/1.1\r\n");
        assert_eq!((received.status, received.body.as_slice()), (302, b"ok".as_slice()));
        assert_eq!(received.location.as_deref(), Some("/x"));
    }

    #[tokio::test]
    async fn unreachable_server_is_an_error_with_the_url() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert!(get(&url).await.unwrap_err().to_string().contains(&url));
    }
}
