//! A snapshot of the whole table, and a recount of its totals.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Record, RecordState, is_internal};

/// The counts of a totals item: images by content type, and `totalBytes`. Zeros are left out.
pub type Counts = BTreeMap<String, i128>;

/// One item of the table.
pub type Item = HashMap<String, AttributeValue>;

/// Every item of the table at one moment, and then every entry of the index `by-size`.
///
/// The emulator processes no write during a scan of less than 1 MB. So the records and totals of a
/// snapshot are consistent with each other, even if other clients write meanwhile.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The records, by key.
    pub records: BTreeMap<String, Record>,
    /// The revisions of the items that have an object's key but are not valid records, by key.
    pub invalid: BTreeMap<String, String>,
    /// The totals, by the key of their item. Items without any count are left out.
    pub totals: BTreeMap<String, Counts>,
    /// The entries of the index `by-size`: shard, size in bytes, key.
    pub by_size: BTreeSet<(u64, u64, String)>,
}

impl Snapshot {
    /// Reads the whole table, and then the whole index `by-size`. Panics if a record is invalid.
    pub async fn take(client: &Client, table: &str) -> Self {
        let items = scan(client, table, None).await;
        let snapshot = Self::of(items, &scan(client, table, Some("by-size")).await);
        assert!(snapshot.invalid.is_empty(), "not valid: {:?}", snapshot.invalid);
        snapshot
    }

    /// A snapshot with these items of the table, and these items of the index `by-size`.
    pub(crate) fn of(items: Vec<Item>, index: &[Item]) -> Self {
        let mut snapshot = Self::default();
        for item in items {
            snapshot.add(item);
        }
        snapshot.by_size = index.iter().map(index_entry).collect();
        snapshot
    }

    fn add(&mut self, mut item: Item) {
        let key = text(&item, "s3objectkey");
        if !is_internal(&key) {
            let revision = text(&item, "revision");
            match serde_dynamo::from_item(item) {
                Ok(record) => drop(self.records.insert(key, record)),
                Err(_) => drop(self.invalid.insert(key, revision)),
            }
            return;
        }
        item.remove("s3objectkey");
        // `changes` counts writes of the item, not images.
        item.remove("changes");
        let counts = item.iter().map(|(name, value)| (name.clone(), number(value)));
        let counts: Counts = counts.filter(|(_, count)| *count != 0).collect();
        if !counts.is_empty() {
            self.totals.insert(key, counts);
        }
    }

    /// The totals that follow from the records.
    #[must_use]
    pub fn recount(&self) -> BTreeMap<String, Counts> {
        let mut totals = BTreeMap::<String, Counts>::new();
        for record in self.records.values() {
            if let RecordState::Image(image) = &record.state {
                let counts = totals.entry(format!("#totals/{}", image.shard)).or_default();
                *counts.entry(image.image.content_type.clone()).or_default() += 1;
                *counts.entry("totalBytes".into()).or_default() += i128::from(image.object.size);
            }
        }
        totals
    }

    /// Checks that the totals equal a recount.
    #[track_caller]
    pub fn assert_totals_are_a_recount(&self) {
        assert_eq!(self.totals, self.recount(), "the totals differ from a recount");
    }

    /// Checks that the index contains the images and nothing else. May fail if a client wrote while
    /// the snapshot was taken, because the index is read after the table.
    #[track_caller]
    pub fn assert_index_holds_the_images(&self) {
        let images = self.records.iter().filter_map(|(key, record)| match &record.state {
            RecordState::Image(image) => {
                let shard = image.shard.to_string().parse().ok()?;
                Some((shard, image.object.size, key.clone()))
            }
            RecordState::Rejected { .. } | RecordState::Absent { .. } => None,
        });
        assert_eq!(self.by_size, images.collect(), "the index differs from the table");
    }
}

/// Every item of the table, or of one of its indexes.
pub async fn scan(client: &Client, table: &str, index: Option<&str>) -> Vec<Item> {
    let request = client.scan().table_name(table).set_index_name(index.map(str::to_owned));
    let pages = request.consistent_read(index.is_none()).into_paginator().items().send();
    let items: Result<Vec<_>, _> = pages.try_collect().await;
    items.unwrap_or_else(|error| panic!("{error:?}"))
}

fn index_entry(item: &Item) -> (u64, u64, String) {
    let positive = |name| u64::try_from(number(&item[name])).unwrap_or(u64::MAX);
    (positive("shard"), positive("size"), text(item, "s3objectkey"))
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn number(value: &AttributeValue) -> i128 {
    let digits = value.as_n().map(String::as_str).unwrap_or_default();
    digits.parse().unwrap_or_else(|_| panic!("{value:?} is not a whole number"))
}
