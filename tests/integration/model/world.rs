//! The state that the steps change: a bucket, its events, running executions, and the catalog, both
//! the real one and the model.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Order, Shards};
use contract::{Observation, Rejection, StoredObject};
use harness::TestStack;
use harness::observed;
use harness::snapshot::{Snapshot, clear};

use super::operation::{Content, Operation};
use super::reference::{Model, When, sequencer};

/// Few keys, so that each changes often.
const KEYS: [&str; 4] = ["uploads/a.jpg", "uploads/b/c.png", "uploads/é d.gif", "uploads/e"];

/// Number of shards at the start and at most. There are more keys than shards at the start, so some
/// share a shard.
const SHARDS: std::ops::RangeInclusive<u32> = 2..=6;

/// An event of S3 that is yet to start an execution, or has started one.
#[derive(Clone, Debug)]
struct Event {
    key: &'static str,
    position: u64,
}

/// An object's state as an execution has read it, and the order in which to record it.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) revision: String,
    pub(super) key: &'static str,
    order: Order,
    pub(super) when: When,
    pub(super) observation: Observation,
}

/// The whole state of a case.
pub(crate) struct World<'a> {
    stack: &'a TestStack,
    catalog: Catalog,
    model: Model,
    /// The objects, as executions observe them while they can be read.
    bucket: BTreeMap<&'static str, Observation>,
    /// Keys of objects that cannot be read.
    locked: BTreeSet<&'static str>,
    position: u64,
    queued: Vec<Event>,
    delivered: Vec<Event>,
    /// Looks that are yet to be recorded.
    looks: Vec<Look>,
    /// Looks that have been recorded.
    recorders: Vec<Look>,
    /// Number of calls to `record()` so far.
    pub(crate) recorded: u64,
}

