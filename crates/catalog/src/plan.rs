//! Decides what to write, without access to the table.

use std::collections::BTreeMap;

use contract::{MEASURING, Observation, Sequencer};

use crate::item::{ImageRecord, Record, RecordState};
use crate::outcome::Outcome;
use crate::{Shard, Shards};

/// Lifetime of a tombstone in seconds: seven days.
///
/// It has to outlive every execution that may still hold an older observation of the object. With
/// retries, that is minutes; the rest of the time is for people who investigate.
const TOMBSTONE_SECONDS: u64 = 7 * 24 * 3600;

/// Condition for recording an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The observation follows this event. It lands unless an event at least as new has been
    /// recorded.
    After(Sequencer),
    /// The observation follows no event. It lands if the record still has this revision, which was
    /// read before S3 was; `None` if there was no record.
    Unchanged(Option<String>),
}

/// Change to the totals of one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TotalsChange {
    /// Images added per content type; negative for removals, never zero.
    pub(crate) counts: BTreeMap<String, i64>,
    /// Bytes added; negative for removals.
    pub(crate) bytes: i128,
}

/// One write: the record, the revision it replaces, and the totals that change with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) record: Record,
    pub(crate) replaces: Option<String>,
    pub(crate) totals: BTreeMap<Shard, TotalsChange>,
}

/// A write, or the outcome if there is nothing to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Write(Box<Write>),
    Skip(Outcome),
}

/// An observation to record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a str,
    pub(crate) order: &'a Order,
    pub(crate) observation: &'a Observation,
    /// Revision for the new record.
    pub(crate) revision: &'a str,
}

/// Decides what to write for an entry, given the current record.
pub(crate) fn plan(entry: Entry<'_>, previous: Option<&Record>, shards: Shards, now: u64) -> Plan {
    let Entry { key, order, observation, revision } = entry;
    if is_stale(order, previous) {
        // With this entry's own revision, an earlier attempt wrote it and its response was lost.
        let is_own = previous.is_some_and(|record| record.revision == revision);
        return Plan::Skip(if is_own { Outcome::Recorded } else { Outcome::Stale });
    }
    let state = state(observation, shards.of(key), now);
    if matches!(order, Order::Unchanged(_)) && has_same_state(previous, &state) {
        return Plan::Skip(Outcome::Unchanged);
    }
    let totals = totals(previous.map(|record| &record.state), &state);
    let record = Record {
        key: key.to_owned(),
        revision: revision.to_owned(),
        sequencer: sequencer(order, previous),
        state,
    };
    let replaces = previous.map(|record| record.revision.clone());
    Plan::Write(Box::new(Write { record, replaces, totals }))
}

fn is_stale(order: &Order, previous: Option<&Record>) -> bool {
    match order {
        Order::After(sequencer) => {
            previous.and_then(|record| record.sequencer.as_ref()).is_some_and(|it| it >= sequencer)
        }
        Order::Unchanged(revision) => previous.map(|record| &record.revision) != revision.as_ref(),
    }
}

/// Sequencer of the new record. An observation without an event keeps the recorded one, so that the
/// next event still lands.
fn sequencer(order: &Order, previous: Option<&Record>) -> Option<Sequencer> {
    match order {
        Order::After(sequencer) => Some(sequencer.clone()),
        Order::Unchanged(_) => previous.and_then(|record| record.sequencer.clone()),
    }
}

fn state(observation: &Observation, shard: Shard, now: u64) -> RecordState {
    match observation.clone() {
        Observation::Image { object, image } => {
            RecordState::Image(ImageRecord { object, image, shard })
        }
        Observation::Rejected { object, rejection } => {
            RecordState::Rejected { object, rejection, measuring: Some(MEASURING) }
        }
        Observation::Absent => RecordState::Absent { expires_at: now + TOMBSTONE_SECONDS },
    }
}

fn has_same_state(previous: Option<&Record>, state: &RecordState) -> bool {
    match (previous.map(|record| &record.state), state) {
        (None | Some(RecordState::Absent { .. }), RecordState::Absent { .. }) => true,
        (previous, state) => previous == Some(state),
    }
}

/// Changes to the totals when `new` replaces `old`. Shards without a change are left out, so that
/// they cost nothing.
fn totals(old: Option<&RecordState>, new: &RecordState) -> BTreeMap<Shard, TotalsChange> {
    let mut totals = BTreeMap::new();
    if let Some(RecordState::Image(image)) = old {
        count(&mut totals, image, -1);
    }
    if let RecordState::Image(image) = new {
        count(&mut totals, image, 1);
    }
    totals.retain(|_, change: &mut TotalsChange| {
        change.counts.retain(|_, images| *images != 0);
        *change != TotalsChange::default()
    });
    totals
}

