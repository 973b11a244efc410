//! A proxy between Lambda functions and the emulator. It records requests or injects faults.
//!
//! The proxy listens on loopback. Each connection carries one request. If a [`Rule`] applies to the
//! request, the proxy injects the rule's fault. Otherwise, it forwards the request to the emulator,
//! and records the request as a [`Call`] if it is the first attempt of a call.
//! Environment variables of the SDK, such as `AWS_ENDPOINT_URL_S3`, point a function to the proxy
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
//!
//! hyper speaks HTTP/1.1 in both directions, as in the server of `cargo benchmark`
//! (`tools/benchmark/src/http.rs`), and keeps paths byte for byte. The proxy only lends its socket
//! to hyper, because the proxy needs the socket afterwards to break the connection (`Break`).

mod fault;
mod process;

use std::error::Error as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

pub use fault::{Fault, Rule};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{client, server};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

/// A request with its whole body.
type Request = http::Request<Bytes>;

/// A response with its whole body.
type Response = http::Response<Bytes>;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A running proxy. It runs until the process of the tests ends.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// State that all connections share.
#[derive(Debug)]
struct Shared {
    /// Address of the emulator.
    upstream: String,
    rules: Mutex<Vec<Arc<Rule>>>,
    calls: Mutex<Vec<Call>>,
}

/// A request that was forwarded without a fault, and its response.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, such as `HeadObject` or `TransactWriteItems`.
    pub operation: String,
    /// The body of the request.
    pub request: Vec<u8>,
    /// The body of the response; empty for `GetObject`, whose bodies are large and never examined.
    pub response: Vec<u8>,
}

/// The ways in which a fault ends a connection without a complete response.
#[derive(Debug, thiserror::Error)]
#[error("a fault breaks the connection")]
enum Break {
    /// Closes the connection with RST instead of FIN.
    Reset,
    /// Sends these bytes and then closes the connection.
    Cut(Vec<u8>),
    /// Kills the process that sent the request.
    Kill,
}

impl FaultProxy {
    /// Starts a proxy to the emulator at `endpoint`, such as `http://127.0.0.1:4566`.
    pub async fn start(endpoint: &str) -> Self {
        let upstream = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("the address that was bound");
        let shared = Shared { upstream, rules: Mutex::default(), calls: Mutex::default() };
        let shared = Arc::new(shared);
        tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared }
    }

    /// The proxy's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule for the requests from now on. If several rules apply to a request, the one that
    /// was added first wins.
    pub fn inject(&self, rule: Rule) -> Arc<Rule> {
        let rule = Arc::new(rule);
        self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&rule));
        rule
    }

    /// Removes the rules for a key.
    pub fn lift(&self, key: &str) {
        let mut rules = self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.retain(|rule| rule.key != key);
    }

    /// Returns and clears the recorded calls. Of each call, only the first attempt is recorded, and
    /// only if no fault was injected into it.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        // The result is ignored: after an error the connection is closed, and the Lambda function
        // that sent the request sees that.
        tokio::spawn(async move { shared.serve(client).await });
    }
}

