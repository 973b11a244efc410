//! Recording: the one way into the table.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use contract::Observation;

use crate::item::{Attributes, KEY, REVISION, Record};
use crate::outcome::{Outcome, Recorded};
use crate::plan::{Entry, Order, Plan, TotalsChange, Write, plan};
use crate::{Catalog, CatalogError, Cost, Shard};

/// Name of the attribute of a totals item that holds bytes. Every other one is a content type,
/// and those contain a slash.
pub(crate) const TOTAL_BYTES: &str = "totalBytes";

/// Name of the attribute of a totals item that counts the transactions which changed it. It only
/// grows: totals that are what they were may have changed and changed back, this cannot.
pub(crate) const TOTAL_CHANGES: &str = "changes";

/// Writes that are tried before the state machine takes over with longer waits.
const MAX_ATTEMPTS: u32 = 6;

/// Longest wait before the second attempt; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// How one write ended.
enum Attempt {
    Landed,
    /// The record is not the one that the write replaces; here is what it is.
    Moved(Option<Attributes>),
    /// Another transaction held one of the items.
    Conflict,
}

impl Catalog {
    /// Records what was observed under a key: [`Catalog::record_once`] under a new random revision.
    ///
    /// # Errors
    /// Those of [`Catalog::record_once`]. When they leave open whether it was written, recording
    /// it again is [`Outcome::Stale`].
    pub async fn record(
        &self,
        key: &str,
        order: &Order,
        observation: &Observation,
    ) -> Result<Recorded, CatalogError> {
        self.record_once(&random_revision(), key, order, observation).await
    }

    /// Records what was observed under a key, however often it is called with this revision: when
    /// an earlier call wrote it and its answer was lost, it is [`Outcome::Recorded`] as well.
    ///
    /// A `revision` belongs to one observation. It has to be random, so that a record that was
    /// removed and written anew never looks unchanged.
    ///
    /// A first-time key takes one request, an overwrite two: the first one finds the record that
    /// is there, the second one replaces exactly that. The record and the totals it changes are
    /// written in one transaction, so the totals always equal a recount.
    ///
    /// # Errors
    /// [`CatalogError::RecordConflict`] when other writers were faster every time,
    /// [`CatalogError::TableUnavailable`] when the table throttles or fails: both may be retried,
    /// and write nothing twice.
    pub async fn record_once(
        &self,
        revision: &str,
        key: &str,
        order: &Order,
        observation: &Observation,
    ) -> Result<Recorded, CatalogError> {
        let mut cost = Cost::default();
        let mut previous = None;
        if needs_reading(order, observation) {
            let (record, read) = self.read(key, true).await?;
            previous = record;
            cost += read;
        }
        let entry = Entry { key, order, observation, revision };
        for attempt in 0..MAX_ATTEMPTS {
            let now = seconds_since_1970();
            let write = match plan(entry, previous.as_ref(), self.shards, now) {
                Plan::Skip(outcome) => return Ok(Recorded { outcome, cost }),
                Plan::Write(write) => write,
            };
            cost += Cost::request(1 + write.totals.len());
            match self.write(&write).await? {
                Attempt::Landed => return Ok(Recorded { outcome: Outcome::Recorded, cost }),
                Attempt::Moved(item) => previous = item.map(Record::from_attributes).transpose()?,
                Attempt::Conflict => tokio::time::sleep(jitter(attempt)).await,
            }
        }
        Err(CatalogError::RecordConflict { key: key.to_owned(), attempts: MAX_ATTEMPTS })
    }

    /// A plain put where no total changes, which costs half of a transaction.
    async fn write(&self, write: &Write) -> Result<Attempt, CatalogError> {
        if write.totals.is_empty() { self.put(write).await } else { self.transact(write).await }
    }

