//! The reference model: the expected catalog, in the simplest form.

use std::collections::BTreeMap;

use catalog::{Outcome, Record, RecordState};
use contract::Observation;
use test_table::observed;
use test_table::snapshot::{Counts, Snapshot};

use super::world::Execution;
use crate::sequencer;

/// The condition for recording the observation of an [`Execution`].
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// The execution's event, which has this position in the order of events, is later than all
    /// recorded events of the key.
    After(u64),
    /// The key's record has not been written since the execution observed the object. The number is
    /// how often it had been written by then.
    Written(u64),
}

/// The expected record of one key.
#[derive(Clone, Debug)]
struct Entry {
    /// The revision of the execution that wrote the record.
    revision: String,
    /// The position of the latest event that was recorded, if any.
    position: Option<u64>,
    observation: Observation,
    shard: u64,
    /// True if someone has edited the record and made it invalid. The totals and the index
    /// `by-size` still include its image.
    edited: bool,
}

/// The expected catalog.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) shards: u32,
    entries: BTreeMap<String, Entry>,
    /// Number of writes of each key's record.
    written: BTreeMap<String, u64>,
    /// By key of a totals item: the amounts that another program has added to the item's sums.
    spoiled: BTreeMap<String, Counts>,
}

impl Model {
    pub(crate) fn new(shards: u32) -> Self {
        Self { shards, ..Self::default() }
    }

    /// Number of times that the record of a key was written.
    pub(crate) fn written(&self, key: &str) -> u64 {
        self.written.get(key).copied().unwrap_or_default()
    }

    /// Notes that the record of a key was edited. Returns false if there is no record.
    pub(crate) fn edit(&mut self, key: &str) -> bool {
        self.entries.get_mut(key).map(|entry| entry.edited = true).is_some()
    }

