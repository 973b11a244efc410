//! Recounting: compares the totals with the images and repairs them, while records are written.
//!
//! [`Catalog::record`] keeps the totals equal to the images. A recount corrects the totals after
//! changes that bypassed it: an item edited by hand, a table restored from a backup, a bug in an
//! older version.
//!
//! # Why a repair never undoes a concurrent write
//! For one shard: read its totals item, count its images, then replace the item on the condition
//! that its counter of changes still has the value that was read.
//!
//! - Every write that changes the images of a shard changes the totals item of that shard in the
//!   same transaction and raises the counter (`record.rs`). So an unchanged counter means that no
//!   image of the shard was added, removed or changed between the first read and the replacement,
//!   and that pages read at different moments add up to one consistent count.
//! - The counter only grows. Comparing the sums instead would not be enough: a deletion behind the
//!   scan and an upload ahead of it can leave the sums equal and the count wrong.
//! - A strongly consistent scan of the table sees every write that completed before it. The index
//!   `by-size` has no consistent reads
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>): it may lag by
//!   any time, and a count through it could miss an image that exists.
//! - A scan is isolated from a transaction only item by item
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation>).
//!   If the counter was read in the middle of a transaction, the transaction gets one second to
//!   reach its other items before the scan starts.
//!
//! A shard that changes meanwhile is counted again, and skipped if it changes every time: the next
//! run can still repair wrong totals, but nobody would notice a wrong repair.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use futures_util::future::try_join_all;

use crate::item::{Attributes, KEY, number, text};
use crate::totals::{StoredTotals, TOTAL_CHANGES, Totals};
use crate::{Catalog, CatalogError, Shard};

/// Maximum number of counts of a shard that keeps changing; after that, it is skipped.
const ROUNDS: u32 = 3;

/// Segments of the table that are scanned in parallel.
const SEGMENTS: i32 = 8;

/// Time in which a transaction that is in progress reaches all of its items.
const SETTLE: Duration = Duration::from_secs(1);

/// Least number by which a repair raises the counter of changes; each draws a number of its own
/// from here on.
///
/// A recording raises the counter by one. If a repair did too, and one recording came in between
/// the count and the repair, the item of that recording could equal the repair's, which would then
/// take it for its own. No shard has this many recordings within the retries of one request.
const OWN_STEP: u32 = 1_000_000;

/// Result of a recount, in numbers of shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    /// Shards examined.
    pub examined: u64,
    /// Shards whose totals were wrong and have been corrected.
    pub repaired: u64,
    /// Shards whose totals differed from every count but kept changing, so they were not corrected.
    pub unsettled: u64,
}

/// Totals of some shards, as stored and as counted.
#[derive(Clone, Debug)]
pub struct Counted(BTreeMap<Shard, (StoredTotals, Totals)>);

impl Catalog {
    /// Compares the totals of every shard with a count of its images and corrects those that are
    /// wrong. Safe while records are written.
    ///
    /// Reads the whole table with strong consistency, at one read unit per 4 KiB; up to three times
    /// if wrong totals keep changing.
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

    /// First half of [`Catalog::recount`]: reads the stored totals of every shard and counts its
    /// images.
    ///
    /// # Errors
    /// Those of [`Catalog::recount`].
    pub async fn count_totals(&self) -> Result<Counted, CatalogError> {
        self.count(&self.shards.all().collect::<Vec<_>>()).await
    }

    /// Second half of [`Catalog::recount`]: corrects wrong totals, in shards that have not changed
    /// since they were counted.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn repair_totals(&self, counted: &Counted) -> Result<Recount, CatalogError> {
        let (repaired, moved) = self.replace_wrong(counted).await?;
        let (examined, unsettled) = (counted.0.len() as u64, moved.len() as u64);
        Ok(Recount { examined, repaired, unsettled })
    }

    /// Reads the stored totals before it counts the images. In the reverse order, a write between
    /// the two would be in the totals but not in the count, and the counter would not reveal it.
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
        let response = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(shard.totals_key()))
            .consistent_read(true)
            .send()
            .await?;
        Ok(StoredTotals::read(response.item.as_ref()))
    }

    /// Counts the images in one segment of the table.
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

    /// Corrects wrong totals; returns the number of corrected shards, and the shards that have
    /// changed since they were counted.
    async fn replace_wrong(&self, counted: &Counted) -> Result<(u64, Vec<Shard>), CatalogError> {
        let (mut repaired, mut moved) = (0, Vec::new());
        for (shard, (stored, count)) in &counted.0 {
            if stored.matches(count) {
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

    /// Replaces a totals item unless it has changed since it was read. Returns true if it was
    /// replaced.
    async fn replace(
        &self,
        shard: Shard,
        stored: &StoredTotals,
        count: &Totals,
    ) -> Result<bool, CatalogError> {
        let new = stored.corrected(shard, count, fastrand::u32(OWN_STEP..));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_item(Some(new.clone()));
        // There was no item, or one without a counter. Any recording since would have added one.
        let put = match &stored.changes {
            None => put.condition_expression(format!("attribute_not_exists({TOTAL_CHANGES})")),
            Some(changes) => put
                .condition_expression(format!("{TOTAL_CHANGES} = :changes"))
                .expression_attribute_values(":changes", changes.clone()),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // The item is the new one: an earlier attempt of the SDK wrote it, and the response
                // was lost. Nobody else wrote it, because of its counter.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item.as_ref() == Some(&new))
                }
                Some(PutItemError::TransactionConflictException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}

/// Adds an image to the totals of its shard.
fn count_in(counts: &mut BTreeMap<Shard, Totals>, image: &Attributes) -> Result<(), CatalogError> {
    let shard = Shard::numbered(number(image, "shard")?);
    let size = number(image, "size")?;
    counts.entry(shard).or_default().add(&text(image, "contentType"), size);
    Ok(())
}
