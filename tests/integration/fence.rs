//! The fence: the checks in front of the emulator that admit the user's requests and no others.
//!
//! Each attack of `attacks`, `runtime_api` and `browser` is tried twice. The attack must succeed on
//! an emulator without the fence, which shows that it is an attack, and fail on an emulator with
//! the fence. `admitted` tests the requests that users need: requests with presigned URLs and
//! requests to the API, from programs and from pages on other ports of this machine.

mod admitted;
mod attacks;
mod browser;
mod runtime_api;

use std::time::Duration;

use harness::TestStack;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Time limit for a response. Long polls of the Runtime API would otherwise wait forever.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The host and port of the stack's emulator.
fn address(stack: &TestStack) -> &str {
    stack.stack.aws.endpoint().trim_start_matches("http://")
}

/// Sends a request whose head begins with the lines of `head`. An HTTP client would correct them.
/// Returns the whole response and its status, which is 0 if no response came in time.
async fn exchange(address: &str, head: &str, body: &str) -> (u16, String) {
    let head = head.trim().lines().map(|line| line.trim().to_owned() + "\r\n").collect::<String>();
    let length = body.len();
    let request = format!("{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    send(address, &request).await
}

/// Sends `request`, and reads until the connection closes or is upgraded to a web socket. Returns
/// the response and its status, like [`exchange`].
async fn send(address: &str, request: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = async {
        while !answer.starts_with(b"HTTP/1.1 101") && connection.read_buf(&mut answer).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _in_time = tokio::time::timeout(TIMEOUT, read).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), answer)
}