/// Adds (1) or subtracts (-1) an image.
fn count(totals: &mut BTreeMap<Shard, TotalsChange>, record: &ImageRecord, images: i64) {
    let change = totals.entry(record.shard).or_default();
    *change.counts.entry(record.image.content_type.clone()).or_default() += images;
    change.bytes += i128::from(images) * i128::from(record.object.size);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::samples;

    const KEY: &str = "uploads/cat.jpg";

    fn shards() -> Shards {
        Shards::new(8).unwrap()
    }

    fn image(content_type: &str, size: u64) -> Observation {
        Observation::Image { object: samples::object(size), image: samples::image(content_type) }
    }

    fn after(digits: &str) -> Order {
        Order::After(Sequencer::parse(digits).unwrap())
    }

    fn entry<'a>(order: &'a Order, observation: &'a Observation, revision: &'a str) -> Entry<'a> {
        Entry { key: KEY, order, observation, revision }
    }

    fn written(order: &Order, observation: &Observation, previous: Option<&Record>) -> Write {
        let revision = format!("after {:?}", previous.map(|record| &record.revision));
        match plan(entry(order, observation, &revision), previous, shards(), 0) {
            Plan::Write(write) => *write,
            Plan::Skip(outcome) => panic!("skipped as {outcome:?}"),
        }
    }

    fn skipped(order: &Order, observation: &Observation, previous: Option<&Record>) -> Outcome {
        match plan(entry(order, observation, "new"), previous, shards(), 0) {
            Plan::Write(write) => panic!("wrote {write:?}"),
            Plan::Skip(outcome) => outcome,
        }
    }

    #[test]
    fn a_first_image_is_counted() {
        let write = written(&after("01"), &image("image/jpeg", 10), None);
        let change = &write.totals[&shards().of(KEY)];
        assert_eq!(change.counts, BTreeMap::from([("image/jpeg".into(), 1)]));
        assert_eq!(change.bytes, 10);
        assert_eq!(write.replaces, None);
    }

    #[test]
    fn an_overwrite_moves_the_count_to_the_new_content_type() {
        let first = written(&after("01"), &image("image/jpeg", 10), None).record;
        let write = written(&after("02"), &image("image/png", 4), Some(&first));
        let change = &write.totals[&shards().of(KEY)];
        let expected = BTreeMap::from([("image/jpeg".into(), -1), ("image/png".into(), 1)]);
        assert_eq!(change.counts, expected);
        assert_eq!(change.bytes, -6);
        assert_eq!(write.replaces, Some(first.revision));
    }

    #[test]
    fn an_overwrite_of_the_same_type_and_size_leaves_the_totals_alone() {
        let first = written(&after("01"), &image("image/jpeg", 10), None).record;
        let write = written(&after("02"), &image("image/jpeg", 10), Some(&first));
        assert_eq!(write.totals, BTreeMap::new());
    }

    #[test]
    fn after_a_change_of_shards_the_old_shard_loses_what_the_new_one_gains() {
        let one = Shards::new(1).unwrap();
        let (order, gif) = (after("01"), image("image/gif", 5));
        let Plan::Write(first) = plan(entry(&order, &gif, "first"), None, one, 0) else {
            panic!("nothing was planned")
        };
        let write = written(&after("02"), &image("image/gif", 5), Some(&first.record));
        let counts: Vec<_> =
            write.totals.values().map(|change| change.counts["image/gif"]).collect();
        assert_eq!(counts, [-1, 1]);
    }

    #[test]
    fn an_older_or_equal_event_is_stale() {
        let recorded = written(&after("0A"), &image("image/jpeg", 10), None).record;
        for digits in ["0A", "0A00", "09", "05FF"] {
            assert_eq!(
                skipped(&after(digits), &Observation::Absent, Some(&recorded)),
                Outcome::Stale
            );
        }
    }

    #[test]
    fn what_an_earlier_try_has_written_is_recorded() {
        let baseline = written(&after("01"), &Observation::Absent, None).record;
        let seen = Order::Unchanged(Some(baseline.revision.clone()));
        for order in [after("0A"), seen] {
            let record = written(&order, &image("image/jpeg", 10), Some(&baseline)).record;
            let again = |revision| {
                let observation = image("image/jpeg", 10);
                plan(entry(&order, &observation, revision), Some(&record), shards(), 0)
            };
            assert_eq!(again(&record.revision), Plan::Skip(Outcome::Recorded));
            assert_eq!(again("of another"), Plan::Skip(Outcome::Stale));
        }
    }

    #[test]
    fn a_late_creation_cannot_bring_back_a_deleted_object() {
        let tombstone = written(&after("0B"), &Observation::Absent, None).record;
        let outcome = skipped(&after("0A"), &image("image/jpeg", 1), Some(&tombstone));
        assert_eq!(outcome, Outcome::Stale);
    }

    #[test]
    fn a_look_without_an_event_lands_only_on_the_revision_it_saw() {
        let recorded = written(&after("0A"), &image("image/jpeg", 10), None).record;
        let seen = Order::Unchanged(Some(recorded.revision.clone()));
        let write = written(&seen, &image("image/jpeg", 11), Some(&recorded));
        assert_eq!(write.record.sequencer, recorded.sequencer);
        for other in [Order::Unchanged(None), Order::Unchanged(Some("older".into()))] {
            assert_eq!(skipped(&other, &Observation::Absent, Some(&recorded)), Outcome::Stale);
        }
    }

    #[test]
    fn a_look_without_an_event_writes_nothing_that_is_recorded_already() {
        let recorded = written(&after("0A"), &image("image/jpeg", 10), None).record;
        let seen = Order::Unchanged(Some(recorded.revision.clone()));
        let outcome = skipped(&seen, &image("image/jpeg", 10), Some(&recorded));
        assert_eq!(outcome, Outcome::Unchanged);
        let nothing = skipped(&Order::Unchanged(None), &Observation::Absent, None);
        assert_eq!(nothing, Outcome::Unchanged);
    }

    #[test]
    fn an_event_after_a_look_without_one_lands() {
        let looked = written(&Order::Unchanged(None), &image("image/jpeg", 10), None).record;
        assert_eq!(looked.sequencer, None);
        written(&after("01"), &Observation::Absent, Some(&looked));
    }
}
