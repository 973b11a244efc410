//! Tells open pages that something has changed.
//!
//! While a page is open, one task polls the stack. It announces changes of the failure queue, of
//! the result events, and of each state machine's newest executions.
//!
//! A browser opens at most six connections to a server. So all tabs of a browser share one stream
//! of server-sent events (`assets/worker.js`).

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::future::try_join;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::watch;

use super::error::Failure;
use super::{Shared, Site};
use crate::executions::Status;
use crate::result_events::since;

/// Time between two polls of the stack.
const INTERVAL: Duration = Duration::from_millis(700);

/// A poll reads this many of the newest executions of each state machine, and compares them with
/// those that the previous poll read.
const NEWEST: usize = 100;

/// The part of the stack's state that is announced to open pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct News {
    /// Number of polls so far that found a new or changed execution, or a new result event.
    version: u64,
    /// Approximate number of messages in the failure queue at the latest poll that succeeded;
    /// `None` if no poll has succeeded yet.
    failures: Option<u64>,
    /// Reason why the latest poll failed, if it failed.
    problem: Option<String>,
}

/// Source of the news that the open streams send.
#[derive(Debug)]
pub(super) struct Live {
    news: watch::Sender<News>,
    /// Number of open streams.
    open: AtomicUsize,
    ended: watch::Receiver<()>,
}

impl Live {
    /// Creates a source without open streams. The streams end when the sender of `ended` is
    /// dropped.
    pub(super) fn new(ended: watch::Receiver<()>) -> Self {
        Self { news: watch::Sender::default(), open: AtomicUsize::new(0), ended }
    }

    /// Returns [`News::version`]. Each view contains it, so that the script in the browser notices
    /// later changes.
    pub(super) fn version(&self) -> u64 {
        self.news.borrow().version
    }

    fn announce(&self, failures: Option<u64>, is_changed: bool, problem: Option<String>) {
        self.news.send_if_modified(|news| {
            let version = news.version + u64::from(is_changed);
            let next = News { version, failures: failures.or(news.failures), problem };
            let is_new = *news != next;
            *news = next;
            is_new
        });
    }
}

/// An open stream, counted in `Live::open` until it is dropped.
struct Opened(Arc<Site>);

impl Opened {
    fn new(site: Arc<Site>) -> Self {
        site.live.open.fetch_add(1, Ordering::Relaxed);
        Self(site)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.live.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Polls the stack while a stream is open. Returns when the page's server ends.
pub(super) async fn watch(site: Weak<Site>, mut ended: watch::Receiver<()>) {
    let mut before = Newest::default();
    loop {
        tokio::select! {
            _ = ended.changed() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        let Some(site) = site.upgrade() else { return };
        if site.live.open.load(Ordering::Relaxed) == 0 {
            continue;
        }
        match try_join(look(&site, &before), length(&site)).await {
            Ok((newest, failures)) => {
                site.live.announce(Some(failures), newest != before, None);
                before = newest;
            }
            Err(failure) => site.live.announce(None, false, Some(failure.to_string())),
        }
    }
}

/// The newest executions and result events of the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Newest {
    /// ARN and status of the newest executions of each state machine.
    executions: Vec<(String, Status)>,
    /// Time of the newest result event, in milliseconds since 1970.
    event_time: i64,
    /// Number of result events with the time `event_time`.
    events: usize,
}

/// Returns the newest executions and result events of the stack. Reads no result events that are
/// older than the newest one in `before`.
async fn look(site: &Site, before: &Newest) -> Result<Newest, Failure> {
    let mut executions = Vec::new();
    for machine in site.machines.all().await? {
        executions.extend(machine.executions.newest(NEWEST).await?);
    }
    let times = since(&site.aws, &site.outputs, before.event_time).await?;
    let times = times.iter().map(|event| event.time);
    let event_time = times.clone().max().unwrap_or(before.event_time);
    let events = times.filter(|time| *time == event_time).count();
    Ok(Newest { executions, event_time, events })
}

/// Returns the approximate number of messages in the failure queue.
async fn length(site: &Site) -> Result<u64, Failure> {
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let request = site.aws.sqs.get_queue_attributes().queue_url(&site.outputs.failure_queue_url);
    let response = request.attribute_names(name.clone()).send().await;
    let response = response.map_err(|error| Failure::call("GetQueueAttributes")(&error))?;
    let attributes = response.attributes.unwrap_or_default();
    Ok(attributes.get(&name).and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// Streams the current [`News`], and then the news after each change, as server-sent events with
/// JSON.
pub(super) async fn stream(
    State(site): Shared,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (news, ended) = (site.live.news.subscribe(), site.live.ended.clone());
    let first = stream::once(std::future::ready(news.borrow().clone()));
    let opened = Opened::new(site);
    let later = stream::unfold((news, ended, opened), async |(mut news, mut ended, opened)| {
        let changed = tokio::select! {
            changed = news.changed() => changed,
            _ = ended.changed() => return None,
        };
        changed.ok()?;
        let next = news.borrow_and_update().clone();
        Some((next, (news, ended, opened)))
    });
    let events = first.chain(later).map(|news| {
        // Numbers and text can always be serialized as JSON.
        let data = serde_json::to_string(&news).unwrap_or_default();
        Ok(Event::default().data(data))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
