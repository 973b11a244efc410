//! As much of an HTTP/1.1 server as the functions' clients ask for: connections that stay open,
//! requests and answers whose length is known.
//!
//! It blocks, with a thread for each connection, and writes an answer in one piece: what a client
//! does then depends as little as possible on how the machine schedules the two.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Headers that a request may have.
const MAX_HEADERS: usize = 64;

/// Bytes of a request's head.
const MAX_HEAD: usize = 64 * 1024;

/// Bytes of a request's body: more than Lambda takes as an answer (6 MB).
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A request, read completely.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, as they were sent.
    pub(crate) target: String,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header; its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, body: Vec<u8>) -> Self {
        let length = ("content-length", body.len().to_string());
        Self { status, headers: vec![length], body }
    }

    /// An answer to HEAD: the length of a body that is not sent.
    pub(crate) fn head(status: u16, length: usize) -> Self {
        let length = ("content-length", length.to_string());
        Self { status, headers: vec![length], body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} -\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

/// A server on a port of its own on loopback, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    closing: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves each request with `answer`, called on the connection's thread.
    pub(crate) fn start(
        answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let closing = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&closing);
        let acceptor = std::thread::spawn(move || accept(&listener, &seen, &Arc::new(answer)));
        Ok(Self { address, closing, acceptor: Some(acceptor) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the acceptor, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

fn accept<A>(listener: &TcpListener, closing: &AtomicBool, answer: &Arc<A>)
where
    A: Fn(&Request) -> Response + Send + Sync + 'static,
{
    for stream in listener.incoming() {
        if closing.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let answer = Arc::clone(answer);
        // A connection that breaks ends with the process behind it, where it is noticed.
        std::thread::spawn(move || converse(stream, answer.as_ref()).ok());
    }
}

/// Answers one request after the other until the client closes the connection.
fn converse(mut stream: TcpStream, answer: &impl Fn(&Request) -> Response) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer)? {
        stream.write_all(&answer(&request).to_bytes())?;
    }
    Ok(())
}

/// The next request; none when the connection was closed after the last one.
fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    loop {
        if let Some((mut request, head)) = parse(buffer)? {
            let length = body_length(&request)?;
            while buffer.len() < head + length {
                if fill(stream, buffer)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            let rest = buffer.split_off(head + length);
            request.body = buffer.split_off(head);
            *buffer = rest;
            return Ok(Some(request));
        }
        if fill(stream, buffer)? == 0 {
            return Ok(None);
        }
    }
}

fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 16 * 1024];
    let read = stream.read(&mut chunk)?;
    buffer.extend_from_slice(&chunk[..read]);
    Ok(read)
}

/// A request without its body, and the length of its head; none while the head is incomplete.
fn parse(buffer: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(buffer).map_err(invalid)? else {
        return if buffer.len() > MAX_HEAD { Err(invalid("head too long")) } else { Ok(None) };
    };
    let headers = parsed.headers.iter().map(|header| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_ascii_lowercase(), value)
    });
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    Ok(Some((request, head)))
}

fn body_length(request: &Request) -> io::Result<usize> {
    if request.header("transfer-encoding").is_some() {
        return Err(invalid("a body of unknown length"));
    }
    let length = request.header("content-length").unwrap_or("0");
    let length = length.parse().map_err(invalid)?;
    if length > MAX_BODY { Err(invalid("body too long")) } else { Ok(length) }
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> Server {
        Server::start(|request| {
            let text = format!("{} {}", request.method, request.target);
            Response::new(200, [text.as_bytes(), b" ", &request.body].concat())
        })
        .unwrap()
    }

    #[test]
    fn a_connection_takes_one_request_after_the_other() {
        let server = echo();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let (first, second) = ("GET /a?b=c HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\n");
        let rest = "Content-Length: 4\r\n\r\nbody";
        stream.write_all(format!("{first}{second}").as_bytes()).unwrap();
        stream.write_all(rest.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        assert!(answers.contains("\r\n\r\nGET /a?b=c HTTP/1.1 200 -"), "{answers}");
        assert!(answers.ends_with("content-length: 11\r\n\r\nPOST / body"), "{answers}");
    }

    #[test]
    fn what_is_no_request_closes_the_connection() {
        let server = echo();
        for text in ["\0\0\r\n\r\n", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"] {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            let mut answer = Vec::new();
            let _reset = stream.read_to_end(&mut answer);
            assert_eq!(answer, b"");
        }
    }

    #[test]
    fn a_dropped_server_accepts_no_more() {
        let address = echo().address();
        assert!(TcpStream::connect(address).is_err());
    }
}
