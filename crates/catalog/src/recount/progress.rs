//! The progress of a recount, which one part of the recount passes to the next.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::{Counts, Recount};
use crate::Shard;
use crate::totals::{StoredTotals, Totals};

/// Number of segments of the table that are scanned in parallel.
pub(super) const SEGMENTS: i32 = 8;

/// Maximum size of the counts in JSON, in bytes. The state machine passes the progress between
/// states, where Step Functions allows 256 KiB. The progress contains the counts and, for each of
/// the [`SEGMENTS`], the key of the last scanned item. A key takes up to 12 KiB.
///
/// A shard takes some 30 bytes for each of a dozen content types, so 100 shards take less than half
/// of the maximum. Only content types that another program has written can make the counts larger.
const MAX_BYTES: usize = 96 * 1024;

/// The progress of a recount. Opaque to the state machine, which passes it on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Number of the current count, from 1; 0 before the first one.
    pub(super) round: u32,
    /// Result so far.
    #[serde(flatten)]
    pub(super) recount: Recount,
    /// The shards that are being counted.
    shards: BTreeMap<Shard, CountedShard>,
    /// The segments that have not been scanned completely.
    unscanned: Vec<Unscanned>,
}

/// One shard: its change counter before the count, and the totals of the images counted so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CountedShard {
    counter: Counter,
    count: Totals,
}

/// The change counter of a totals item, as text that can be compared; empty if the item has none.
/// All values that are not numbers share one text. That suffices, because a recording replaces such
/// a value by a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Counter(String);

/// The unscanned part of one segment of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unscanned {
    /// Index of the segment, from 0.
    pub(super) segment: i32,
    /// Key of the last item that has been scanned; `None` before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
}

impl Counter {
    pub(super) fn of(stored: &StoredTotals) -> Self {
        Self(match &stored.changes {
            None => String::new(),
            Some(AttributeValue::N(number)) => number.clone(),
            Some(_) => "not a number".to_owned(),
        })
    }
}

impl Progress {
    /// Starts the next count, for the shards in `counters`.
    pub(super) fn next_round(self, counters: Vec<(Shard, Counter)>) -> Self {
        let first = self.round == 0;
        let examined = if first { counters.len() as u64 } else { self.recount.examined };
        let with_count =
            |(shard, counter)| (shard, CountedShard { counter, count: Totals::default() });
        Self {
            round: self.round + 1,
            recount: Recount { examined, ..self.recount },
            shards: counters.into_iter().map(with_count).collect(),
            unscanned: (0..SEGMENTS).map(|segment| Unscanned { segment, after: None }).collect(),
        }
    }

    pub(super) fn take_unscanned(&mut self) -> Vec<Unscanned> {
        std::mem::take(&mut self.unscanned)
    }

    /// Adds the counts from the scan of one segment. `rest` is the segment's unscanned part, if
    /// any.
    pub(super) fn add(&mut self, counts: &Counts, rest: Option<Unscanned>) {
        for (shard, count) in counts {
            // Ignores shards that are not being counted any more. Also ignores shards that the
            // stack does not have: another program may have written an item that names one.
            if let Some(counted) = self.shards.get_mut(shard) {
                counted.count.merge(count);
            }
        }
        self.unscanned.extend(rest);
    }

    /// True if every segment has been scanned.
    pub(super) fn is_counted(&self) -> bool {
        self.unscanned.is_empty()
    }

    /// Gives up shards, those with the most content types first, until the counts take at most
    /// [`MAX_BYTES`]. The shards that are given up count as unsettled.
    pub(super) fn limit(&mut self) {
        while self.counts_bytes() > MAX_BYTES {
            let types = |shard: &CountedShard| shard.count.content_type_count();
            let Some(most) = self.shards.iter().max_by_key(|(_, it)| types(it)) else { return };
            let most = *most.0;
            self.shards.remove(&most);
            self.recount.unsettled += 1;
        }
    }

    fn counts_bytes(&self) -> usize {
        serde_json::to_string(&self.shards).map_or(usize::MAX, |text| text.len())
    }

    pub(super) fn take_counted(&mut self) -> Vec<(Shard, Counter, Totals)> {
        let shards = std::mem::take(&mut self.shards).into_iter();
        shards.map(|(shard, CountedShard { counter, count })| (shard, counter, count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totals::CountedImage;

    fn started(shards: u32) -> Progress {
        let counters = (0..shards).map(|it| (Shard::numbered(it), Counter("12345".into())));
        Progress::default().next_round(counters.collect())
    }

    fn counts(shard: u32, types: usize) -> Counts {
        let mut counts = Counts::new();
        for number in 0..types {
            let shard = Shard::numbered(shard);
            let content_type = format!("image/of-another-program-{number}");
            counts.entry(shard).or_default().add(&CountedImage { shard, content_type, size: 1 });
        }
        counts
    }

    #[test]
    fn progress_survives_json() {
        let mut progress = started(3);
        progress.take_unscanned();
        let rest = Unscanned { segment: 5, after: Some("uploads/\u{1}".into()) };
        progress.add(&counts(1, 2), Some(rest));
        let text = serde_json::to_string(&progress).unwrap();
        assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
    }

    #[test]
    fn progress_of_100_shards_and_the_longest_keys_fits_between_states() {
        let mut progress = started(100);
        for segment in progress.take_unscanned() {
            // DynamoDB accepts keys of up to 2,048 bytes. `\u{1}` takes six bytes in JSON.
            let after = Some("\u{1}".repeat(2048));
            progress.add(
                &counts(segment.segment.unsigned_abs(), 9),
                Some(Unscanned { after, ..segment }),
            );
        }
        progress.limit();
        let text = serde_json::to_string(&progress).unwrap();
        assert!(text.len() < 250_000, "{}", text.len());
        assert_eq!(progress.recount.unsettled, 0);
    }

    #[test]
    fn a_shard_with_thousands_of_content_types_is_given_up_and_no_other() {
        let mut progress = started(2);
        progress.add(&counts(0, 5_000), None);
        progress.add(&counts(1, 5), None);
        progress.limit();
        assert_eq!(progress.recount.unsettled, 1);
        let left: Vec<_> = progress.take_counted().into_iter().map(|(shard, ..)| shard).collect();
        assert_eq!(left, [Shard::numbered(1)]);
    }

    #[test]
    fn a_further_round_counts_only_the_shards_that_moved() {
        let moved = vec![(Shard::numbered(2), Counter("7".into()))];
        let mut second = started(3).next_round(moved);
        assert_eq!((second.round, second.recount.examined), (2, 3));
        second.add(&counts(0, 1), None);
        assert_eq!(second.take_counted().len(), 1);
    }
}
