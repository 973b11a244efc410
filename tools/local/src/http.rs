//! A small HTTP client for this machine: the API's answers and the emulator's health.
//!
//! It sends the path of a URL as it is written. Clients that follow the URL
//! standard resolve `.` and `..` in it, which are parts of a key here.

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header, if there is one.
    pub content_type: Option<String>,
    /// The `Location` header, if there is one. Redirects are not followed.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
#[error("GET {url} got no answer: {source}")]
pub struct HttpError {
    url: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Gets `url`, which must be `http://` and percent-encoded.
///
/// # Errors
/// When the URL is malformed, or the server cannot be reached or breaks off.
pub async fn get(url: &str) -> Result<Answer, HttpError> {
    exchange(url).await.map_err(|source| HttpError { url: url.to_owned(), source })
}

async fn exchange(url: &str) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
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
    Ok(Answer { status, content_type, location, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    /// Answers one request with `response` and returns its first line.
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
    async fn path_is_sent_as_it_is() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a/../%2E%2e/b%252F", listener.local_addr().unwrap());
        let response = "HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 2\r\n\r\nok";
        let (first, answer) = tokio::join!(serve_once(listener, response), get(&url));
        let answer = answer.unwrap();
        assert_eq!(first, "GET /a/../%2E%2e/b%252F HTTP/1.1\r\n");
        assert_eq!((answer.status, answer.body.as_slice()), (302, b"ok".as_slice()));
        assert_eq!(answer.location.as_deref(), Some("/x"));
    }

    #[tokio::test]
    async fn unreachable_server_is_an_error_with_the_url() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert!(get(&url).await.unwrap_err().to_string().contains(&url));
    }
}
