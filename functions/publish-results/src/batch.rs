//! Divides entries into requests that EventBridge accepts.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;

/// Maximum number of entries in a request
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).
const MAX_ENTRIES: usize = 10;

/// Maximum size of a request, in bytes: its entries together may have 1 MB
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>).
pub(crate) const MAX_BYTES: usize = 1_000_000;

/// An event, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Sequence number of the stream record that the event follows from.
    pub(crate) sequence_number: String,
    /// The event as EventBridge accepts it.
    pub(crate) entry: PutEventsRequestEntry,
}

/// Size of an entry, as EventBridge counts it (see the page that [`MAX_BYTES`] cites).
pub(crate) fn bytes(entry: &PutEventsRequestEntry) -> usize {
    let texts = [entry.source(), entry.detail_type(), entry.detail()];
    let texts: usize = texts.into_iter().flatten().map(str::len).sum();
    texts + entry.time().map_or(0, |_| 14)
}

/// Number of entries at the beginning of the list that fit into one request; 1 if even the first
/// does not fit.
pub(crate) fn fitting(entries: &[Entry]) -> usize {
    let mut total = 0;
    let fit = entries.iter().take(MAX_ENTRIES).take_while(|it| {
        total += bytes(&it.entry);
        total <= MAX_BYTES
    });
    fit.count().clamp(1, MAX_ENTRIES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(length: usize) -> Entry {
        let entry = PutEventsRequestEntry::builder().source("s").detail("d".repeat(length));
        Entry { sequence_number: String::new(), entry: entry.build() }
    }

    proptest! {
        #[test]
        fn every_request_is_within_the_limits(
            lengths in prop::collection::vec(prop_oneof![0..2_000_usize, 0..MAX_BYTES], 1..40),
        ) {
            let entries: Vec<_> = lengths.into_iter().map(entry).collect();
            let mut rest = entries.as_slice();
            while !rest.is_empty() {
                let (request, further) = rest.split_at(fitting(rest));
                let size: usize = request.iter().map(|it| bytes(&it.entry)).sum();
                prop_assert!((1..=10).contains(&request.len()));
                prop_assert!(size <= MAX_BYTES || request.len() == 1);
                let next = further.first().map_or(MAX_BYTES, |it| bytes(&it.entry));
                prop_assert!(request.len() == 10 || further.is_empty() || size + next > MAX_BYTES);
                rest = further;
            }
        }
    }
}