impl<'a> World<'a> {
    /// An empty bucket and an empty catalog in the table of this stack.
    pub(crate) async fn new(stack: &'a TestStack) -> Self {
        let (client, table) = (&stack.stack.aws.dynamodb, &stack.stack.outputs.table_name);
        clear(client, table).await;
        let shards = *SHARDS.start();
        Self {
            stack,
            catalog: Catalog::new(client.clone(), table, Shards::new(shards).unwrap()),
            model: Model::new(shards),
            bucket: BTreeMap::new(),
            locked: BTreeSet::new(),
            position: 0,
            queued: Vec::new(),
            delivered: Vec::new(),
            looks: Vec::new(),
            recorders: Vec::new(),
            recorded: 0,
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
                if self.look(event) {
                    self.record(self.looks.len() - 1).await?;
                }
            }
            Operation::RecordAgain { look } => {
                if let Some(index) = index(look, self.recorders.len()) {
                    self.record_once(&self.recorders[index].clone()).await?;
                }
            }
            Operation::Look { event } => {
                self.look(event);
            }
            Operation::LookByHand { key } => self.look_by_hand(chosen(key)).await,
            Operation::Record { look } => {
                if let Some(index) = index(look, self.looks.len()) {
                    self.record(index).await?;
                }
            }
            Operation::Duplicate { event } => {
                if let Some(index) = index(event, self.delivered.len()) {
                    self.queued.push(self.delivered[index].clone());
                }
            }
            Operation::Edit { key } => self.edit(chosen(key)).await,
            Operation::Recount => self.recount().await?,
            Operation::RaiseShards => self.raise_shards(),
        }
        Ok(())
    }

    /// Delivers all queued events and records everything that executions have observed. Then, like
    /// a reconciliation, observes the objects that can be read again and the records that are not
    /// valid. Finally checks that the catalog equals the bucket.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        while !self.looks.is_empty() {
            self.record(0).await?;
        }
        while self.look(u8::MAX) {
            self.record(0).await?;
        }
        for key in KEYS {
            if self.model.observed(key).is_some_and(is_unreadable) || self.model.is_edited(key) {
                self.look_by_hand(key).await;
                self.record(0).await?;
            }
        }
        self.check().await?;
        for key in KEYS {
            let (recorded, stored) = (self.model.observed(key), self.bucket.get(key));
            // An object that was measured before it was locked keeps its record.
            let locked = self.locked.contains(key) && stored.is_some();
            let unreadable = self.in_bucket(key);
            if recorded != stored && !(locked && recorded == Some(&unreadable)) {
                return Err(format!("at rest {key} is {recorded:?}, but S3 holds {stored:?}"));
            }
        }
        self.check_overview().await
    }

    /// Compares table, index and totals with the model.
    pub(crate) async fn check(&self) -> Result<(), String> {
        let (client, table) =
            (&self.stack.stack.aws.dynamodb, &self.stack.stack.outputs.table_name);
        self.model.check(&Snapshot::take_all(client, table).await)
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
            // No two objects are the same, whatever their content.
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

    /// Delivers a queued event, whose execution reads the object's state. False if the queue is
    /// empty.
    fn look(&mut self, event: u8) -> bool {
        let Some(index) = index(event, self.queued.len()) else { return false };
        let event = self.queued.remove(index);
        self.looks.push(Look {
            revision: fastrand::u64(..).to_string(),
            key: event.key,
            order: Order::After(sequencer(event.position)),
            when: When::After(event.position),
            observation: self.in_bucket(event.key),
        });
        self.delivered.push(event);
        true
    }

    /// Edits the record of a key, if there is one, so that it is no longer a valid record.
    async fn edit(&mut self, key: &'static str) {
        if !self.model.edit(key) {
            return;
        }
        let update = self.stack.stack.aws.dynamodb.update_item();
        update
            .table_name(&self.stack.stack.outputs.table_name)
            .key("s3objectkey", AttributeValue::S(key.to_owned()))
            .update_expression("SET #status = :nonsense")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":nonsense", AttributeValue::S("nonsense".to_owned()))
            .send()
            .await
            .unwrap();
    }

    /// The revision of a key's item, as the state `ReadRecord` reads it.
    async fn revision(&self, key: &str) -> Option<String> {
        let get = self.stack.stack.aws.dynamodb.get_item().consistent_read(true);
        let get = get.table_name(&self.stack.stack.outputs.table_name);
        let get = get.key("s3objectkey", AttributeValue::S(key.to_owned()));
        let item = get.projection_expression("revision").send().await.unwrap().item;
        item.and_then(|item| item.get("revision")?.as_s().ok().cloned())
    }

    async fn look_by_hand(&mut self, key: &'static str) {
        let order = Order::Unchanged(self.revision(key).await);
        self.looks.push(Look {
            revision: fastrand::u64(..).to_string(),
            key,
            order,
            when: When::Written(self.model.written(key)),
            observation: self.in_bucket(key),
        });
    }

    async fn record(&mut self, index: usize) -> Result<(), String> {
        let look = self.looks.remove(index);
        self.recorders.push(look.clone());
        self.record_once(&look).await
    }

    async fn record_once(&mut self, look: &Look) -> Result<(), String> {
        let Look { revision, key, order, when, observation } = look;
        let recorded = self.catalog.record_once(revision, None, key, order, observation).await;
        let outcome = recorded.map_err(|error| format!("{key}: {error}"))?.outcome;
        self.recorded += 1;
        let expected = self.model.record(look);
        if outcome == expected {
            return Ok(());
        }
        Err(format!("{key}: {outcome:?}, should be {expected:?}: {observation:?} {when:?}"))
    }

    async fn recount(&self) -> Result<(), String> {
        let recount = self.catalog.recount().await.map_err(|error| error.to_string())?;
        if recount.repaired == 0 { Ok(()) } else { Err(format!("totals were wrong: {recount:?}")) }
    }

    fn raise_shards(&mut self) {
        self.model.shards = (self.model.shards + 1).min(*SHARDS.end());
        let table = &self.stack.stack.outputs.table_name;
        let client = self.stack.stack.aws.dynamodb.clone();
        self.catalog = Catalog::new(client, table, Shards::new(self.model.shards).unwrap());
    }

    /// The state of a key as an execution observes it now.
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
