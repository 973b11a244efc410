//! Recounting: compares the totals with the images and repairs wrong totals, while records are
//! written.
//!
//! [`Catalog::record`] keeps the totals equal to the images. A recount corrects totals that have
//! become wrong in another way: because an item was edited by hand, because the table was restored
//! from a backup, or because of a bug in an older version.
//!
//! # Why a repair never undoes a concurrent write
//! The repair of a shard reads its totals item, counts its images, and then replaces the item on
//! the condition that its counter of changes still has the value that was read.
//!
//! - Every recording that changes a sum over the images of a shard changes the totals item of that
//!   shard in the same transaction, and with it the counter (`record.rs`). So an unchanged counter
//!   means that between the first read and the replacement, no image of the shard was added or
//!   removed, and none got another content type or size. So the pages of the scan add up to one
//!   consistent count, although they were read at different moments.
//! - The counter does not return to an earlier value. Comparing the sums instead would not be
//!   enough: a deletion behind the scan and an upload ahead of it can leave the sums equal and the
//!   count wrong.
//! - A strongly consistent scan of the table sees every write that completed before it. The index
//!   `by-size` has no strongly consistent reads
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>): it may lag by
//!   any length of time, and a count through the index could miss an image that exists.
//! - A scan is isolated from a transaction only item by item
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation>).
//!   If the counter was read in the middle of a transaction, the transaction gets one second to
//!   reach its other items before the scan starts.
//!
//! If the totals of a shard differ from the count, and have changed during the count, the shard is
//! counted again. If that happens in every count, the shard is skipped. Skipping is safer than a
//! repair that may be wrong: the next run can still repair wrong totals, but nobody would notice a
//! wrong repair.
//!
//! # Parts
//! Lambda ends a function after 15 minutes, and a large table takes longer to scan. So a recount is
//! cut into parts: [`Catalog::recount_part`] scans for a given time and returns its [`Progress`],
//! with which the next call continues. The argument above for the safety of a repair does not
//! depend on the duration of a count or on the number of its parts: the counters are read before
//! the first part, and compared after the last one. A call may be repeated with the same progress:
//! it starts at the same items, and no image is counted twice.

mod progress;

use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use futures_util::future::try_join_all;
pub use progress::Progress;
use progress::{Counter, Unscanned};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::item::{Attributes, KEY, text};
use crate::totals::{CountedImage, StoredTotals, TOTAL_CHANGES, Totals};
use crate::{Catalog, CatalogError, Shard};

/// Maximum number of counts of a shard. If the shard's totals differ from the count, but cannot be
/// corrected because they keep changing, the shard is counted again. After the last count, the
/// totals stay as they are.
const ROUNDS: u32 = 3;

/// Wait between the read of the counters and the scan. In this time, a transaction that was in
/// progress during the read reaches all of its items.
const SETTLE: Duration = Duration::from_secs(1);

/// Smallest step by which a repair raises the counter of changes. Each repair draws a random step
/// that is at least this large. A recording raises the counter by one.
///
/// If the table already has the item that a repair is to write, the repair assumes that an earlier
/// attempt of its request wrote the item. Recordings cannot have written the item: no shard has so
/// many recordings within the retries of one request.
///
/// A recording replaces a counter that is not a number by a random number of at least this size.
pub(crate) const OWN_STEP: u32 = 1_000_000;

/// Totals per shard.
type Counts = std::collections::BTreeMap<Shard, Totals>;

/// Result of a recount: numbers of shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recount {
    /// Shards examined.
    pub examined: u64,
    /// Shards whose totals were wrong and have been corrected.
    pub repaired: u64,
    /// Shards that were not corrected: their totals kept changing and never equaled the count, or
    /// their count had too many content types and was given up.
    pub unsettled: u64,
}

/// Result of one part of a recount.
#[derive(Clone, Debug, PartialEq)]
pub enum RecountPart {
    /// Progress from which the next part continues.
    Unfinished(Progress),
    /// The recount is complete.
    Finished(Recount),
}

