//! A program that takes the page's port while the stack is stopped.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::client::post;

/// Path of the request with which a page checks that the server at the page's address is the stack.
pub(super) const CHALLENGE: &str = "/resume/challenge";

/// A server that answers every request as if it were the stack. It ends, with its connections, when
/// this value is dropped.
pub(super) struct Squatter {
    state: Arc<State>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct State {
    /// The requests that arrived, and their bodies.
    requests: Mutex<Vec<(Parts, String)>>,
    /// Host and port of the stack if even-numbered challenges are passed on to it; else `None`.
    stack: Mutex<Option<String>>,
    /// Statuses with which the stack answered the challenges that were passed on.
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
                let shared = Arc::clone(&shared);
                let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
                let http = http1::Builder::new();
                let connection = http.serve_connection(TokioIo::new(connection), service);
                connections.spawn(async move { _ = connection.await });
            }
        });
        Self { state, _serving: serving }
    }

    /// From now on, passes each even-numbered challenge on to the stack at `host`, as if one of the
    /// stack's pages sent it.
    pub(super) fn relay_to(&self, host: String) {
        *self.state.stack.lock().unwrap() = Some(host);
    }

    /// The requests that arrived, and their bodies.
    pub(super) fn requests(&self) -> Vec<(Parts, String)> {
        self.state.requests.lock().unwrap().clone()
    }

    /// The statuses with which the stack answered the [`CHALLENGE`] requests that were passed on.
    pub(super) fn relayed(&self) -> Vec<u16> {
        self.state.relayed.lock().unwrap().clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<String>, Infallible> {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap();
    let path = head.uri.path().to_owned();
    state.requests.lock().unwrap().push((head, body.clone()));
    let response = Response::builder();
    let response = if path == CHALLENGE {
        let stack = state.stack.lock().unwrap().clone();
        let requests = state.requests.lock().unwrap().clone();
        let challenges = requests.iter().filter(|(head, _)| head.uri.path() == CHALLENGE).count();
        let is_second = challenges.is_multiple_of(2);
        let (mut nonce, mut proof) = ("0f".repeat(32), "0f".repeat(32));
        if let Some(stack) = stack.filter(|_| is_second) {
            let (origin, form) = (format!("http://{stack}"), "application/x-www-form-urlencoded");
            let headers = [("Origin", &*origin), ("Content-Type", form)];
            let relayed = post(&format!("{origin}{CHALLENGE}"), &headers, body).await;
            state.relayed.lock().unwrap().push(relayed.status);
            relayed.header("resume-nonce").clone_into(&mut nonce);
            relayed.header("resume-proof").clone_into(&mut proof);
        }
        let response = response.status(204).header("resume-nonce", nonce);
        response.header("resume-proof", proof).body(String::new())
    } else if path.ends_with("/events") {
        let event = json!({"version": 1000, "failures": 7, "problem": "hacked"});
        response.header("content-type", "text/event-stream").body(format!("data: {event}\n\n"))
    } else {
        let body = "<main id=content data-live>hacked</main>".to_owned();
        response.header("content-type", "text/html").body(body)
    };
    Ok(response.unwrap())
}
