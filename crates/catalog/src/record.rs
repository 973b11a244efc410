//! Recording observations: the only code that writes records.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use contract::{Observation, backoff, describe};

use crate::cancellation::Cancellation;
use crate::item::{Attributes, KEY, REVISION, is_internal};
use crate::outcome::{Outcome, Recorded};
use crate::plan::{Entry, Order, Plan, TotalsChange, Write, plan};
use crate::previous::{Previous, Replaced};
use crate::recount::OWN_STEP;
use crate::totals::{TOTAL_BYTES, TOTAL_CHANGES, spoiled};
use crate::{Catalog, CatalogError, Cost, Shard};

/// Maximum number of attempts to write. If all of them fail, the state machine retries with longer
/// waits.
const MAX_ATTEMPTS: u32 = 6;

/// Upper bound of the random wait between the first attempt and the second. The bound doubles with
/// each further attempt.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// Result of one attempt to write.
enum Attempt {
    Landed,
    /// Nothing was written: the record is not the one for which the write was planned. Contains the
    /// current item, or `None` if the record does not exist.
    Moved(Option<Attributes>),
    /// Nothing was written: another transaction was writing one of the items, or DynamoDB canceled
    /// this transaction without a reason.
    Conflict,
    /// DynamoDB throttled the transaction.
    Throttled(CatalogError),
    /// Nothing was written: DynamoDB refused the changes of the totals.
    TotalsRefused(CatalogError),
}

/// The [`spoiled`] attributes of totals items, by shard.
type Spoiled = BTreeMap<Shard, Attributes>;

impl Catalog {
    /// Records an observation of a key, as [`Catalog::record_once`] does, with a new random
    /// revision.
    ///
    /// # Errors
    /// The errors of [`Catalog::record_once`]. A call may fail although it has written the record.
    /// If the call is then repeated, it has another revision, and returns [`Outcome::Stale`].
    pub async fn record(
        &self,
        key: &str,
        order: &Order,
        observation: &Observation,
    ) -> Result<Recorded, CatalogError> {
        self.record_once(&random_revision(), None, key, order, observation).await
    }

    /// Records an observation of a key. Idempotent for a given revision: if the record is the one
    /// that an earlier call with this revision wrote, nothing is written, and the result is
    /// [`Outcome::Recorded`] again.
    ///
    /// A `revision` belongs to one observation. It has to be random: with a counter, a record that
    /// was removed and written again could look unchanged. `execution` is the ARN of the execution
    /// that made the observation; the record keeps it.
    ///
    /// A new key takes one request. An overwrite takes two: the condition of the first one fails
    /// and returns the current record, and the second one replaces exactly that record. If `order`
    /// is [`Order::Unchanged`] with a revision, or if the observation is an absence that follows no
    /// event, the first request only reads the record. One transaction writes both the record and
    /// the totals, so the totals always equal a recount. An item that is not a valid record is
    /// replaced like a record.
    ///
    /// If another program has replaced a sum in the totals with a value to which DynamoDB cannot
    /// add, such as a string, the record is written nevertheless. The sum stays unchanged until a
    /// recount replaces it.
    ///
    /// # Errors
    /// [`CatalogError::RecordConflict`] if other writers won every attempt, and
    /// [`CatalogError::TableUnavailable`] if the table throttles or fails. After either of these
    /// two errors, a retry with the same revision writes nothing twice. All other errors are
    /// permanent.
    pub async fn record_once(
        &self,
        revision: &str,
        execution: Option<&str>,
        key: &str,
        order: &Order,
        observation: &Observation,
    ) -> Result<Recorded, CatalogError> {
        if is_internal(key) {
            return Err(CatalogError::InternalKey { key: key.to_owned() });
        }
        let mut cost = Cost::default();
        let mut previous = None;
        if needs_reading(order, observation) {
            let (item, read) = self.item(key, true).await?;
            previous = item.map(Previous::read);
            cost += read;
        }
        let entry = Entry { key, order, observation, revision, execution };
        let mut failure =
            CatalogError::RecordConflict { key: key.to_owned(), attempts: MAX_ATTEMPTS };
        let mut left_out = Spoiled::new();
        for attempt in 0..MAX_ATTEMPTS {
            let now = seconds_since_1970();
            let write = match plan(entry, previous.as_ref(), self.shards, now) {
                Plan::Skip(outcome) => return Ok(Recorded { outcome, cost }),
                Plan::Write(write) => write,
            };
            cost += Cost::request(1 + write.totals.len());
            match self.write(&write, &left_out).await? {
                Attempt::Landed => return Ok(Recorded { outcome: Outcome::Recorded, cost }),
                Attempt::Moved(item) => previous = item.map(Previous::read),
                Attempt::Conflict => self.wait(backoff(FIRST_WAIT, attempt)).await,
                Attempt::Throttled(error) => {
                    failure = error;
                    self.wait(backoff(FIRST_WAIT, attempt)).await;
                }
                Attempt::TotalsRefused(error) => {
                    let (spoiled, read) = self.spoiled_totals(&write).await?;
                    cost += read;
                    if spoiled == left_out {
                        return Err(error);
                    }
                    left_out = spoiled;
                }
            }
        }
        Err(failure)
    }

    /// Reads the totals items that a write changes, and returns their [`spoiled`] attributes.
    async fn spoiled_totals(&self, write: &Write) -> Result<(Spoiled, Cost), CatalogError> {
        let (mut all, mut cost) = (Spoiled::new(), Cost::default());
        for shard in write.totals.keys() {
            let (item, read) = self.item(&shard.totals_key(), true).await?;
            cost += read;
            let spoiled = item.as_ref().map(spoiled).unwrap_or_default();
            if !spoiled.is_empty() {
                all.insert(*shard, spoiled);
            }
        }
        Ok((all, cost))
    }

