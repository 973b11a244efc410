//! As much of HTTP/1.1 as passes between a function and the emulator (RFC 9112).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// More than a function ever sends: a limit, so that a broken request ends.
const MAX_MESSAGE: usize = 16 << 20;

/// A request or an answer: its head, blank line included, and its body.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Reads a request, whose body is as long as its head says; none when the connection closes
    /// before one begins.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = end_of_head(&bytes) {
                break end;
            }
            if bytes.len() > MAX_MESSAGE || from.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        };
        let mut request = Self::split(bytes, end);
        let length = request.content_length();
        while request.body.len() < length.min(MAX_MESSAGE) {
            if from.read_buf(&mut request.body).await? == 0 {
                return Ok(None);
            }
        }
        Ok(Some(request))
    }

    /// Takes bytes apart that hold a whole message.
    pub(super) fn parse(bytes: Vec<u8>) -> Self {
        let end = end_of_head(&bytes).unwrap_or(bytes.len());
        Self::split(bytes, end)
    }

    fn split(mut bytes: Vec<u8>, end: usize) -> Self {
        let body = bytes.split_off(end);
        Self { head: bytes, body }
    }

    /// The first line: method and target of a request.
    pub(super) fn first_line(&self) -> String {
        self.lines().next().unwrap_or_default()
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let line = self.lines().skip(1).find(|line| {
            line.split_once(':').is_some_and(|(header, _)| header.eq_ignore_ascii_case(name))
        })?;
        Some(line.split_once(':')?.1.trim().to_owned())
    }

    /// The same request, with the wish that the connection be closed after the answer.
    pub(super) fn closing(&self) -> Vec<u8> {
        let kept = self.lines().filter(|line| {
            !line.is_empty() && !line.to_ascii_lowercase().starts_with("connection:")
        });
        let head: String = kept.map(|line| line + "\r\n").collect();
        [head.as_bytes(), b"connection: close\r\n\r\n", &self.body].concat()
    }

    fn content_length(&self) -> usize {
        self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default()
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let head = String::from_utf8_lossy(&self.head).into_owned();
        head.split("\r\n").map(str::to_owned).collect::<Vec<_>>().into_iter()
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}
