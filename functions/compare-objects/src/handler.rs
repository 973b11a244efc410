//! Comparison of listed objects with their records.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use catalog::{Catalog, CatalogError, Remeasure, Segment, SegmentError};
use contract::{ListedObject, NamedError, PageKeys, WalkPage, WalkRequest};
use futures_util::stream::{StreamExt as _, iter};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

/// Maximum number of list requests for one [`WalkPage`]. Each request lists up to 1,000 objects, of
/// which only those in the segment of the [`WalkRequest`] are compared.
const LISTINGS: usize = 10;

/// Number of objects that are compared at a time: as many as one batch read of records takes. No
/// further batch is read once the page is full.
const BATCH: usize = 100;

/// Time after which a page ends early, in case S3 or DynamoDB is slow: two thirds of the
/// function's timeout. The next page continues where this one ends.
const TIME: Duration = Duration::from_secs(40);

/// Maximum number of concurrent requests to S3.
const CONCURRENCY: usize = 16;

/// Error while comparing a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The records could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The bucket could not be listed, or HEAD requests fail for every object.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The segment in the input does not exist.
    #[error(transparent)]
    Segment(#[from] SegmentError),
}

impl NamedError for CompareError {
    fn name(&self) -> &'static str {
        match self {
            Self::Catalog(error) => error.name(),
            Self::Storage(error) => error.name(),
            Self::Segment(_) => "InvalidInput",
        }
    }
}

/// The comparison of one page of objects: the clients and settings that it uses, and its findings
/// so far.
struct Walk<'a> {
    catalog: &'a Catalog,
    storage: &'a Storage,
    remeasure: Remeasure,
    bucket: &'a str,
    started: Instant,
    examined: usize,
    keys: PageKeys,
    /// True if S3 refused or failed to answer a request about an object. If so, [`Storage::check`]
    /// finds out whether all requests to S3 fail.
    unanswered: bool,
}

/// Compares a page of objects with their records.
pub(crate) async fn compare_objects(
    catalog: &Catalog,
    storage: &Storage,
    WalkRequest { bucket, segment, segments, start, limit, remeasure }: WalkRequest,
    summary: &mut Summary,
) -> Result<WalkPage, CompareError> {
    let segment = Segment::new(segment, segments)?;
    let mut walk = Walk {
        catalog,
        storage,
        remeasure: remeasure.into(),
        bucket: &bucket,
        started: Instant::now(),
        examined: 0,
        keys: PageKeys::new(limit),
        unanswered: false,
    };
    let mut next = start;
    for _ in 0..LISTINGS {
        let listing = storage.list(&bucket, next.as_deref()).await?;
        let last = listing.objects.last().map(|object| object.key.clone());
        let of_segment = listing.objects.into_iter().filter(|it| segment.contains(&it.key));
        if let Some(stopped) = walk.compare(&of_segment.collect::<Vec<_>>(), summary).await? {
            next = Some(stopped);
            break;
        }
        next = last.filter(|_| listing.is_truncated);
        if next.is_none() || walk.started.elapsed() >= TIME {
            break;
        }
    }
    if walk.unanswered {
        storage.check(&bucket).await?;
    }
    let (examined, keys) = (walk.examined, walk.keys.into_keys());
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    Ok(WalkPage { examined, keys, next })
}

impl Walk<'_> {
    /// Compares objects with their records. If the page becomes full or its time runs out, returns
    /// the key of the last object compared.
    ///
    /// The page names the keys of four kinds of objects:
    ///
    /// - objects whose record is missing, is not valid or differs,
    /// - objects that are to be measured again,
    /// - objects that are recorded as unreadable, but are readable now or are unreadable for
    ///   another reason,
    /// - objects about which S3 refuses or fails to answer. If S3 still gives no answer when the
    ///   object is repaired, the repair fails and leaves its event in the failure queue.
    async fn compare(
        &mut self,
        objects: &[ListedObject],
        summary: &mut Summary,
    ) -> Result<Option<String>, CompareError> {
        for batch in objects.chunks(BATCH) {
            let (differing, cost) = self.catalog.differing(batch, self.remeasure).await?;
            *summary.round_trips.get_or_insert_default() += cost.round_trips;
            *summary.items.get_or_insert_default() += cost.items;
            let (differing_keys, unreadable) = (set(differing.keys), differing.unreadable);
            let (storage, bucket) = (self.storage, self.bucket);
            // The answers come in the order of the batch, so the next page can continue after any
            // of them.
            let mut answers = iter(batch)
                .map(|ListedObject { key, .. }| {
                    let (differs, reason) = (differing_keys.contains(key), unreadable.get(key));
                    async move {
                        let at = Location { bucket, key };
                        let answer = match reason {
                            Some(reason) => {
                                storage.is_unreadable_as(at, reason).await.map(|same| !same)
                            }
                            None => Ok(differs),
                        };
                        (answer, key)
                    }
                })
                .buffered(CONCURRENCY);
            while let Some((answer, key)) = answers.next().await {
                self.examined += 1;
                self.unanswered |= answer.is_err();
                if answer.unwrap_or(true) {
                    self.keys.push(key.clone());
                }
                if self.keys.is_full() || self.started.elapsed() >= TIME {
                    return Ok(Some(key.clone()));
                }
            }
        }
        Ok(None)
    }
}

fn set(keys: Vec<String>) -> HashSet<String> {
    keys.into_iter().collect()
}
