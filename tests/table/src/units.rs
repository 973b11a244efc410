//! Read units by DynamoDB's rules. The emulator does not compute them.

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

/// Bytes that a strongly consistent read unit covers. An eventually consistent read of as many
/// bytes takes half a unit.
const UNIT: u64 = 4096;

/// The size that DynamoDB bills for an item: the names and values of its attributes. A string takes
/// its length in UTF-8 bytes, a number one byte for every two digits and one more
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
#[must_use]
pub fn item_bytes(item: &Item) -> u64 {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::Bool(_) => 1,
        other => panic!("{other:?}: items here have no attribute of this type"),
    };
    item.iter().map(|(name, it)| (name.len() + value(it)) as u64).sum()
}

/// The cost of a number of reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Number of requests.
    pub round_trips: u64,
    /// Items that were read, including those that a filter then drops.
    pub items: u64,
    /// Stored bytes of these items. A projection does not make a read cheaper.
    pub bytes: u64,
    /// Number of half read units. An eventually consistent read may take half a unit.
    pub half_units: u64,
}

impl Reads {
    /// Number of read units.
    #[must_use]
    pub fn units(&self) -> f64 {
        f64::from(u32::try_from(self.half_units).unwrap_or(u32::MAX)) / 2.0
    }

    /// Adds a request whose items are billed together.
    fn add(&mut self, items: u64, bytes: u64) {
        self.round_trips += 1;
        self.items += items;
        self.bytes += bytes;
        self.half_units += half_units(bytes);
    }
}

/// Half read units of a read: one for each 4 KB or part of it, and one for a read that finds
/// nothing.
fn half_units(bytes: u64) -> u64 {
    bytes.div_ceil(UNIT).max(1)
}

/// Counts the reads of a client. All of them must be eventually consistent.
///
/// - A query is billed by the total size of the items it reads. In an index, the size of the index
///   entry counts (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>);
///   both indexes here contain whole items.
/// - A batch is billed item by item
///   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>),
///   and keys without an item are billed too. The batches that are measured here have no such keys.
#[derive(Clone, Debug)]
pub struct Meter {
    reads: Arc<Mutex<Reads>>,
    /// Bytes of each record by key: a response may contain only some of a record's attributes.
    records: Arc<HashMap<String, u64>>,
}

impl Meter {
    /// A copy of `client` whose reads are counted, and the meter that counts them. `records`
    /// contains the bytes of each record by key.
    #[must_use]
    pub fn on(client: &Client, records: Arc<HashMap<String, u64>>) -> (Client, Self) {
        let meter = Self { reads: Arc::default(), records };
        let metered = client.config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(metered), meter)
    }

    /// Returns and resets the counted reads.
    #[must_use]
    pub fn take(&self) -> Reads {
        std::mem::take(&mut self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The stored bytes of an item. Totals are always read in full, so their size is computed from
    /// the response.
    fn bytes(&self, item: &Item) -> u64 {
        let key = text(item, "s3objectkey");
        self.records.get(&key).copied().unwrap_or_else(|| item_bytes(item))
    }

    fn queried(&self, reads: &mut Reads, response: &QueryOutput) {
        let bytes = response.items().iter().map(|item| self.bytes(item)).sum();
        reads.add(response.items().len() as u64, bytes);
    }

    fn batch(&self, reads: &mut Reads, response: &BatchGetItemOutput) {
        reads.round_trips += 1;
        for item in response.responses.iter().flatten().flat_map(|(_, items)| items) {
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
        let output = context.output_or_error().map_err(|_| "the request to meter failed")?;
        let reads = &mut self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(response) = output.downcast_ref::<QueryOutput>() {
            self.queried(reads, response);
        } else if let Some(response) = output.downcast_ref::<BatchGetItemOutput>() {
            self.batch(reads, response);
        } else {
            return Err("this operation has no rule for its units: add one to `Meter`".into());
        }
        Ok(())
    }
}
