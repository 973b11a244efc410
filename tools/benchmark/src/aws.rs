//! A stand-in for S3, DynamoDB and EventBridge. It knows the few calls that the functions make, and
//! always responds to a call in the same, valid way.
//!
//! An emulator would be slower, and would store what the functions write. The stand-in stores
//! nothing, so every invocation finds the same data.

mod collection;
mod dynamodb;
mod eventbridge;
pub(crate) mod object;
mod s3;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use collection::Collection;
use http_body_util::Full;
use hyper::body::Bytes;

use crate::http::{Request, Response, Server, header};

/// A running stand-in for S3, DynamoDB and EventBridge. It stops when dropped.
#[derive(Debug)]
pub(crate) struct Aws {
    server: Server,
    unknown: Arc<Mutex<Option<String>>>,
}

impl Aws {
    pub(crate) fn start() -> io::Result<Self> {
        let unknown = Arc::new(Mutex::new(None));
        let note = Arc::clone(&unknown);
        let (collection, object) = (Collection::new(), Bytes::from(object::jpeg()));
        let server = Server::start(move |request| {
            let response = match header(request, "x-amz-target") {
                Some(eventbridge::PUT_EVENTS) => eventbridge::respond(request.body()),
                Some(target) => dynamodb::respond(&collection, target, request.body()),
                None => s3::respond(&object, request),
            };
            response.unwrap_or_else(|| refuse(request, &note))
        })?;
        Ok(Self { server, unknown })
    }

    /// The address that the stand-in listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns and forgets the latest request that the stand-in did not know; `None` if there was
    /// none.
    pub(crate) fn unknown_call(&self) -> Option<String> {
        self.unknown.lock().ok().and_then(|mut call| call.take())
    }
}

fn refuse(request: &Request, note: &Mutex<Option<String>>) -> http::Result<Response> {
    if let Ok(mut call) = note.lock() {
        let operation = header(request, "x-amz-target").unwrap_or_default();
        *call = Some(format!("{} {} {operation}", request.method(), request.uri()));
    }
    http::Response::builder().status(501).body(Full::default())
}