impl Shared {
    /// Responds to the one request of a connection, or breaks the connection.
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let service = service_fn(|request| self.respond(request));
        let mut http = server::conn::http1::Builder::new();
        // With `half_close`, a request is carried out even if the client no longer waits for the
        // response.
        http.keep_alive(false).half_close(true);
        let served = http.serve_connection(TokioIo::new(&mut client), service).await;
        let Err(error) = served else { return Ok(()) };
        match error.source().and_then(|source| source.downcast_ref()) {
            Some(Break::Reset) => client.set_zero_linger(),
            Some(Break::Cut(bytes)) => client.write_all(bytes).await,
            Some(Break::Kill) => process::kill_peer(&client),
            None => Ok(()),
        }
    }

    async fn respond(
        &self,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<Full<Bytes>>, Error> {
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, body.collect().await?.to_bytes());
        Ok(self.forward_or_fail(&request).await?.map(Full::new))
    }

    async fn forward_or_fail(&self, request: &Request) -> Result<Response, Error> {
        let Some(fault) = self.fault(request) else {
            let response = self.forward(request).await?;
            // The call is recorded before the client gets the response, so that a test sees the
            // call as soon as the function has finished. On a busy machine, the SDK may retry a
            // call. The retry belongs to the same call and is not recorded.
            if is_first_attempt(request) {
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                calls.push(call(request, &response));
            }
            return Ok(response);
        };
        match fault {
            Fault::InternalError
            | Fault::SlowDown
            | Fault::Throttling
            | Fault::Canceled(_)
            | Fault::Refused(..)
            | Fault::RefusedEntries(_) => Ok(fault::error_response(fault, request)?),
            Fault::Latency => {
                tokio::time::sleep(fault::LATENCY).await;
                self.forward(request).await
            }
            Fault::Reset => Err(Break::Reset.into()),
            Fault::LostResponse => {
                self.forward(request).await?;
                Err(Break::Reset.into())
            }
            Fault::CutBody => Err(Break::Cut(first_half(&self.forward(request).await?)).into()),
            Fault::KilledBefore => Err(Break::Kill.into()),
            Fault::KilledAfter => {
                self.forward(request).await?;
                Err(Break::Kill.into())
            }
        }
    }

    /// The fault to inject into a request, if any.
    fn fault(&self, request: &Request) -> Option<Fault> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().find(|rule| rule.applies_to(request)).map(|rule| rule.fault)
    }

    /// Forwards a request to the emulator and reads the response to its end.
    async fn forward(&self, request: &Request) -> Result<Response, Error> {
        let server = TokioIo::new(TcpStream::connect(&self.upstream).await?);
        let (mut sender, connection) = client::conn::http1::handshake(server).await?;
        tokio::spawn(connection);
        let response = sender.send_request(request.clone().map(Full::new)).await?;
        let (mut head, body) = response.into_parts();
        // This header concerns the connection to the emulator, not the one to the client.
        head.headers.remove(http::header::CONNECTION);
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

/// True if the request is the first attempt of its call. The SDK marks a first attempt with a
/// header like `amz-sdk-request: attempt=1; max=3`. A request without this header counts as a first
/// attempt.
fn is_first_attempt(request: &Request) -> bool {
    header(request, "amz-sdk-request")
        .is_none_or(|attempts| attempts.split(';').any(|it| it.trim() == "attempt=1"))
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn call(request: &Request, response: &Response) -> Call {
    let operation = fault::operation(request).to_owned();
    let response = match operation.as_str() {
        "GetObject" => Vec::new(),
        _ => response.body().to_vec(),
    };
    Call { operation, request: request.body().to_vec(), response }
}

/// The first half of a response: up to the middle of its body, or of its head if it has no body.
fn first_half(response: &Response) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    match response.body().len() {
        0 => bytes.truncate(bytes.len() / 2),
        length => bytes.extend(&response.body()[..length / 2]),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    /// Sends a request through a proxy with these rules. A server in place of the emulator responds
    /// once. Returns the bytes that this server received, and the bytes that the client received.
    async fn exchange(rules: Vec<Rule>, request: &str) -> (Vec<u8>, io::Result<Vec<u8>>) {
        let emulator = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", emulator.local_addr().unwrap());
        let proxy = FaultProxy::start(&endpoint).await;
        for rule in rules {
            proxy.inject(rule);
        }
        let responding = tokio::spawn(async move {
            let (mut stream, _) = emulator.accept().await.unwrap();
            let mut bytes = vec![0; 4096];
            let length = stream.read(&mut bytes).await.unwrap();
            let response = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678";
            stream.write_all(response.as_bytes()).await.unwrap();
            bytes[..length].to_vec()
        });
        let mut client = TcpStream::connect(proxy.address).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        let received = client.read_to_end(&mut received).await.map(|_| received);
        // If the proxy has not forwarded the request, the server would wait for it forever.
        if !responding.is_finished() {
            responding.abort();
        }
        (responding.await.unwrap_or_default(), received)
    }

    fn get(target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nhost: s3\r\namz-sdk-invocation-id: 1\r\n\r\n")
    }

    #[tokio::test]
    async fn a_path_is_forwarded_byte_for_byte() {
        let target = "/bucket/a/../%2E%2e//b%252F%20\"{x}\"?versionId=%2B&x";
        let (forwarded, received) = exchange(Vec::new(), &get(target)).await;
        let forwarded = String::from_utf8(forwarded).unwrap();
        assert_eq!(forwarded.lines().next(), Some(&*format!("GET {target} HTTP/1.1")));
        let received = String::from_utf8(received.unwrap()).unwrap();
        assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{received}");
        assert!(received.ends_with("\r\n\r\n12345678"), "{received}");
    }

    #[tokio::test]
    async fn a_fault_breaks_the_connection_before_or_after_the_request_is_forwarded() {
        for (fault, is_forwarded, end) in [
            (Fault::Reset, false, None),
            (Fault::LostResponse, true, None),
            (Fault::CutBody, true, Some("content-length: 8\r\n\r\n1234")),
        ] {
            let rule = Rule::new(fault, &["GetObject"], "key", 1);
            let (forwarded, received) = exchange(vec![rule], &get("/bucket/key")).await;
            assert_eq!(forwarded.starts_with(b"GET /bucket/key "), is_forwarded, "{fault:?}");
            assert_eq!(forwarded.is_empty(), !is_forwarded, "{fault:?}");
            match end {
                Some(end) => assert!(received.unwrap().ends_with(end.as_bytes()), "{fault:?}"),
                None => assert_eq!(received.unwrap_err().kind(), io::ErrorKind::ConnectionReset),
            }
        }
    }

    #[test]
    fn without_a_body_the_head_is_cut() {
        let response = http::Response::builder().header("etag", "1").body(Bytes::new()).unwrap();
        assert_eq!(first_half(&response), b"HTTP/1.1 200 O");
    }
}
