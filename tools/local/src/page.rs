//! The page of a local stack: its executions, images and failures in a browser.
//!
//! [`Page::serve`] starts an HTTP server on loopback. The browser talks to this server only, and
//! the server calls AWS with the stack's access key, which the browser never sees. `door` decides
//! which requests are accepted, and `headers` sets the response headers that keep text in the page,
//! such as a key or a log line, from running as a script. `port` chooses a port on which no other
//! user can receive the browser's requests. `resume` lets a page that was left open resume after
//! the stack was stopped and started again.
//!
//! Each view is a module that reads data from the stack and renders it as HTML on the server:
//!
//! - `executions`: the list of executions
//! - `execution`: one execution, with its `graph`, `timeline` and `logs`
//! - `images`: the images in the catalog
//! - `failures`: the failure queue
//! - `results`: the result events
//! - `reconciliations`: the latest reconciliations
//!
//! `live` tells open pages that something has changed. The script (`assets/page.js`) then requests
//! the view again and replaces what differs.

mod assets;
mod door;
mod error;
mod execution;
mod executions;
mod failures;
mod graph;
mod headers;
mod images;
mod layout;
mod live;
mod logs;
mod machines;
pub mod opener;
mod port;
mod reconciliations;
mod results;
mod resume;
mod text;
mod timeline;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum::routing::{get, post, put};
use maud::Markup;
use serde::Deserialize;
use tokio::sync::{Mutex, watch};

use self::door::{Door, Entry, Refusal};
use self::live::Live;
use self::machines::Machines;
use self::resume::Resumption;
use self::resume::kept::{self, Kept};
use crate::api::Api;
use crate::aws::Aws;
use crate::logs::Logs;
use crate::private_file;
use crate::stack::Outputs;

/// The port that the first run tries. A later run tries the previous run's port, then this one. AWS
/// emulators usually listen on 4566, one below this port.
const PORT: u16 = 4567;

/// Name of the file with the address that opens the page. The file is in the directory of the local
/// stack.
pub const ADDRESS_FILE: &str = "page";

/// Name of the HTML file that redirects a browser to the page. The file is in the directory of the
/// local stack.
pub const OPENING_FILE: &str = "page.html";

/// The page could not be served, or the running stack serves no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The server could not listen on any port, or a file could not be read or written.
    #[error("the page cannot be served on 127.0.0.1: {0}")]
    Serve(#[from] io::Error),
    /// The stack serves no page.
    #[error("the running stack has no page ({0}): `cargo local up` serves one")]
    None(io::Error),
}

/// Reads the address that opens the page of the running stack.
///
/// # Errors
/// When the stack serves no page.
pub fn read_address(file: &Path) -> Result<String, PageError> {
    let address = std::fs::read_to_string(file).map_err(PageError::None)?;
    Ok(address.trim().to_owned())
}

/// A page that is being served. Dropping this value ends the page.
#[derive(Debug)]
pub struct Page {
    site: Arc<Site>,
    /// Dropping this sender ends the server and the streams of open pages.
    _running: watch::Sender<()>,
}

/// The data that every view needs.
#[derive(Debug)]
struct Site {
    aws: Aws,
    api: Api,
    outputs: Outputs,
    machines: Machines,
    logs: Logs,
    door: Door,
    resumption: Resumption,
    live: Live,
    /// Held while messages of the failure queue are received. SQS hides a received message from
    /// other receivers for a while, so each of two concurrent requests would miss messages.
    queue: Mutex<()>,
    /// The file from which `cargo local page` reads the address that opens the page.
    address: Option<PathBuf>,
}

type Shared = State<Arc<Site>>;

