//! The cost of result events, which is added to the cost of an upload if the stack publishes them.

use crate::costs::{PLATFORM_LOG_BYTES, Term};
use crate::prices::{ARM_DURATION, CUSTOM_EVENT, INVOCATION, LOGS};
use crate::time;

/// Length of the function's summary line in bytes: an assumption.
pub const SUMMARY_BYTES: f64 = 300.0;

/// Seconds until EventBridge responds to a call: an assumption.
pub const CALL: f64 = 0.050;

/// Maximum number of entries in one call.
const ENTRIES_PER_CALL: f64 = 10.0;

/// The terms of the cost of a million events that are published in batches of this size.
///
/// Lambda's reads of the stream are free of charge
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>). The mapping's
/// filter drops changes of the totals before the function is invoked.
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

    /// The upper limit for the cost of result events.
    #[test]
    fn in_batches_of_ten_a_million_events_cost_at_most_a_dollar_and_a_half() {
        assert!(total(10) <= 1.5, "{}", total(10));
        assert!(total(100) < total(10) && total(10) < total(1));
    }
}
