//! Decides what to write, without access to the table.

use std::collections::BTreeMap;

use contract::{MEASURING, Observation, Sequencer};

use crate::item::{ImageRecord, Record, RecordState, Written};
use crate::outcome::Outcome;
use crate::previous::{Previous, Replaced};
use crate::totals::CountedImage;
use crate::{Shard, Shards};

/// Lifetime of a tombstone in seconds: seven days.
///
/// A tombstone has to outlive every execution that may still record an older observation of the
/// object. With retries, an execution takes minutes. The rest of the seven days is for people who
/// investigate failures and restart executions.
const TOMBSTONE_SECONDS: u64 = 7 * 24 * 3600;

/// Condition for recording an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The observation follows this event. It is recorded if this event is newer than every event
    /// recorded so far.
    After(Sequencer),
    /// The observation follows no event. It is recorded if the record still has this revision. The
    /// revision was read before the object's state was read from S3. `None` if the key had no item
    /// then, or an invalid item whose revision is missing or not a string.
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

/// One write: the record, the item that it replaces, and the changes to the totals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Write {
    pub(crate) record: Record,
    pub(crate) replaces: Replaced,
    pub(crate) totals: BTreeMap<Shard, TotalsChange>,
}

/// A write, or the outcome if there is nothing to write.
#[derive(Clone, Debug, PartialEq)]
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
    /// ARN of the execution that made the observation.
    pub(crate) execution: Option<&'a str>,
}

/// Decides what to write for an entry, given the current item. `now` is in seconds since 1970.
pub(crate) fn plan(
    entry: Entry<'_>,
    previous: Option<&Previous>,
    shards: Shards,
    now: u64,
) -> Plan {
    let Entry { key, order, observation, revision, execution } = entry;
    if is_stale(order, previous) {
        // An item with this entry's own revision was written by an earlier attempt whose response
        // was lost.
        let is_own = previous.is_some_and(|item| item.revision() == Some(revision));
        return Plan::Skip(if is_own { Outcome::Recorded } else { Outcome::Stale });
    }
    let state = match previous.and_then(Previous::state).and_then(|state| kept(state, observation))
    {
        Some(image) => RecordState::Image(image),
        None => state(observation, shards.of(key), now),
    };
    if matches!(order, Order::Unchanged(_)) && has_same_state(previous, &state) {
        return Plan::Skip(Outcome::Unchanged);
    }
    let totals = totals(previous.and_then(Previous::counted), &state);
    let record = Record {
        key: key.to_owned(),
        revision: revision.to_owned(),
        sequencer: sequencer(order, previous),
        written: execution
            .map(|execution| Written { execution: execution.to_owned(), recorded_at: now }),
        state,
    };
    let replaces = previous.map_or(Replaced::Nothing, Previous::replaced);
    Plan::Write(Box::new(Write { record, replaces, totals }))
}

fn is_stale(order: &Order, previous: Option<&Previous>) -> bool {
    match order {
        Order::After(sequencer) => {
            previous.and_then(Previous::sequencer).is_some_and(|it| it >= sequencer)
        }
        Order::Unchanged(revision) => previous.and_then(Previous::revision) != revision.as_deref(),
    }
}

