//! Read units, by the rules of DynamoDB. The emulator does not compute them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::snapshot::{Item, text};

/// Bytes that one read unit covers. With eventual consistency it is half a unit.
const UNIT: u64 = 4096;

/// The bytes that an item counts for: names and values, text by its bytes, a number by its digits,
/// two to a byte, and one more
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
#[must_use]
pub fn item_bytes(item: &Item) -> u64 {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::Bool(_) => 1,
        other => panic!("{other:?}: no such attribute is written"),
    };
    item.iter().map(|(name, it)| (name.len() + value(it)) as u64).sum()
}

/// What reads came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Requests.
    pub round_trips: u64,
    /// Items that were read, whether they were wanted or not.
    pub items: u64,
    /// Their bytes as they are stored: a projection does not make a read cheaper.
    pub bytes: u64,
    /// Read units times two, as half units exist.
    pub half_units: u64,
}

impl Reads {
    /// Read units.
    #[must_use]
    pub fn units(&self) -> f64 {
        f64::from(u32::try_from(self.half_units).unwrap_or(u32::MAX)) / 2.0
    }

    /// Adds one request, whose items are charged together.
    fn add(&mut self, items: u64, bytes: u64) {
        self.round_trips += 1;
        self.items += items;
        self.bytes += bytes;
        self.half_units += half_units(bytes);
    }
}

/// Half a unit for each 4 KB begun, and for a read that finds nothing.
fn half_units(bytes: u64) -> u64 {
    bytes.div_ceil(UNIT).max(1)
}

/// Counts the reads of a client, all of them with eventual consistency.
///
/// - A query is charged by the sum of what it reads, an index entry by its own size
///   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>). Both indexes
///   hold whole items.
/// - A batch is charged item by item
///   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>),
///   also for those that do not exist; none of the batches that are read here has such keys.
#[derive(Clone, Debug)]
pub struct Meter {
    reads: Arc<Mutex<Reads>>,
    /// Bytes of each record by its key, as an answer may hold a part of it only.
    records: Arc<HashMap<String, u64>>,
}

impl Meter {
    /// A client like `client` whose reads are counted. `records` are the bytes of each record.
    #[must_use]
    pub fn on(client: &Client, records: Arc<HashMap<String, u64>>) -> (Client, Self) {
        let meter = Self { reads: Arc::default(), records };
        let metered = client.config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(metered), meter)
    }

    /// What was read since the last time.
    #[must_use]
    pub fn take(&self) -> Reads {
        std::mem::take(&mut self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The stored bytes of an item: of a record as it lies in the table, of totals as they came.
    fn bytes(&self, item: &Item) -> u64 {
        let key = text(item, "s3objectkey");
        self.records.get(&key).copied().unwrap_or_else(|| item_bytes(item))
    }

    fn queried(&self, reads: &mut Reads, answer: &QueryOutput) {
        let bytes = answer.items().iter().map(|item| self.bytes(item)).sum();
        reads.add(answer.items().len() as u64, bytes);
    }

    fn batch(&self, reads: &mut Reads, answer: &BatchGetItemOutput) {
        reads.round_trips += 1;
        for item in answer.responses.iter().flatten().flat_map(|(_, items)| items) {
            let bytes = self.bytes(item);
            reads.items += 1;
            reads.bytes += bytes;
            reads.half_units += half_units(bytes);
        }
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let output = context.output_or_error().map_err(|_| "the request failed")?;
        let reads = &mut self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = output.downcast_ref::<QueryOutput>() {
            self.queried(reads, answer);
        } else if let Some(answer) = output.downcast_ref::<BatchGetItemOutput>() {
            self.batch(reads, answer);
        } else {
            return Err("no rule for the units of this request".into());
        }
        Ok(())
    }
}