    async fn put(&self, write: &Write) -> Result<Attempt, CatalogError> {
        let condition = Condition::of(write);
        let result = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(write.record.to_attributes()?))
            .condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(_) => Ok(Attempt::Landed),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Attempt::Moved(failed.item.clone()))
                }
                Some(PutItemError::TransactionConflictException(_)) => Ok(Attempt::Conflict),
                _ => Err(error.into()),
            },
        }
    }

    async fn transact(&self, write: &Write) -> Result<Attempt, CatalogError> {
        let mut request =
            self.client.transact_write_items().transact_items(self.put_record(write)?);
        for (shard, change) in &write.totals {
            request = request.transact_items(self.add_to_totals(*shard, change)?);
        }
        match request.send().await {
            Ok(_) => Ok(Attempt::Landed),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancellation(cancelled.cancellation_reasons())
                        .map_or_else(|| Err(error.into()), Ok)
                }
                _ => Err(error.into()),
            },
        }
    }

    fn put_record(&self, write: &Write) -> Result<TransactWriteItem, CatalogError> {
        let condition = Condition::of(write);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(write.record.to_attributes()?))
            .condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(refused)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// `ADD totalBytes :bytes, changes :one, #c0 :c0, …`; content types need names, as they contain
    /// a slash.
    fn add_to_totals(
        &self,
        shard: Shard,
        change: &TotalsChange,
    ) -> Result<TransactWriteItem, CatalogError> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(shard.totals_key()))
            .expression_attribute_values(":bytes", AttributeValue::N(change.bytes.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        let mut sums = vec![format!("{TOTAL_BYTES} :bytes"), format!("{TOTAL_CHANGES} :one")];
        for (index, (content_type, images)) in change.counts.iter().enumerate() {
            sums.push(format!("#c{index} :c{index}"));
            update = update
                .expression_attribute_names(format!("#c{index}"), content_type)
                .expression_attribute_values(
                    format!(":c{index}"),
                    AttributeValue::N(images.to_string()),
                );
        }
        let expression = format!("ADD {}", sums.join(", "));
        let update = update.update_expression(expression).build().map_err(refused)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// Whether the record has to be read before it is known what to do. Most writes find it out by
/// their condition, but an absence where none was recorded writes nothing.
fn needs_reading(order: &Order, observation: &Observation) -> bool {
    match order {
        Order::After(_) => false,
        Order::Unchanged(None) => *observation == Observation::Absent,
        Order::Unchanged(Some(_)) => true,
    }
}

/// The condition under which a write lands: the record is the one that was seen.
struct Condition {
    expression: String,
    values: Option<Attributes>,
}

impl Condition {
    fn of(write: &Write) -> Self {
        match &write.replaces {
            None => Self { expression: format!("attribute_not_exists({KEY})"), values: None },
            Some(revision) => Self {
                expression: format!("{REVISION} = :{REVISION}"),
                values: Some(Attributes::from([(
                    format!(":{REVISION}"),
                    AttributeValue::S(revision.clone()),
                )])),
            },
        }
    }
}

/// What a cancelled transaction means; none when the reasons name anything but a lost race.
///
/// The first reason is the record's, the others are the totals'
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
fn cancellation(reasons: &[CancellationReason]) -> Option<Attempt> {
    if let Some(record) = reasons.first()
        && record.code() == Some("ConditionalCheckFailed")
    {
        return Some(Attempt::Moved(record.item.clone()));
    }
    let harmless = |reason: &CancellationReason| {
        matches!(reason.code(), None | Some("None" | "TransactionConflict"))
    };
    reasons.iter().all(harmless).then_some(Attempt::Conflict)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err asks for")]
fn refused(error: aws_sdk_dynamodb::error::BuildError) -> CatalogError {
    CatalogError::TableRefused(error.to_string())
}

/// A random wait up to a bound that doubles: writers that collided do not collide again
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
fn jitter(attempt: u32) -> Duration {
    FIRST_WAIT.mul_f64(f64::from(1 << attempt.min(10)) * fastrand::f64())
}

fn random_revision() -> String {
    format!("{:032x}", fastrand::u128(..))
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