impl Page {
    /// Serves the page of a stack. Tries the port of the last run, then port 4567, then any free
    /// port.
    ///
    /// `address` is the path of a file with the address that opens the page. An address works once:
    /// after its use, a new one replaces it in the file. A second file in the same folder keeps the
    /// port and the resume key for the next run. Without `address`, nothing is kept, and an open
    /// page cannot resume in the next run.
    ///
    /// # Errors
    /// When the server cannot listen on any port, or a file cannot be read or written.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn serve(aws: Aws, outputs: Outputs, address: Option<PathBuf>) -> Result<Self, PageError> {
        let file = address.as_deref().map(|address| address.with_file_name(kept::FILE));
        let kept = file.as_deref().map(Kept::read).transpose()?.flatten();
        let mut kept = kept.map_or_else(|| Kept::new(PORT), Ok)?;
        let (port, listeners) = port::listen(&[kept.port, PORT])?;
        kept.port = port;
        if let Some(file) = &file {
            kept.write(file)?;
        }
        let (door, resumption) = (Door::new(port)?, Resumption::new(kept.key)?);
        let (running, ended) = watch::channel(());
        let machines = Machines::new(aws.sfn.clone(), &outputs.state_machine_arn);
        let api = Api::new(&outputs.api_url, outputs.key_prefix.clone());
        let (logs, queue) = (Logs::new(aws.logs.clone()), Mutex::default());
        let live = Live::new(ended.clone());
        let site =
            Site { aws, api, outputs, machines, logs, door, resumption, live, queue, address };
        site.publish_address()?;
        let site = Arc::new(site);
        tokio::spawn(live::watch(Arc::downgrade(&site), ended.clone()));
        for listener in listeners {
            let server = axum::serve(listener, routes(&site));
            tokio::spawn(server.with_graceful_shutdown(end(ended.clone())).into_future());
        }
        Ok(Self { site, _running: running })
    }

    /// The address that opens the page. An address works once; when it has been used, this function
    /// returns another one.
    #[must_use]
    pub fn address(&self) -> String {
        self.site.door.address()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(path) = &self.site.address {
            // It does no harm if a file cannot be removed: the address in it no longer works.
            let _removed = std::fs::remove_file(path);
            let _removed = std::fs::remove_file(path.with_file_name(OPENING_FILE));
        }
    }
}

impl Site {
    /// The path of a view: the secret first segment, a slash, and `path`.
    fn href(&self, path: &str) -> String {
        format!("{}/{path}", self.door.base())
    }

    /// Renders a key of an object, without the stack's key prefix if the key begins with it.
    fn key(&self, key: &str) -> Markup {
        text::key(&self.outputs.key_prefix, key)
    }

    fn publish_address(&self) -> io::Result<()> {
        let Some(path) = &self.address else { return Ok(()) };
        private_file::write(path, format!("{}\n", self.door.address()).as_bytes())
    }
}

/// Waits until the page ends.
async fn end(mut ended: watch::Receiver<()>) {
    // `changed` fails once the sender has been dropped, which means that the page has ended.
    while ended.changed().await.is_ok() {}
}

fn routes(site: &Arc<Site>) -> Router {
    let session = axum::middleware::from_fn_with_state(site.clone(), headers::check_session);
    let door = axum::middleware::from_fn_with_state(site.clone(), headers::guard);
    let inside = Router::new()
        .route("/executions", get(executions::view))
        .route("/execution", get(execution::view))
        .route("/execution/start", post(execution::start))
        .route("/logs", get(logs::view))
        .route("/images", get(images::view))
        .route("/image", get(images::file))
        .route("/upload", put(images::upload))
        .route("/failures", get(failures::view))
        .route("/failures/redrive", post(failures::redrive))
        .route("/results", get(results::view))
        .route("/reconciliations", get(reconciliations::view))
        .route("/reconciliations/start", post(reconciliations::start))
        .route("/events", get(live::stream))
        .route("/resume-key", post(resume::key))
        .route("/assets/{name}", get(assets::view))
        .layer(DefaultBodyLimit::max(images::LARGEST_UPLOAD))
        .layer(session);
    let resume = Router::new()
        .route("/resume/challenge", post(resume::challenge))
        .route("/resume", post(resume::enter))
        .layer(DefaultBodyLimit::max(resume::LARGEST_BODY));
    Router::new()
        .route("/", get(enter))
        .merge(resume)
        .nest(site.door.base(), inside)
        .fallback(error::not_found)
        .layer(door)
        .with_state(site.clone())
}

#[derive(Debug, Deserialize)]
struct EnterQuery {
    #[serde(default)]
    token: String,
}

/// Redirects the bearer of a token to the page. The bearer that uses the token first also gets the
/// session.
async fn enter(State(site): Shared, Query(query): Query<EnterQuery>) -> Response {
    let target = AppendHeaders([(LOCATION, site.href("executions"))]);
    match site.door.enter(&query.token) {
        Ok(Entry::Session) => {
            if let Err(error) = site.publish_address() {
                return error::Failure::from(error).into_response();
            }
            let cookie = AppendHeaders([(SET_COOKIE, site.door.cookie())]);
            (StatusCode::SEE_OTHER, target, cookie).into_response()
        }
        Ok(Entry::Address) => (StatusCode::SEE_OTHER, target).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> Response {
        error::page(StatusCode::FORBIDDEN, "Not admitted", &self.to_string())
    }
}

#[cfg(test)]
mod tests;
