//! An HTTP/1.1 server. The Lambda Runtime API and the stand-in for AWS each start one.
//!
//! Each connection has its own thread, which also computes the responses. The thread may block: in
//! the Runtime API, it waits until there is an event.
//!
//! A response has no `date` header, and its head and body are sent together. So the clock and the
//! scheduler hardly affect the client's work, which keeps measurements steady.
//!
//! The fault proxy of the integration tests (`tests/harness/proxy.rs`) is another server. The two
//! have little in common besides the protocol, which hyper implements.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// A request with its whole body.
pub(crate) type Request = http::Request<Bytes>;

/// A response with its whole body.
pub(crate) type Response = http::Response<Full<Bytes>>;

/// The value of a header, if it is ASCII.
pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// A server on a loopback port of its own; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    closing: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that answers each request by calling `respond` on the connection's thread.
    pub(crate) fn start(
        respond: impl Fn(&Request) -> http::Result<Response> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let closing = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&closing);
        let acceptor = std::thread::spawn(move || accept(&listener, &seen, &Arc::new(respond)));
        Ok(Self { address, closing, acceptor: Some(acceptor) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // The acceptor blocks until the next connection, so this connection wakes it.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

fn accept<R>(listener: &TcpListener, closing: &AtomicBool, respond: &Arc<R>)
where
    R: Fn(&Request) -> http::Result<Response> + Send + Sync + 'static,
{
    for stream in listener.incoming() {
        if closing.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let respond = Arc::clone(respond);
        // An error of `serve` closes the connection, and is not reported. If the measured Lambda
        // function then fails or hangs, `Instance` notices.
        std::thread::spawn(move || serve(stream, respond.as_ref()).ok());
    }
}

/// Responds to one request after the other until the client closes the connection.
fn serve(
    stream: TcpStream,
    respond: &impl Fn(&Request) -> http::Result<Response>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let service = service_fn(|request: http::Request<Incoming>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok::<_, Box<dyn Error + Send + Sync>>(respond(&Request::from_parts(head, body))?)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let stream = TokioIo::new(tokio::net::TcpStream::from_std(stream)?);
        let mut http = http1::Builder::new();
        // A client may close its side of the connection before it has read every response.
        http.auto_date_header(false).half_close(true);
        Ok(http.serve_connection(stream, service).await?)
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::time::Duration;

    use super::*;

    fn echo() -> Server {
        Server::start(|request| {
            let text = format!("{} {} ", request.method(), request.uri());
            Ok(Response::new([text.as_bytes(), request.body()].concat().into()))
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
        let mut responses = String::new();
        stream.read_to_string(&mut responses).unwrap();
        assert!(responses.contains("\r\n\r\nGET /a?b=c HTTP/1.1 200 OK"), "{responses}");
        assert!(responses.ends_with("content-length: 11\r\n\r\nPOST / body"), "{responses}");
    }

    #[test]
    fn a_dropped_server_accepts_no_more() {
        let address = echo().address();
        // Connections may still succeed for a moment: if another test is starting a process, the
        // forked process holds a copy of the server's socket until it calls `exec`.
        let is_refused = |_| {
            std::thread::sleep(Duration::from_millis(10));
            TcpStream::connect(address).is_err()
        };
        assert!((0..500).any(is_refused));
    }
}