impl Catalog {
    /// Counts the images of every shard, and corrects totals that differ from the count. Safe while
    /// records are written.
    ///
    /// Scans the whole table with strong consistency, at one read unit per 4 KiB. If wrong totals
    /// keep changing, scans it up to three times.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn recount(&self) -> Result<Recount, CatalogError> {
        let mut progress = None;
        loop {
            match self.recount_part(progress, Duration::MAX).await? {
                RecountPart::Unfinished(unfinished) => progress = Some(unfinished),
                RecountPart::Finished(recount) => return Ok(recount),
            }
        }
    }

    /// Runs one part of a recount: the first part if `progress` is `None`, or else the part that
    /// continues from `progress`. The part makes at least one scan request for each segment of the
    /// table that has not been scanned completely. After `time`, it starts no further scan request.
    ///
    /// # Errors
    /// The errors of [`Catalog::recount`].
    pub async fn recount_part(
        &self,
        progress: Option<Progress>,
        time: Duration,
    ) -> Result<RecountPart, CatalogError> {
        let mut progress = match progress {
            Some(progress) => progress,
            None => self.start_count(self.shards.all().collect(), Progress::default()).await?,
        };
        self.scan(&mut progress, time).await?;
        if !progress.is_counted() {
            return Ok(RecountPart::Unfinished(progress));
        }
        let moved = self.replace_wrong(&mut progress).await?;
        if moved.is_empty() || progress.round >= ROUNDS {
            progress.recount.unsettled += moved.len() as u64;
            return Ok(RecountPart::Finished(progress.recount));
        }
        Ok(RecountPart::Unfinished(self.start_count(moved, progress).await?))
    }

    /// Counts the images of every shard, without correcting anything: the first half of
    /// [`Catalog::recount`].
    ///
    /// # Errors
    /// The errors of [`Catalog::recount`].
    pub async fn count_totals(&self) -> Result<Progress, CatalogError> {
        let shards = self.shards.all().collect();
        let mut progress = self.start_count(shards, Progress::default()).await?;
        self.scan(&mut progress, Duration::MAX).await?;
        Ok(progress)
    }

    /// Corrects totals that differ from the count in `counted`. Leaves totals as they are if they
    /// have changed since that count began.
    ///
    /// # Errors
    /// The errors of [`Catalog::recount`].
    pub async fn repair_totals(&self, mut counted: Progress) -> Result<Recount, CatalogError> {
        let moved = self.replace_wrong(&mut counted).await?;
        counted.recount.unsettled += moved.len() as u64;
        Ok(counted.recount)
    }

    /// Reads the shards' change counters before the images are counted. Counters read after the
    /// count would hide a write during the count, which may be in the totals but not in the count.
    async fn start_count(
        &self,
        shards: Vec<Shard>,
        before: Progress,
    ) -> Result<Progress, CatalogError> {
        let counters = try_join_all(shards.iter().map(async |shard| {
            Ok::<_, CatalogError>((*shard, Counter::of(&self.stored_totals(*shard).await?)))
        }));
        let progress = before.next_round(counters.await?);
        self.wait(SETTLE).await;
        Ok(progress)
    }

    async fn stored_totals(&self, shard: Shard) -> Result<StoredTotals, CatalogError> {
        let (item, _) = self.item(&shard.totals_key(), true).await?;
        Ok(StoredTotals::read(item.as_ref()))
    }

    /// Counts the images in the unscanned parts of all segments, in parallel. After `time`,
    /// starts no further scan request.
    async fn scan(&self, progress: &mut Progress, time: Duration) -> Result<(), CatalogError> {
        let end = Instant::now().checked_add(time);
        let segments = progress.take_unscanned();
        let scans = segments.into_iter().map(|segment| self.scan_segment(segment, end));
        for (images, rest) in try_join_all(scans).await? {
            progress.add(&images, rest);
        }
        progress.limit();
        Ok(())
    }

    /// Counts the images in one segment. After the time `end`, reads no further page. Returns the
    /// counts, and the unscanned part of the segment, if any.
    async fn scan_segment(
        &self,
        mut segment: Unscanned,
        end: Option<Instant>,
    ) -> Result<(Counts, Option<Unscanned>), CatalogError> {
        let mut counts = Counts::new();
        loop {
            let start = segment.after.take().map(|key| [(KEY.to_owned(), AttributeValue::S(key))]);
            let page = self
                .client
                .scan()
                .table_name(&self.table)
                .consistent_read(true)
                .segment(segment.segment)
                .total_segments(progress::SEGMENTS)
                .set_exclusive_start_key(start.map(Attributes::from))
                .filter_expression("attribute_exists(#shard)")
                .projection_expression("s3objectkey, contentType, #shard, #size")
                .expression_attribute_names("#shard", "shard")
                .expression_attribute_names("#size", "size")
                .send()
                .await?;
            // An item that cannot be read as a counted image is not counted. A recording that
            // replaces such an item does not subtract it from the totals.
            for image in page.items().iter().filter_map(CountedImage::read) {
                counts.entry(image.shard).or_default().add(&image);
            }
            segment.after = page.last_evaluated_key().map(|key| text(key, KEY));
            if segment.after.is_none() {
                return Ok((counts, None));
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                return Ok((counts, Some(segment)));
            }
        }
    }

    /// Corrects the totals that differ from the count. Returns the shards whose totals differ but
    /// could not be corrected, because they have changed since the count began, or are changing.
    async fn replace_wrong(&self, progress: &mut Progress) -> Result<Vec<Shard>, CatalogError> {
        let mut moved = Vec::new();
        for (shard, counter, count) in progress.take_counted() {
            let stored = self.stored_totals(shard).await?;
            // Totals that equal the count need no correction, even if the shard's counter has
            // changed.
            if stored.matches(&count) {
                continue;
            }
            if Counter::of(&stored) == counter && self.replace(shard, &stored, &count).await? {
                progress.recount.repaired += 1;
            } else {
                moved.push(shard);
            }
        }
        Ok(moved)
    }

    /// Replaces a totals item, or creates a missing one. Returns false instead if the item has
    /// changed since it was read, or if a transaction is changing it.
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
        // `changes` is `None` if the totals were missing or had no counter. Every recording adds a
        // counter, so totals that still have none have not changed.
        let put = match &stored.changes {
            None => put.condition_expression(format!("attribute_not_exists({TOTAL_CHANGES})")),
            Some(changes) => put
                .condition_expression(format!("{TOTAL_CHANGES} = :changes"))
                .expression_attribute_values(":changes", changes.clone()),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // If the current item equals `new`, an earlier attempt of the SDK wrote it, and the
                // response was lost. A repair adds a random number to `changes`, so no other writer
                // would have written an equal item.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item.as_ref() == Some(&new))
                }
                Some(PutItemError::TransactionConflictException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}
