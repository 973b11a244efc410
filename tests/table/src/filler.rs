//! Fills a table with any number of images, faster than by recording each one.
//!
//! Recording takes a transaction for each image. Here the same items are written in batches, and
//! the totals once at the end. A separate test checks that the items are the same:
//! `read_cost::what_fills_a_table_are_the_items_that_recording_writes`.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use catalog::{ImageRecord, Record, RecordState};
use contract::{Observation, Sequencer};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::observed;
use crate::snapshot::Item;

/// Maximum number of items that one request can write
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).
const BATCH: usize = 25;

/// Number of concurrent requests.
const CONCURRENCY: usize = 4;

const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The sequencer of every image, of the same length as those of S3.
pub const SEQUENCER: &str = "0062E99A88DC407460";

/// The key and the observation of image `number`. The images are spread over a hundred folders and
/// four content types, with sizes up to 8 MB.
#[must_use]
pub fn image(number: u64) -> (String, Observation) {
    let key = format!("uploads/2024/05/album-{:02}/IMG_{number:06}.jpg", number % 100);
    let size = 10_000 + number.wrapping_mul(7_919_317) % 8_000_000;
    let content_type = TYPES[usize::try_from(number / 100 % 4).unwrap_or_default()];
    (key, observed::image(content_type, size))
}

/// A writer of images, with the totals of those that it has written.
#[derive(Debug)]
pub struct Filler {
    shards: u32,
    /// Bytes of each record, by key.
    pub records: HashMap<String, u64>,
    totals: BTreeMap<u32, BTreeMap<String, u64>>,
}

impl Filler {
    /// A filler for an empty table with this many shards.
    #[must_use]
    pub fn new(shards: u32) -> Self {
        Self { shards, records: HashMap::new(), totals: BTreeMap::new() }
    }

    /// Adds the images with these numbers to the table, and updates the totals.
    pub async fn fill(&mut self, client: &Client, table: &str, numbers: Range<u64>) {
        let numbers: Vec<u64> = numbers.collect();
        for chunk in numbers.chunks(BATCH * 100) {
            let items: Vec<Item> = chunk.iter().map(|number| self.item(*number)).collect();
            let batches = futures_util::stream::iter(items.chunks(BATCH));
            batches
                .for_each_concurrent(CONCURRENCY, async |batch| write(client, table, batch).await)
                .await;
        }
        let totals: Vec<Item> = self.totals.keys().map(|shard| self.totals_item(*shard)).collect();
        for batch in totals.chunks(BATCH) {
            write(client, table, batch).await;
        }
    }

    /// Builds the item of an image, and adds the image to the totals.
    fn item(&mut self, number: u64) -> Item {
        let (key, observation) = image(number);
        let Observation::Image { object, image } = observation else {
            panic!("image {number} is not an image")
        };
        let shard = shard(&key, self.shards);
        let totals = self.totals.entry(shard).or_default();
        *totals.entry(image.content_type.clone()).or_default() += 1;
        *totals.entry("totalBytes".to_owned()).or_default() += object.size;
        *totals.entry("changes".to_owned()).or_default() += 1;
        let shard = serde_json::from_value(json!(shard)).expect("a shard is a number");
        let record = Record {
            key: key.clone(),
            revision: format!("{:032x}", fastrand::u128(..)),
            sequencer: Some(Sequencer::parse(SEQUENCER).expect("digits")),
            written: None,
            state: RecordState::Image(ImageRecord { object, image, shard }),
        };
        let item = serde_dynamo::to_item(record).expect("a record is an item");
        self.records.insert(key, crate::units::item_bytes(&item));
        item
    }

    fn totals_item(&self, shard: u32) -> Item {
        let sums = self.totals[&shard].iter();
        let sums = sums.map(|(name, sum)| (name.clone(), AttributeValue::N(sum.to_string())));
        let key = AttributeValue::S(format!("#totals/{shard}"));
        sums.chain([("s3objectkey".to_owned(), key)]).collect()
    }
}

/// The shard of a key: its XXH64 modulo the number of shards.
fn shard(key: &str, shards: u32) -> u32 {
    let hash = xxhash_rust::xxh64::xxh64(key.as_bytes(), 0);
    u32::try_from(hash % u64::from(shards)).expect("less than the number of shards")
}

/// Writes a batch. The emulator writes all of its items, whereas DynamoDB may leave some
/// unprocessed.
async fn write(client: &Client, table: &str, items: &[Item]) {
    let put = |item: &Item| {
        let put = PutRequest::builder().set_item(Some(item.clone())).build();
        WriteRequest::builder().put_request(put.expect("an item")).build()
    };
    let requests: Vec<_> = items.iter().map(put).collect();
    let response = client.batch_write_item().request_items(table, requests).send().await;
    let response = response.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(response.unprocessed_items.unwrap_or_default().is_empty(), "unprocessed items");
}
