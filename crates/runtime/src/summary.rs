//! The one line that an invocation writes.

use std::time::Duration;

/// What one invocation did: filled in by the handler, written once by [`run`](crate::run).
///
/// Fields that stay `None` are left out of the line.
#[derive(Debug, Default)]
pub struct Summary {
    /// Key of the object that the invocation was about.
    pub key: Option<String>,
    /// What came of it, in a word: `present`, `jpeg`, `recorded`, `stale`, `not-found`, …
    pub outcome: Option<&'static str>,
    /// Why it failed, when the failure became an answer.
    pub reason: Option<String>,
    /// HTTP status of an API answer.
    pub status: Option<u16>,
    /// Ranged GETs made.
    pub gets: Option<u64>,
    /// Bytes of the object that were read.
    pub bytes: Option<u64>,
    /// Requests to the table.
    pub round_trips: Option<u64>,
    /// Items of the table that were read or written.
    pub items: Option<u64>,
}

impl Summary {
    pub(crate) fn succeeded(&self, request: &str, duration: Duration) {
        tracing::info!(
            request,
            key = self.key,
            outcome = self.outcome.unwrap_or("done"),
            reason = self.reason,
            status = self.status,
            gets = self.gets,
            bytes = self.bytes,
            round_trips = self.round_trips,
            items = self.items,
            duration_ms = milliseconds(duration),
            "summary"
        );
    }

    pub(crate) fn failed(&self, request: &str, name: &str, message: &str, duration: Duration) {
        tracing::error!(
            request,
            key = self.key,
            outcome = "error",
            error = name,
            reason = message,
            gets = self.gets,
            bytes = self.bytes,
            round_trips = self.round_trips,
            items = self.items,
            duration_ms = milliseconds(duration),
            "summary"
        );
    }
}

/// Milliseconds with three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
