//! The Lambda Runtime API, version 2018-06-01, as one process sees it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::http::{Request, Response, Server};

const PREFIX: &str = "/2018-06-01/runtime/";

/// ARN of the function that the process is told to be.
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:benchmark";

/// How long an invocation may take. The true time-out of the function, too, is longer than any
/// warm invocation takes here.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the process asked or answered, and when.
#[derive(Debug)]
pub(crate) enum Message {
    /// It asks for the next invocation.
    Next(Instant),
    /// It answered one.
    Answer(Instant, Vec<u8>),
    /// An invocation, or the start, failed.
    Failure(String),
}

/// One Runtime API for one process.
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
        let server = Server::start(move |request| answer(request, &waiting, &tell))?;
        Ok(Self { server, events, messages })
    }

    /// What goes into `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Hands an event to the process, which waits for one.
    pub(crate) fn send(&self, event: Vec<u8>) {
        // Nobody waits for it when the process has ended, which shows in the next message.
        let _sent = self.events.send(event);
    }

    /// The next message; none if there is none within `limit`.
    pub(crate) fn receive(&self, limit: Duration) -> Option<Message> {
        self.messages.recv_timeout(limit).ok()
    }
}

fn answer(
    request: &Request,
    waiting: &Mutex<Receiver<Vec<u8>>>,
    tell: &Sender<Message>,
) -> Response {
    let now = Instant::now();
    let path = request.target.strip_prefix(PREFIX).unwrap_or_default();
    let (message, response) = match (request.method.as_str(), path) {
        ("GET", "invocation/next") => {
            let _told = tell.send(Message::Next(now));
            return next(waiting);
        }
        ("POST", path) if path.ends_with("/response") => {
            (Message::Answer(now, request.body.clone()), accepted())
        }
        ("POST", path) if path.ends_with("/error") => {
            (Message::Failure(String::from_utf8_lossy(&request.body).into_owned()), accepted())
        }
        _ => {
            let unknown =
                format!("{} {} is not of the Runtime API", request.method, request.target);
            (Message::Failure(unknown), Response::new(404, Vec::new()))
        }
    };
    // Nobody listens any more once the measurement is over.
    let _told = tell.send(message);
    response
}

fn accepted() -> Response {
    Response::new(202, br#"{"status":"OK"}"#.to_vec()).header("content-type", "application/json")
}

/// Waits for an event, as Lambda does, however long that takes.
fn next(waiting: &Mutex<Receiver<Vec<u8>>>) -> Response {
    let event = waiting.lock().ok().and_then(|waiting| waiting.recv().ok());
    let Some(event) = event else { return Response::new(410, Vec::new()) };
    let deadline = SystemTime::now() + DEADLINE;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Response::new(200, event)
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", FUNCTION_ARN)
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
}