    /// True if the record of a key has been edited since it was written.
    pub(crate) fn is_edited(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|entry| entry.edited)
    }

    /// True if this execution has written the current record of its key.
    pub(crate) fn is_recorded(&self, execution: &Execution) -> bool {
        self.entries.get(execution.key).is_some_and(|entry| entry.revision == execution.revision)
    }

    /// Notes that another program added `by` to a sum of a totals item, so that the sum is wrong.
    pub(crate) fn spoil(&mut self, item: String, sum: &str, by: i128) {
        *self.spoiled.entry(item).or_default().entry(sum.to_owned()).or_default() += by;
        // Two additions can cancel each other, so that the sum is right again.
        self.spoiled = without_zeros(std::mem::take(&mut self.spoiled));
    }

    /// Forgets the spoiled totals items that are right in `table`: a recount has repaired them.
    pub(crate) fn repaired(&mut self, table: &Snapshot) {
        let right = self.sums();
        self.spoiled.retain(|item, _| table.totals.get(item) != right.get(item));
    }

    /// True if some totals are wrong.
    pub(crate) fn is_spoiled(&self) -> bool {
        !self.spoiled.is_empty()
    }

    /// Records an execution's observation in the model, and returns the expected outcome.
    pub(crate) fn record(&mut self, execution: &Execution) -> Outcome {
        let Execution { revision, key, when, observation, .. } = execution;
        let previous = self.entries.get(*key);
        if previous.is_some_and(|entry| entry.revision == *revision) {
            return Outcome::Recorded;
        }
        let shard = xxhash_rust::xxh64::xxh64(key.as_bytes(), 0) % u64::from(self.shards);
        // If a recorded image's object has not changed but has become unreadable, the new entry
        // keeps the observation and the shard of the previous entry.
        let (observation, shard) = match previous.filter(|entry| entry.is_of(observation)) {
            Some(entry) => (&entry.observation, entry.shard),
            None => (observation, shard),
        };
        let position = previous.and_then(|entry| entry.position);
        let position = match when {
            When::After(event) if position >= Some(*event) => return Outcome::Stale,
            When::After(event) => Some(*event),
            When::Written(times) if self.written(key) != *times => return Outcome::Stale,
            When::Written(_) => {
                let known = previous.map_or(&Observation::Absent, |entry| &entry.observation);
                // An image moves to its key's current shard even if its observation is unchanged.
                let moves = previous.is_some_and(|it| it.is_image() && it.shard != shard);
                let edited = previous.is_some_and(|entry| entry.edited);
                if known == observation && !moves && !edited {
                    return Outcome::Unchanged;
                }
                position
            }
        };
        let revision = revision.clone();
        let observation = observation.clone();
        let entry = Entry { revision, position, observation, shard, edited: false };
        self.entries.insert((*key).to_owned(), entry);
        *self.written.entry((*key).to_owned()).or_default() += 1;
        Outcome::Recorded
    }

    /// The observation that a key's record contains; `None` if there is no record, or if the record
    /// is a tombstone.
    pub(crate) fn observed(&self, key: &str) -> Option<&Observation> {
        let observation = self.entries.get(key).map(|entry| &entry.observation);
        observation.filter(|it| !matches!(it, Observation::Absent))
    }

    /// Compares the table, its index `by-size` and its totals with the model.
    pub(crate) fn check(&self, table: &Snapshot) -> Result<(), String> {
        let same = |what: &str, actual: String, expected: String| {
            if actual == expected {
                Ok(())
            } else {
                Err(format!("{what} {actual}, should be {expected}"))
            }
        };
        let of =
            |edited: bool| self.entries.iter().filter(move |(_, entry)| entry.edited == edited);
        let keys: Vec<_> = table.records.keys().collect();
        let expected: Vec<_> = of(false).map(|(key, _)| key).collect();
        same("keys are", format!("{keys:?}"), format!("{expected:?}"))?;
        let edited: BTreeMap<_, _> = of(true).map(|(key, entry)| (key, &entry.revision)).collect();
        same("invalid records are", format!("{:?}", table.invalid), format!("{edited:?}"))?;
        for (key, entry) in of(false) {
            entry.check(&table.records[key]).map_err(|error| format!("{key}: {error}"))?;
        }
        same("totals are", format!("{:?}", table.totals), format!("{:?}", self.totals()))?;
        let by_size = self.images().map(|(key, entry, size)| (entry.shard, size, key.to_owned()));
        let by_size: std::collections::BTreeSet<_> = by_size.collect();
        same("the index is", format!("{:?}", table.by_size), format!("{by_size:?}"))
    }

    /// The expected totals: the sums over the images, plus the amounts in `spoiled`.
    fn totals(&self) -> BTreeMap<String, Counts> {
        let mut totals = self.sums();
        for (item, added) in &self.spoiled {
            let counts = totals.entry(item.clone()).or_default();
            for (sum, by) in added {
                *counts.entry(sum.clone()).or_default() += by;
            }
        }
        without_zeros(totals)
    }

    /// The sums over the images of each shard, by the key of the shard's totals item.
    fn sums(&self) -> BTreeMap<String, Counts> {
        let mut totals = BTreeMap::<String, Counts>::new();
        for (_, entry, size) in self.images() {
            let Observation::Image { image, .. } = &entry.observation else { continue };
            let counts = totals.entry(format!("#totals/{}", entry.shard)).or_default();
            *counts.entry(image.content_type.clone()).or_default() += 1;
            *counts.entry("totalBytes".into()).or_default() += i128::from(size);
        }
        without_zeros(totals)
    }

    /// The images' sizes in bytes, by key.
    pub(crate) fn sizes(&self) -> BTreeMap<String, u64> {
        self.images().map(|(key, _, size)| (key.to_owned(), size)).collect()
    }

    fn images(&self) -> impl Iterator<Item = (&str, &Entry, u64)> {
        self.entries.iter().filter_map(|(key, entry)| match &entry.observation {
            Observation::Image { object, .. } => Some((key.as_str(), entry, object.size)),
            Observation::Rejected { .. } | Observation::Absent => None,
        })
    }
}

/// Totals without the sums that are zero. A snapshot leaves them out, too.
fn without_zeros(mut totals: BTreeMap<String, Counts>) -> BTreeMap<String, Counts> {
    for counts in totals.values_mut() {
        counts.retain(|_, count| *count != 0);
    }
    totals.retain(|_, counts| !counts.is_empty());
    totals
}

impl Entry {
    fn is_image(&self) -> bool {
        matches!(self.observation, Observation::Image { .. })
    }

    /// True if this entry is a valid record of an image, and `observation` finds the image's object
    /// unchanged but unreadable.
    fn is_of(&self, observation: &Observation) -> bool {
        let Observation::Rejected { object: Some(seen), rejection } = observation else {
            return false;
        };
        matches!(&self.observation, Observation::Image { object, .. } if object == seen)
            && !self.edited
            && rejection.reason == "UnreadableObject"
    }

    fn check(&self, record: &Record) -> Result<(), String> {
        if record.revision != self.revision {
            return Err(format!("revision {}, should be {}", record.revision, self.revision));
        }
        let position = self.position.map(sequencer);
        if record.sequencer != position {
            return Err(format!("sequencer {:?}, should be {position:?}", record.sequencer));
        }
        let is_in_shard = match &record.state {
            RecordState::Image(image) => image.shard.to_string() == self.shard.to_string(),
            RecordState::Rejected { .. } | RecordState::Absent { .. } => true,
        };
        let same = is_in_shard && observed::is_state_of(&record.state, &self.observation);
        if same { Ok(()) } else { Err(format!("{record:?}, should be {self:?}")) }
    }
}