    /// Writes a record and its totals in a transaction. If no totals change, writes the record in a
    /// plain put, which costs half as much.
    async fn write(&self, write: &Write, left_out: &Spoiled) -> Result<Attempt, CatalogError> {
        if write.totals.is_empty() {
            self.put(write).await
        } else {
            self.transact(write, left_out).await
        }
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

    async fn transact(&self, write: &Write, left_out: &Spoiled) -> Result<Attempt, CatalogError> {
        let mut request =
            self.client.transact_write_items().transact_items(self.put_record(write)?);
        for (shard, change) in &write.totals {
            let left_out = left_out.get(shard);
            request = request.transact_items(self.add_to_totals(*shard, change, left_out)?);
        }
        match request.send().await {
            Ok(_) => Ok(Attempt::Landed),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    match Cancellation::of(canceled.cancellation_reasons()) {
                        Cancellation::Moved(item) => Ok(Attempt::Moved(item)),
                        Cancellation::Conflict => Ok(Attempt::Conflict),
                        Cancellation::Throttled(code) => {
                            let message = format!("{code}: {}", describe(&error));
                            Ok(Attempt::Throttled(CatalogError::TableUnavailable(message)))
                        }
                        Cancellation::TotalsRefused => Ok(Attempt::TotalsRefused(error.into())),
                        Cancellation::Refused => Err(error.into()),
                    }
                }
                // If DynamoDB cannot add to a sum in the totals, it cancels the transaction with
                // the reason `ValidationError`, which is handled above:
                // <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
                // If it refused the whole request instead, the code would be this one.
                _ if error.code() == Some("ValidationException") => {
                    Ok(Attempt::TotalsRefused(error.into()))
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

    /// Update of a totals item with the expression `ADD #c0 :c0, #c1 :c1, …`. The names of content
    /// types need placeholders because they contain a slash.
    ///
    /// `left_out` has the item's [`spoiled`] attributes. The update does not add to them, but
    /// requires that their values have not changed. If the counter of changes is one of them, the
    /// update sets it to a random number, so that a recount in progress notices the update.
    fn add_to_totals(
        &self,
        shard: Shard,
        change: &TotalsChange,
        left_out: Option<&Attributes>,
    ) -> Result<TransactWriteItem, CatalogError> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(shard.totals_key()));
        let counts = change.counts.iter().map(|(name, images)| (name.as_str(), images.to_string()));
        let bytes = (TOTAL_BYTES, change.bytes.to_string());
        let sums = counts.chain([bytes, (TOTAL_CHANGES, "1".to_owned())]);
        let (mut added, mut conditions, mut set) = (Vec::new(), Vec::new(), "");
        for (index, (name, by)) in sums.enumerate() {
            let value = match left_out.and_then(|it| it.get(name)) {
                None => {
                    added.push(format!("#c{index} :c{index}"));
                    AttributeValue::N(by)
                }
                Some(value) => {
                    conditions.push(format!("#c{index} = :c{index}"));
                    if name == TOTAL_CHANGES {
                        let start = AttributeValue::N(fastrand::u32(OWN_STEP..).to_string());
                        update = update.expression_attribute_values(":start", start);
                        set = "SET changes = :start";
                    }
                    value.clone()
                }
            };
            update = update
                .expression_attribute_names(format!("#c{index}"), name)
                .expression_attribute_values(format!(":c{index}"), value);
        }
        let add =
            if added.is_empty() { String::new() } else { format!("ADD {}", added.join(", ")) };
        let condition = (!conditions.is_empty()).then(|| conditions.join(" AND "));
        let update = update.update_expression(format!("{set} {add}").trim());
        let update = update.set_condition_expression(condition).build().map_err(refused)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// True if the current record has to be read before planning.
///
/// Most writes need no read: the first attempt has the condition that there is no record. If there
/// is one, the condition fails and returns the record. Two cases need a read:
///
/// - An order that names a revision, because the record must have this revision.
/// - An absence without an event, because it is written only if a record is known. Without a read,
///   the first attempt would write nothing, so no condition would return the record.
fn needs_reading(order: &Order, observation: &Observation) -> bool {
    match order {
        Order::After(_) => false,
        Order::Unchanged(None) => *observation == Observation::Absent,
        Order::Unchanged(Some(_)) => true,
    }
}

/// Condition of a write: the current item is the one that the write replaces.
struct Condition {
    expression: String,
    values: Option<Attributes>,
}

impl Condition {
    fn of(write: &Write) -> Self {
        match &write.replaces {
            Replaced::Nothing => {
                Self { expression: format!("attribute_not_exists({KEY})"), values: None }
            }
            Replaced::Revision(revision) => Self {
                expression: format!("{REVISION} = :{REVISION}"),
                values: Some(Attributes::from([(format!(":{REVISION}"), revision.clone())])),
            },
            Replaced::WithoutRevision => Self {
                expression: format!("attribute_exists({KEY}) AND attribute_not_exists({REVISION})"),
                values: None,
            },
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` requires")]
fn refused(error: aws_sdk_dynamodb::error::BuildError) -> CatalogError {
    CatalogError::TableRefused(error.to_string())
}

fn random_revision() -> String {
    format!("{:032x}", fastrand::u128(..))
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
