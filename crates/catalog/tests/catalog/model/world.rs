//! The state that the steps of `model.rs` change: a bucket, its events, executions, and the
//! catalog, both the real one and the model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog::{Catalog, CatalogError, Order, Outcome, Progress, RecountPart};
use contract::{Observation, Rejection, StoredObject};
use serde_json::json;
use test_table::{TestTable, observed};

use super::operation::{Content, Operation};
use super::reference::{Model, When};
use super::trouble::{Trouble, Troubled};
use super::walk::{SORTS, Walk};
use crate::after;

/// Few keys, so that the object under each key changes often.
const KEYS: [&str; 5] =
    ["photos/2026/a.jpg", "photos/2026/b/c.png", "photos/2026/é d.gif", "uploads/e", "uploads/f"];

/// The initial and the maximum number of shards. Initially, there are more keys than shards, so
/// some keys share a shard.
const SHARDS: std::ops::RangeInclusive<u32> = 2..=6;

/// An S3 event that is queued or has been delivered.
#[derive(Clone, Debug)]
struct Event {
    key: &'static str,
    position: u64,
}

/// An execution that has observed an object, with the observation and the condition for recording
/// it.
#[derive(Clone, Debug)]
pub(super) struct Execution {
    pub(super) revision: String,
    pub(super) key: &'static str,
    order: Order,
    pub(super) when: When,
    pub(super) observation: Observation,
}

impl Execution {
    /// Records the observation.
    pub(super) async fn record(&self, catalog: &Catalog) -> Result<Outcome, CatalogError> {
        let Self { revision, key, order, observation, .. } = self;
        let recorded = catalog.record_once(revision, None, key, order, observation).await?;
        Ok(recorded.outcome)
    }
}

/// A recount that has not run all its parts yet.
#[derive(Debug)]
struct RunningRecount {
    progress: Option<Progress>,
    /// True if, since the recount began, no execution wrote a record, no totals were spoiled, and
    /// the number of shards was not raised.
    is_alone: bool,
}

/// The whole state of a case.
pub(crate) struct World {
    table: TestTable,
    catalog: Catalog,
    model: Model,
    /// The observation of each key's object. A locked object is observed as unreadable instead.
    bucket: BTreeMap<&'static str, Observation>,
    /// Keys of locked objects: S3 describes the objects, but does not send them.
    locked: BTreeSet<&'static str>,
    position: u64,
    queued: Vec<Event>,
    delivered: Vec<Event>,
    /// Executions that have not recorded their observations yet.
    running: Vec<Execution>,
    /// Executions that have recorded their observations.
    finished: Vec<Execution>,
    recount: Option<RunningRecount>,
    walks: [Option<Walk>; 3],
}

impl World {
    /// An empty bucket and an empty catalog.
    pub(crate) fn new() -> Self {
        let table = TestTable::create();
        let shards = *SHARDS.start();
        Self {
            catalog: table.catalog(shards),
            table,
            model: Model::new(shards),
            bucket: BTreeMap::new(),
            locked: BTreeSet::new(),
            position: 0,
            queued: Vec::new(),
            delivered: Vec::new(),
            running: Vec::new(),
            finished: Vec::new(),
            recount: None,
            walks: [None, None, None],
        }
    }

    /// Takes one step.
    pub(crate) async fn apply(&mut self, operation: Operation) -> Result<(), String> {
        match operation {
            Operation::Put { key, content } => self.put(chosen(key), content),
            Operation::Delete { key } => self.delete(chosen(key)),
            Operation::Lock { key } => {
                self.locked.insert(chosen(key));
            }
            Operation::Unlock { key } => {
                self.locked.remove(chosen(key));
            }
            Operation::Deliver { event } => {
                if self.start(event) {
                    self.record(self.running.len() - 1, Trouble::None).await?;
                }
            }
            Operation::RecordAgain { execution, trouble } => {
                if let Some(index) = index(execution, self.finished.len()) {
                    self.record_once(&self.finished[index].clone(), trouble).await?;
                }
            }
            Operation::Start { event } => {
                self.start(event);
            }
            Operation::StartByHand { key } => self.start_by_hand(chosen(key)),
            Operation::Record { execution, trouble } => {
                if let Some(index) = index(execution, self.running.len()) {
                    self.record(index, trouble).await?;
                }
            }
            Operation::Duplicate { event } => {
                if let Some(index) = index(event, self.delivered.len()) {
                    self.queued.push(self.delivered[index].clone());
                }
            }
            Operation::Edit { key } => self.edit(chosen(key)),
            Operation::Spoil { shard, bytes, by } => self.spoil(shard, bytes, by),
            Operation::Recount { trouble } => self.recount(trouble).await?,
            Operation::Page { listing, limit } => self.page(listing, limit).await?,
            Operation::RaiseShards => self.raise_shards(),
        }
        Ok(())
    }

