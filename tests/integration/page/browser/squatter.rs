//! A program that takes the page's port while the stack is stopped.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::fence::exchange;

/// First line of the request with which a page checks that the stack answers, without the
/// protocol's version.
pub(super) const CHALLENGE: &str = "POST /resume/challenge ";

/// A server that answers every request as if it were the stack. It ends when this is dropped.
pub(super) struct Squatter {
    state: Arc<State>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct State {
    /// The requests that arrived.
    requests: Mutex<Vec<String>>,
    /// Host and port of the stack to which every second challenge is passed on.
    stack: Mutex<Option<String>>,
    /// Statuses with which that stack has responded.
    relayed: Mutex<Vec<u16>>,
}

impl Squatter {
    /// Listens on `host`.
    pub(super) async fn start(host: &str) -> Self {
        let listener = TcpListener::bind(host).await.unwrap();
        let state = Arc::<State>::default();
        let (mut serving, shared) = (JoinSet::new(), Arc::clone(&state));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((connection, _)) = listener.accept().await {
                connections.spawn(serve(connection, Arc::clone(&shared)));
            }
        });
        Self { state, _serving: serving }
    }

    /// From now on, passes every second challenge on to the stack at `host`, as if one of the
    /// stack's pages sent it.
    pub(super) fn relay_to(&self, host: String) {
        *self.state.stack.lock().unwrap() = Some(host);
    }

    /// The requests that arrived.
    pub(super) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }

    /// The statuses with which the stack has responded to challenges that were passed on.
    pub(super) fn relayed(&self) -> Vec<u16> {
        self.state.relayed.lock().unwrap().clone()
    }
}

/// Answers the requests of one connection.
async fn serve(mut connection: TcpStream, state: Arc<State>) {
    loop {
        let mut request = Vec::new();
        while !is_complete(&String::from_utf8_lossy(&request)) {
            if connection.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        state.requests.lock().unwrap().push(request.clone());
        let response = answer(&request, &state).await;
        if connection.write_all(response.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// True if the head and the body of the request have arrived.
fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

async fn answer(request: &str, state: &State) -> String {
    if request.starts_with(CHALLENGE) {
        let stack = state.stack.lock().unwrap().clone();
        let requests = state.requests.lock().unwrap().clone();
        let challenges = requests.iter().filter(|request| request.starts_with(CHALLENGE)).count();
        let is_second = challenges.is_multiple_of(2);
        if let Some(stack) = stack.filter(|_| is_second) {
            let head = format!(
                "{CHALLENGE}HTTP/1.1\nHost: {stack}\nOrigin: http://{stack}\n\
                 Content-Type: application/x-www-form-urlencoded"
            );
            let body = request.split_once("\r\n\r\n").unwrap().1;
            let (status, response) = exchange(&stack, &head, body).await;
            state.relayed.lock().unwrap().push(status);
            return response.replace("connection: close\r\n", "");
        }
        let digits = "0f".repeat(32);
        return format!(
            "HTTP/1.1 204 No Content\r\nResume-Nonce: {digits}\r\nResume-Proof: {digits}\r\n\r\n"
        );
    }
    if request.contains("/events ") {
        let event = json!({"version": 1000, "failures": 7, "problem": "hacked"});
        return format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {event}\n\n"
        );
    }
    let body = "<main id=content data-live>hacked</main>";
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{body}")
}