/// Sequencer of the new record. An observation without an event keeps the recorded sequencer, so
/// that the next event is still newer than the record.
fn sequencer(order: &Order, previous: Option<&Previous>) -> Option<Sequencer> {
    match order {
        Order::After(sequencer) => Some(sequencer.clone()),
        Order::Unchanged(_) => previous.and_then(Previous::sequencer).cloned(),
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

/// Returns the recorded image if, according to the observation, the same object has become
/// unreadable. The recorded measurements are still right.
fn kept(recorded: &RecordState, observation: &Observation) -> Option<ImageRecord> {
    match (recorded, observation) {
        (RecordState::Image(image), Observation::Rejected { object: Some(object), rejection })
            if rejection.is_unreadable() && image.object.is_same(object) =>
        {
            Some(image.clone())
        }
        _ => None,
    }
}

fn has_same_state(previous: Option<&Previous>, state: &RecordState) -> bool {
    match (previous.map(Previous::state), state) {
        (None | Some(Some(RecordState::Absent { .. })), RecordState::Absent { .. }) => true,
        (previous, state) => previous == Some(Some(state)),
    }
}

/// Changes to the totals when `new` replaces `old`. Shards without a change are left out, so that
/// they cost nothing.
fn totals(old: Option<CountedImage>, new: &RecordState) -> BTreeMap<Shard, TotalsChange> {
    let mut totals = BTreeMap::new();
    if let Some(image) = old {
        count(&mut totals, image, -1);
    }
    if let Some(image) = CountedImage::of(new) {
        count(&mut totals, image, 1);
    }
    totals.retain(|_, change: &mut TotalsChange| {
        change.counts.retain(|_, images| *images != 0);
        *change != TotalsChange::default()
    });
    totals
}

/// Adds (1) or subtracts (-1) an image.
fn count(totals: &mut BTreeMap<Shard, TotalsChange>, image: CountedImage, images: i64) {
    let change = totals.entry(image.shard).or_default();
    *change.counts.entry(image.content_type).or_default() += images;
    change.bytes += i128::from(images) * i128::from(image.size);
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use test_table::observed;

    use super::*;

    const KEY: &str = "uploads/cat.jpg";

    fn shards() -> Shards {
        Shards::new(8).unwrap()
    }

    fn jpeg(size: u64) -> Observation {
        observed::image("image/jpeg", size)
    }

    fn after(digits: &str) -> Order {
        Order::After(Sequencer::parse(digits).unwrap())
    }

    fn entry<'a>(order: &'a Order, observation: &'a Observation, revision: &'a str) -> Entry<'a> {
        Entry { key: KEY, order, observation, revision, execution: None }
    }

    fn written(order: &Order, observation: &Observation, previous: Option<&Record>) -> Write {
        let revision = format!("after {:?}", previous.map(|record| &record.revision));
        let previous = previous.cloned().map(Previous::from);
        match plan(entry(order, observation, &revision), previous.as_ref(), shards(), 0) {
            Plan::Write(write) => *write,
            Plan::Skip(outcome) => panic!("skipped as {outcome:?}"),
        }
    }

    fn skipped(order: &Order, observation: &Observation, previous: Option<&Record>) -> Outcome {
        let previous = previous.cloned().map(Previous::from);
        match plan(entry(order, observation, "new"), previous.as_ref(), shards(), 0) {
            Plan::Write(write) => panic!("wrote {write:?}"),
            Plan::Skip(outcome) => outcome,
        }
    }

    #[test]
    fn an_overwrite_moves_the_count_to_the_new_content_type() {
        let first = written(&after("01"), &jpeg(10), None);
        let change = &first.totals[&shards().of(KEY)];
        assert_eq!(change.counts, BTreeMap::from([("image/jpeg".into(), 1)]));
        assert_eq!((change.bytes, &first.replaces), (10, &Replaced::Nothing));
        let write = written(&after("02"), &observed::image("image/png", 4), Some(&first.record));
        let change = &write.totals[&shards().of(KEY)];
        let expected = BTreeMap::from([("image/jpeg".into(), -1), ("image/png".into(), 1)]);
        assert_eq!((&change.counts, change.bytes), (&expected, -6));
        assert_eq!(write.replaces, Previous::from(first.record.clone()).replaced());
        let write = written(&after("02"), &jpeg(10), Some(&first.record));
        assert_eq!(write.totals, BTreeMap::new(), "the same type and size");
    }

    #[test]
    fn after_a_change_of_shards_the_old_shard_loses_what_the_new_one_gains() {
        let one = Shards::new(1).unwrap();
        let (order, gif) = (after("01"), observed::image("image/gif", 5));
        let Plan::Write(first) = plan(entry(&order, &gif, "first"), None, one, 0) else {
            panic!("nothing was planned")
        };
        let write = written(&after("02"), &observed::image("image/gif", 5), Some(&first.record));
        let counts: Vec<_> =
            write.totals.values().map(|change| change.counts["image/gif"]).collect();
        assert_eq!(counts, [-1, 1]);
    }

    #[test]
    fn an_older_or_equal_event_is_stale() {
        let recorded = written(&after("0A"), &jpeg(10), None).record;
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
            let record = written(&order, &jpeg(10), Some(&baseline)).record;
            let previous = Previous::from(record.clone());
            let again = |revision| {
                let observation = jpeg(10);
                plan(entry(&order, &observation, revision), Some(&previous), shards(), 0)
            };
            assert_eq!(again(&record.revision), Plan::Skip(Outcome::Recorded));
            assert_eq!(again("of another"), Plan::Skip(Outcome::Stale));
        }
    }

    #[test]
    fn a_late_creation_cannot_bring_back_a_deleted_object() {
        let tombstone = written(&after("0B"), &Observation::Absent, None).record;
        let outcome = skipped(&after("0A"), &jpeg(1), Some(&tombstone));
        assert_eq!(outcome, Outcome::Stale);
    }

    #[test]
    fn a_look_without_an_event_lands_only_on_the_revision_it_saw() {
        let recorded = written(&after("0A"), &jpeg(10), None).record;
        let seen = Order::Unchanged(Some(recorded.revision.clone()));
        let write = written(&seen, &jpeg(11), Some(&recorded));
        assert_eq!(write.record.sequencer, recorded.sequencer);
        assert_eq!(skipped(&seen, &jpeg(10), Some(&recorded)), Outcome::Unchanged);
        for other in [Order::Unchanged(None), Order::Unchanged(Some("older".into()))] {
            assert_eq!(skipped(&other, &Observation::Absent, Some(&recorded)), Outcome::Stale);
            assert_eq!(skipped(&other, &jpeg(11), Some(&recorded)), Outcome::Stale);
        }
        let nothing = skipped(&Order::Unchanged(None), &Observation::Absent, None);
        assert_eq!(nothing, Outcome::Unchanged);
    }

    fn unreadable(object: Option<contract::StoredObject>) -> Observation {
        Observation::Rejected { object, rejection: contract::Rejection::unreadable("archived") }
    }

    #[test]
    fn an_image_whose_object_becomes_unreadable_is_kept() {
        let recorded = written(&after("0A"), &jpeg(10), None).record;
        let archived = unreadable(Some(observed::object(10)));
        let seen = Order::Unchanged(Some(recorded.revision.clone()));
        assert_eq!(skipped(&seen, &archived, Some(&recorded)), Outcome::Unchanged);
        // A newer event advances the record's sequencer, although the recorded image stays.
        let write = written(&after("0B"), &archived, Some(&recorded));
        assert_eq!((write.record.state, write.totals), (recorded.state, BTreeMap::new()));
        assert_eq!(write.record.sequencer, Some(Sequencer::parse("0B").unwrap()));
    }

    #[test]
    fn an_unreadable_object_replaces_the_image_of_another() {
        let recorded = written(&after("0A"), &jpeg(10), None).record;
        let (mut rewritten, mut resized) = (observed::object(10), observed::object(11));
        rewritten.last_modified = Some("2024-05-02T12:00:00Z".into());
        resized.etag = "another".into();
        for object in [Some(rewritten), Some(resized), None] {
            let write = written(&after("0B"), &unreadable(object.clone()), Some(&recorded));
            let rejection = contract::Rejection::unreadable("archived");
            let measuring = Some(MEASURING);
            let state = RecordState::Rejected { object, rejection, measuring };
            assert_eq!(write.record.state, state);
            assert_eq!(write.totals[&shards().of(KEY)].bytes, -10);
        }
    }

    #[test]
    fn a_record_names_the_execution_that_wrote_it() {
        let (order, image) = (after("01"), jpeg(10));
        let entry = Entry { execution: Some("arn:one"), ..entry(&order, &image, "r") };
        let Plan::Write(write) = plan(entry, None, shards(), 7) else { panic!("nothing planned") };
        let written = Written { execution: "arn:one".into(), recorded_at: 7 };
        assert_eq!(write.record.written, Some(written));
    }

    #[test]
    fn an_event_after_a_look_without_one_lands() {
        let looked = written(&Order::Unchanged(None), &jpeg(10), None).record;
        assert_eq!(looked.sequencer, None);
        written(&after("01"), &Observation::Absent, Some(&looked));
    }

    /// An item that has only these attributes, and is therefore not a valid record.
    fn invalid(attributes: &[(&str, AttributeValue)]) -> Previous {
        let all = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Previous::read(all.collect())
    }

    #[test]
    fn an_invalid_item_is_replaced_by_any_observation() {
        let nothing = invalid(&[("status", AttributeValue::S("nonsense".into()))]);
        for (order, observation) in [
            (after("01"), observed::image("image/png", 4)),
            (Order::Unchanged(None), observed::image("image/png", 4)),
            (Order::Unchanged(None), Observation::Absent),
        ] {
            let entry = entry(&order, &observation, "new");
            let Plan::Write(write) = plan(entry, Some(&nothing), shards(), 0) else {
                panic!("{order:?} {observation:?} was skipped")
            };
            assert_eq!(write.replaces, Replaced::WithoutRevision);
        }
    }

    #[test]
    fn an_invalid_item_keeps_its_order_and_gives_back_what_it_was_counted_as() {
        let item = invalid(&[
            ("revision", AttributeValue::S("r1".into())),
            ("sequencer", AttributeValue::S("0A".into())),
            ("shard", AttributeValue::N("3".into())),
            ("size", AttributeValue::N("70".into())),
            ("contentType", AttributeValue::S("image/gif".into())),
        ]);
        let (late, observation) = (after("09"), observed::image("image/png", 4));
        let stale = plan(entry(&late, &observation, "new"), Some(&item), shards(), 0);
        assert_eq!(stale, Plan::Skip(Outcome::Stale));
        let seen = Order::Unchanged(Some("r1".into()));
        let planned = plan(entry(&seen, &Observation::Absent, "new"), Some(&item), shards(), 0);
        let Plan::Write(write) = planned else { panic!("skipped") };
        assert_eq!(write.record.sequencer, Some(Sequencer::parse("0A").unwrap()));
        let change = &write.totals[&Shard::numbered(3)];
        assert_eq!((change.counts["image/gif"], change.bytes), (-1, -70));
    }
}
