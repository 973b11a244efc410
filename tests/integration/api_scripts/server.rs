//! The server to which scripts report, and which serves the files without protection.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::files::FILES;

/// A server on loopback, which ends with the test.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    /// Numbers of the files that ran a script.
    ran: Arc<Mutex<BTreeSet<usize>>>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, ran: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let server = serving.clone();
                let service =
                    service_fn(move |request| std::future::ready(server.respond(&request)));
                let connection = TokioIo::new(connection);
                tokio::spawn(http1::Builder::new().serve_connection(connection, service));
            }
        });
        server
    }

    /// The URL of a file without protection.
    pub(super) fn url(&self, number: usize) -> String {
        format!("http://127.0.0.1:{}/file/{number}", self.port)
    }

    /// The files that ran a script since the last call.
    pub(super) fn take(&self) -> BTreeSet<usize> {
        std::mem::take(&mut self.ran.lock().unwrap())
    }

    fn respond(&self, request: &Request<Incoming>) -> http::Result<Response<Full<Bytes>>> {
        let mut path = request.uri().path().split('/').skip(1);
        let (kind, number) = (path.next(), path.next().and_then(|it| it.parse().ok()));
        let (content_type, content) = match (kind, number) {
            (Some("ran"), Some(number)) => {
                self.ran.lock().unwrap().insert(number);
                ("text/plain", Vec::new())
            }
            (Some("file"), Some(number)) => (FILES[number].content_type, self.content(number, 0)),
            _ => ("text/plain", Vec::new()),
        };
        Response::builder().header("content-type", content_type).body(content.into())
    }
}