    /// Delivers all queued events and records all observations. Then, like a reconciliation,
    /// observes an object again if its record is invalid or says that the object cannot be read.
    /// Checks that the catalog equals the bucket, and finishes the recount and the listings.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        while !self.running.is_empty() {
            self.record(0, Trouble::None).await?;
        }
        while self.start(u8::MAX) {
            self.record(0, Trouble::None).await?;
        }
        for key in KEYS {
            if self.model.observed(key).is_some_and(is_unreadable) || self.model.is_edited(key) {
                self.start_by_hand(key);
                self.record(0, Trouble::None).await?;
            }
        }
        self.check()?;
        for key in KEYS {
            let (recorded, stored) = (self.model.observed(key), self.bucket.get(key));
            // A locked object may be recorded as unreadable, or as it was before it was locked.
            let locked = self.locked.contains(key) && stored.is_some();
            let unreadable = self.in_bucket(key);
            if recorded != stored && !(locked && recorded == Some(&unreadable)) {
                return Err(format!("at rest {key} is {recorded:?}, but S3 holds {stored:?}"));
            }
        }
        while self.recount.is_some() {
            self.recount(Trouble::None).await?;
        }
        while self.model.is_spoiled() || self.recount.is_some() {
            self.recount(Trouble::None).await?;
        }
        for walk in 0..3 {
            while self.walks[usize::from(walk)].is_some() {
                self.page(walk, 2).await?;
            }
        }
        self.check_overview().await
    }

    /// Compares the table, its index `by-size` and its totals with the model.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.model.check(&self.table.snapshot())
    }

    /// Compares the overview with the model.
    async fn check_overview(&self) -> Result<(), String> {
        let (overview, _) = self.catalog.overview().await.map_err(|error| error.to_string())?;
        let sizes = self.model.sizes();
        let size_of = |key: Option<&String>| key.map(|key| sizes.get(key).copied());
        let extremes = (size_of(overview.smallest.as_ref()), size_of(overview.largest.as_ref()));
        let expected = (sizes.values().min().copied(), sizes.values().max().copied());
        let expected = (expected.0.map(Some), expected.1.map(Some));
        let figures = (overview.total_images, overview.total_bytes);
        let counted = (sizes.len() as u64, sizes.values().map(|size| u128::from(*size)).sum());
        if (extremes, figures) == (expected, counted) {
            return Ok(());
        }
        Err(format!("the overview is {overview:?}, but the images are {sizes:?}"))
    }

    fn put(&mut self, key: &'static str, content: Content) {
        self.locked.remove(key);
        self.queue(key);
        let mut observation = observe(content);
        if let Some(object) = object_of(&mut observation) {
            // Each object has a version ID of its own, so that two objects with the same content
            // differ.
            object.version_id = Some(self.position.to_string());
        }
        self.bucket.insert(key, observation);
    }

    fn delete(&mut self, key: &'static str) {
        self.locked.remove(key);
        self.bucket.remove(key);
        self.queue(key);
    }

    fn queue(&mut self, key: &'static str) {
        self.position += 1;
        self.queued.push(Event { key, position: self.position });
    }

    /// Delivers a queued event, which starts an execution that observes the object. Returns false
    /// if the queue is empty.
    fn start(&mut self, event: u8) -> bool {
        let Some(index) = index(event, self.queued.len()) else { return false };
        let event = self.queued.remove(index);
        self.running.push(Execution {
            revision: fastrand::u64(..).to_string(),
            key: event.key,
            order: after(event.position),
            when: When::After(event.position),
            observation: self.in_bucket(event.key),
        });
        self.delivered.push(event);
        true
    }

    /// If a key has a record, makes the record invalid, as someone's edit might.
    fn edit(&mut self, key: &'static str) {
        if self.model.edit(key) {
            self.table.set(key, "status", &json!({"S": "nonsense"}));
        }
    }

    /// The revision of a key's item, as the state machine's state `ReadRecord` reads it.
    fn revision(&self, key: &str) -> Option<String> {
        self.table.item(key)["revision"]["S"].as_str().map(str::to_owned)
    }

    fn start_by_hand(&mut self, key: &'static str) {
        let order = Order::Unchanged(self.revision(key));
        self.running.push(Execution {
            revision: fastrand::u64(..).to_string(),
            key,
            order,
            when: When::Written(self.model.written(key)),
            observation: self.in_bucket(key),
        });
    }

    async fn record(&mut self, index: usize, trouble: Trouble) -> Result<(), String> {
        let execution = self.running.remove(index);
        if self.record_once(&execution, trouble).await? {
            self.finished.push(execution);
        } else {
            // A later step repeats the failed recording with the same revision, as the state
            // machine does.
            self.running.push(execution);
        }
        Ok(())
    }

    /// Records an execution's observation in the catalog and in the model. Returns false if the
    /// catalog's recording failed.
    async fn record_once(
        &mut self,
        execution: &Execution,
        trouble: Trouble,
    ) -> Result<bool, String> {
        let rival = self.rival(trouble);
        let troubled = Troubled::new(&self.table, self.model.shards, trouble, rival.clone());
        let call = execution.record(&troubled.catalog);
        let result = self.table.unless_killed(call).await;
        self.after_rival(rival, &troubled)?;
        let outcome = match result {
            Some(Ok(outcome)) => outcome,
            failure => {
                let error = failure.and_then(Result::err);
                troubled.check_failure(error.as_ref())?;
                let landed = self.revision(execution.key).as_ref() == Some(&execution.revision);
                if !landed || self.model.is_recorded(execution) {
                    return Ok(false);
                }
                self.expect(execution, Outcome::Recorded)?;
                return Ok(false);
            }
        };
        self.expect(execution, outcome).map(|()| true)
    }

    /// Records the execution's observation in the model, and compares the model's outcome with
    /// `outcome`.
    fn expect(&mut self, execution: &Execution, outcome: Outcome) -> Result<(), String> {
        let written = self.model.written(execution.key);
        let expected = self.model.record(execution);
        if self.model.written(execution.key) > written {
            self.walks.iter_mut().flatten().for_each(|walk| walk.wrote(execution.key));
            self.disturb_recount();
        }
        if outcome == expected {
            return Ok(());
        }
        let Execution { key, when, observation, .. } = execution;
        Err(format!("{key}: {outcome:?}, should be {expected:?}: {observation:?} {when:?}"))
    }

    /// If the trouble is a rival, takes the rival's execution out of `running`.
    fn rival(&mut self, trouble: Trouble) -> Option<Execution> {
        let Trouble::Rival { execution, .. } = trouble else { return None };
        index(execution, self.running.len()).map(|index| self.running.remove(index))
    }

    /// If the rival has recorded its observation, compares the rival's outcome with the model's.
    /// Otherwise, puts the rival's execution back into `running`.
    fn after_rival(&mut self, rival: Option<Execution>, troubled: &Troubled) -> Result<(), String> {
        let Some(execution) = rival else { return Ok(()) };
        let outcome = troubled.rival.lock().unwrap().take();
        match outcome {
            None => self.running.push(execution),
            Some(outcome) => {
                let outcome = outcome.map_err(|error| format!("rival: {error}"))?;
                self.expect(&execution, outcome)?;
                self.finished.push(execution);
            }
        }
        Ok(())
    }

    fn spoil(&mut self, shard: u8, bytes: bool, by: i8) {
        self.disturb_recount();
        let shard = u32::from(shard) % self.model.shards;
        let sum = if bytes { "totalBytes" } else { "image/png" };
        self.table.spoil(shard, sum, by.into());
        self.model.spoil(format!("#totals/{shard}"), sum, by.into());
    }

    fn disturb_recount(&mut self) {
        if let Some(recount) = &mut self.recount {
            recount.is_alone = false;
        }
    }

    /// Runs the next part of the recount. If no recount is running, starts one.
    async fn recount(&mut self, trouble: Trouble) -> Result<(), String> {
        self.recount.get_or_insert(RunningRecount { progress: None, is_alone: true });
        let rival = self.rival(trouble);
        let troubled = Troubled::new(&self.table, self.model.shards, trouble, rival.clone());
        let progress = self.recount.as_ref().and_then(|recount| recount.progress.clone());
        let call = troubled.catalog.recount_part(progress, Duration::ZERO);
        let result = self.table.unless_killed(call).await;
        self.after_rival(rival, &troubled)?;
        let snapshot = self.table.snapshot();
        self.model.repaired(&snapshot);
        match result {
            Some(Ok(RecountPart::Unfinished(progress))) => {
                let running = self.recount.as_mut().map(|recount| &mut recount.progress);
                *running.unwrap() = Some(progress);
            }
            Some(Ok(RecountPart::Finished(recount))) => {
                let is_alone = self.recount.take().unwrap().is_alone;
                if is_alone && (recount.unsettled > 0 || self.model.is_spoiled()) {
                    return Err(format!("{recount:?} has left wrong totals: {snapshot:?}"));
                }
            }
            failure => troubled.check_failure(failure.and_then(Result::err).as_ref())?,
        }
        Ok(())
    }

    async fn page(&mut self, listing: u8, limit: u8) -> Result<(), String> {
        let index = usize::from(listing) % SORTS.len();
        let images = || Walk::new(SORTS[index], self.model.sizes());
        let mut walk = self.walks[index].take().unwrap_or_else(images);
        if !walk.next(&self.catalog, limit).await? {
            self.walks[index] = Some(walk);
        }
        Ok(())
    }

    fn raise_shards(&mut self) {
        self.model.shards = (self.model.shards + 1).min(*SHARDS.end());
        self.catalog = self.table.catalog(self.model.shards);
        self.disturb_recount();
    }

    /// The observation that an execution would make of a key's object now.
    fn in_bucket(&self, key: &str) -> Observation {
        let mut observation = self.bucket.get(key).cloned().unwrap_or(Observation::Absent);
        match object_of(&mut observation) {
            Some(object) if self.locked.contains(key) => unreadable(Some(object.clone())),
            _ => observation,
        }
    }
}

fn chosen(key: u8) -> &'static str {
    KEYS[usize::from(key) % KEYS.len()]
}

fn index(choice: u8, length: usize) -> Option<usize> {
    usize::from(choice).checked_rem(length)
}

fn observe(content: Content) -> Observation {
    match content {
        Content::Jpeg(size) => observed::image("image/jpeg", size.into()),
        Content::Png(size) => observed::image("image/png", size.into()),
        Content::Gif(size) => observed::image("image/gif", size.into()),
        Content::Text(size) => observed::rejected(size.into()),
        Content::CustomerKey => unreadable(None),
    }
}

fn unreadable(object: Option<StoredObject>) -> Observation {
    Observation::Rejected { object, rejection: Rejection::unreadable("its key refuses") }
}

fn is_unreadable(observation: &Observation) -> bool {
    matches!(observation, Observation::Rejected { rejection, .. } if rejection.is_unreadable())
}

/// The object that an observation describes.
fn object_of(observation: &mut Observation) -> Option<&mut StoredObject> {
    match observation {
        Observation::Image { object, .. } => Some(object),
        Observation::Rejected { object, .. } => object.as_mut(),
        Observation::Absent => None,
    }
}
