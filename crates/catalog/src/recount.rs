//! Recounting: totals made right again, while records are written.
//!
//! [`Catalog::record`] keeps the totals equal to the images, so this is for what came past it: an
//! item edited by hand, a table restored from a backup, a mistake of an older version.
//!
//! # Why a repair never undoes a concurrent write
//! For one shard: read its totals item, count its images, then replace the item on the condition
//! that its counter of changes is still the one that was read.
//!
//! - Every write that changes what a count finds in a shard changes that shard's totals item in
//!   the same transaction, and raises the counter (`record.rs`). So an unmoved counter means that
//!   from the first read to the write nothing of this shard was added, removed or changed, and
//!   pages read at different moments are still one count.
//! - The counter only grows. Comparing the sums would not do: a deletion behind the scan and an
//!   upload before it can leave the sums as they were and the count wrong.
//! - A strongly consistent scan of the table sees each write that was complete before it. The
//!   index `by-size` has no consistent reads
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>): it may lag by
//!   any time, and a count through it would take an image away that is there.
//! - A scan is isolated from a transaction item by item only
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation>).
//!   A transaction whose counter was read just as it was being completed gets a second to
//!   complete its other items.
//!
//! A shard that does change is counted again, and left alone if it always does: wrong totals are
//! repaired by the next run, a wrong repair would not be noticed.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use futures_util::future::try_join_all;

use crate::item::{Attributes, KEY, text};
use crate::overview::{malformed, number};
use crate::record::TOTAL_CHANGES;
use crate::totals::{StoredTotals, Totals};
use crate::{Catalog, CatalogError, Shard};

/// Counts of a shard that keeps changing, before it is left alone.
const ROUNDS: u32 = 3;

/// Parts of the table that are scanned at once.
const SEGMENTS: i32 = 8;

/// Time for a transaction that is being completed to reach all of its items.
const SETTLE: Duration = Duration::from_secs(1);

/// What a recount found, in shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    /// Shards whose totals were looked at.
    pub examined: u64,
    /// Shards whose totals were wrong and now are right.
    pub repaired: u64,
    /// Shards whose totals did not agree with any count, because both kept changing.
    pub unsettled: u64,
}

/// The stored totals of some shards beside those that a count found.
#[derive(Clone, Debug)]
pub struct Counted(BTreeMap<Shard, (StoredTotals, Totals)>);

impl Catalog {
    /// Compares the totals of every shard with a count of its images, and repairs those that are
    /// wrong. Safe while records are written.
    ///
    /// Reads the whole table with strong consistency: one read unit for each 4 KiB, up to three
    /// times when wrong totals keep changing.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`];
    /// [`CatalogError::MalformedItem`] names an image that cannot be counted.
    pub async fn recount(&self) -> Result<Recount, CatalogError> {
        let mut shards: Vec<_> = self.shards.all().collect();
        let mut recount = Recount { examined: shards.len() as u64, ..Recount::default() };
        for _ in 0..ROUNDS {
            let counted = self.count(&shards).await?;
            let (repaired, moved) = self.replace_wrong(&counted).await?;
            recount.repaired += repaired;
            shards = moved;
            if shards.is_empty() {
                break;
            }
        }
        recount.unsettled = shards.len() as u64;
        Ok(recount)
    }

    /// The first half of [`Catalog::recount`]: what is stored of every shard, and what is there.
    ///
    /// # Errors
    /// Those of [`Catalog::recount`].
    pub async fn count_totals(&self) -> Result<Counted, CatalogError> {
        self.count(&self.shards.all().collect::<Vec<_>>()).await
    }

    /// The second half: replaces totals that are wrong, in shards that have not changed since they
    /// were counted.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn repair_totals(&self, counted: &Counted) -> Result<Recount, CatalogError> {
        let (repaired, moved) = self.replace_wrong(counted).await?;
        let (examined, unsettled) = (counted.0.len() as u64, moved.len() as u64);
        Ok(Recount { examined, repaired, unsettled })
    }

    /// Stored totals first, images after: the other way round a write between the two would be in
    /// the totals but not in the count, with a counter that does not move any more.
    async fn count(&self, shards: &[Shard]) -> Result<Counted, CatalogError> {
        let stored = try_join_all(shards.iter().map(|shard| self.stored_totals(*shard))).await?;
        tokio::time::sleep(SETTLE).await;
        let mut counts = BTreeMap::<Shard, Totals>::new();
        let segments = try_join_all((0..SEGMENTS).map(|segment| self.count_segment(segment)));
        for (shard, part) in segments.await?.into_iter().flatten() {
            counts.entry(shard).or_default().merge(&part);
        }
        let pairs = shards.iter().zip(stored);
        let with_count = |(shard, stored): (&Shard, _)| {
            (*shard, (stored, counts.remove(shard).unwrap_or_default()))
        };
        Ok(Counted(pairs.map(with_count).collect()))
    }

    async fn stored_totals(&self, shard: Shard) -> Result<StoredTotals, CatalogError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(shard.totals_key()))
            .consistent_read(true)
            .send()
            .await?;
        Ok(StoredTotals::read(answer.item.as_ref()))
    }

    /// Counts the images in one part of the table, page after page.
    async fn count_segment(&self, segment: i32) -> Result<BTreeMap<Shard, Totals>, CatalogError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .segment(segment)
            .total_segments(SEGMENTS)
            .filter_expression("attribute_exists(#shard)")
            .projection_expression("s3objectkey, contentType, #shard, #size")
            .expression_attribute_names("#shard", "shard")
            .expression_attribute_names("#size", "size")
            .into_paginator()
            .send();
        let mut counts = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for image in page?.items() {
                count_in(&mut counts, image)?;
            }
        }
        Ok(counts)
    }

    /// How many shards were repaired, and those that changed since they were counted.
    async fn replace_wrong(&self, counted: &Counted) -> Result<(u64, Vec<Shard>), CatalogError> {
        let (mut repaired, mut moved) = (0, Vec::new());
        for (shard, (stored, count)) in &counted.0 {
            if stored.says(count) {
                continue;
            }
            if self.replace(*shard, stored, count).await? {
                repaired += 1;
            } else {
                moved.push(*shard);
            }
        }
        Ok((repaired, moved))
    }

    /// Whether the totals item was replaced: not if it changed since it was read.
    async fn replace(
        &self,
        shard: Shard,
        stored: &StoredTotals,
        count: &Totals,
    ) -> Result<bool, CatalogError> {
        let new = stored.replaced_by(shard, count);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_item(Some(new.clone()));
        // An item without a counter, or none: any recording since then would have made one.
        let put = match &stored.changes {
            None => put.condition_expression(format!("attribute_not_exists({TOTAL_CHANGES})")),
            Some(changes) => put
                .condition_expression(format!("{TOTAL_CHANGES} = :changes"))
                .expression_attribute_values(":changes", changes.clone()),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // Its own: the answer to an earlier try of this request was lost.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item.as_ref() == Some(&new))
                }
                Some(PutItemError::TransactionConflictException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}

fn count_in(counts: &mut BTreeMap<Shard, Totals>, image: &Attributes) -> Result<(), CatalogError> {
    let key = text(image, KEY);
    let shard = number(image.get("shard")).ok_or_else(|| malformed(&key, "shard"))?;
    let size = number(image.get("size")).ok_or_else(|| malformed(&key, "size"))?;
    counts.entry(Shard::numbered(shard)).or_default().add(&text(image, "contentType"), size);
    Ok(())
}
