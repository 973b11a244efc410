//! The cost of result events. A stack that publishes result events has this cost in addition to
//! that of its uploads.

use crate::costs::{PLATFORM_LOG_BYTES, Term};
use crate::prices::{ARM_DURATION, CUSTOM_EVENT, INVOCATION, LOGS};
use crate::time;

/// Length in bytes of the summary line that `publish-results` logs for each invocation: an
/// assumption.
pub const SUMMARY_BYTES: f64 = 300.0;

/// Seconds until EventBridge responds to a call of `PutEvents`: an assumption.
pub const CALL: f64 = 0.050;

/// Maximum number of events in one call of `PutEvents`.
const ENTRIES_PER_CALL: f64 = 10.0;

/// The terms of the cost of a million events that are published in batches of this size.
///
/// Lambda's reads of the stream are free of charge
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>). The filters
/// of the event source mapping drop changes of the totals before the function is invoked, so these
/// changes cost nothing.
#[must_use]
pub fn terms(batch: u32) -> [Term; 4] {
    let batch = f64::from(batch);
    let busy = time::OWN + (batch / ENTRIES_PER_CALL).ceil() * CALL;
    let logged = PLATFORM_LOG_BYTES + SUMMARY_BYTES;
    let term = |name, each: f64| Term { name, dollars: each * 1e6 };
    [
        term("EventBridge", CUSTOM_EVENT.each()),
        term("Lambda requests", INVOCATION.each() / batch),
        term("Lambda time", busy * time::MEMORY * ARM_DURATION.each() / batch),
        term("logs", logged * LOGS.each() / batch),
    ]
}

/// US dollars per million events that are published in batches of this size.
#[must_use]
pub fn total(batch: u32) -> f64 {
    terms(batch).iter().map(|term| term.dollars).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_batches_of_ten_a_million_events_cost_at_most_a_dollar_and_a_half() {
        assert!(total(10) <= 1.5, "{}", total(10));
        assert!(total(100) < total(10) && total(10) < total(1));
    }
}
