//! The server to which scripts report, and which serves the files without protection.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

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
                tokio::spawn(async move { server.serve(connection).await });
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

    /// Serves one request. A connection that the browser opens in advance carries no request.
    async fn serve(&self, mut connection: TcpStream) -> Option<()> {
        let mut request = Vec::new();
        let read = async {
            while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                if connection.read_buf(&mut request).await.ok()? == 0 {
                    return None;
                }
            }
            Some(())
        };
        tokio::time::timeout(Duration::from_mins(1), read).await.ok()??;
        let text = String::from_utf8_lossy(&request).into_owned();
        let mut path = text.split(' ').nth(1)?.split('/').skip(1);
        let (kind, number) = (path.next()?, path.next().and_then(|it| it.parse().ok()));
        let (content_type, content) = match (kind, number) {
            ("ran", Some(number)) => {
                self.ran.lock().unwrap().insert(number);
                ("text/plain", Vec::new())
            }
            ("file", Some(number)) => (FILES.get(number)?.content_type, self.content(number, 0)),
            _ => ("text/plain", Vec::new()),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            content.len()
        );
        connection.write_all(&[head.as_bytes(), &content].concat()).await.ok()
    }
}
