//! The Lambda Runtime API, version 2018-06-01, for one process
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http_body_util::Full;

use crate::http::{Request, Response, Server};

const PREFIX: &str = "/2018-06-01/runtime/";

/// The function's ARN, as the Runtime API reports it to the process.
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:benchmark";

/// Time limit that the Runtime API reports for an invocation. No invocation takes that long.
const DEADLINE: Duration = Duration::from_mins(1);

/// A request of the function's process. `Next` and `Response` have the time at which the request
/// arrived.
#[derive(Debug)]
pub(crate) enum Message {
    /// The process asks for the next invocation.
    Next(Instant),
    /// The process returns the result of an invocation.
    Response(Instant, Vec<u8>),
    /// An invocation or the initialization failed, or the process made a request that is not part
    /// of the Runtime API.
    Failure(String),
}

/// A Runtime API that serves a single process.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    server: Server,
    events: Sender<Vec<u8>>,
    messages: Receiver<Message>,
}

impl RuntimeApi {
    pub(crate) fn start() -> io::Result<Self> {
        let (events, waiting) = channel();
        let (tell, messages) = channel();
        let waiting = Mutex::new(waiting);
        let server = Server::start(move |request| respond(request, &waiting, &tell))?;
        Ok(Self { server, events, messages })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Sends an event to the process, which must be waiting for one.
    pub(crate) fn send(&self, event: Vec<u8>) {
        // If the process has ended, nothing takes the event. `Instance` notices the end while it
        // waits for the next message.
        let _sent = self.events.send(event);
    }

    /// The next message; `None` if none arrives within `limit`.
    pub(crate) fn receive(&self, limit: Duration) -> Option<Message> {
        self.messages.recv_timeout(limit).ok()
    }
}

fn respond(
    request: &Request,
    waiting: &Mutex<Receiver<Vec<u8>>>,
    tell: &Sender<Message>,
) -> http::Result<Response> {
    let now = Instant::now();
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let (message, response) = match (request.method().as_str(), path) {
        ("GET", "invocation/next") => {
            let _told = tell.send(Message::Next(now));
            return next(waiting);
        }
        ("POST", path) if path.ends_with("/response") => {
            (Message::Response(now, request.body().to_vec()), accepted())
        }
        ("POST", path) if path.ends_with("/error") => {
            (Message::Failure(String::from_utf8_lossy(request.body()).into_owned()), accepted())
        }
        (method, _) => {
            let unknown = format!("{method} {} is not part of the Runtime API", request.uri());
            (Message::Failure(unknown), status(404))
        }
    };
    // Sending fails only after the end of the measurement, when nothing receives messages any more.
    let _told = tell.send(message);
    response
}

fn accepted() -> http::Result<Response> {
    http::Response::builder()
        .status(202)
        .header("content-type", "application/json")
        .body(Full::from(r#"{"status":"OK"}"#))
}

fn status(status: u16) -> http::Result<Response> {
    http::Response::builder().status(status).body(Full::default())
}

/// Waits for the next event without a time limit, as Lambda does.
fn next(waiting: &Mutex<Receiver<Vec<u8>>>) -> http::Result<Response> {
    let event = waiting.lock().ok().and_then(|waiting| waiting.recv().ok());
    let Some(event) = event else { return status(410) };
    let deadline = SystemTime::now() + DEADLINE;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    http::Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", FUNCTION_ARN)
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
        .body(event.into())
}
