//! Comparison of listed objects with their records.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use catalog::{Catalog, CatalogError, Remeasure, Segment, SegmentError};
use contract::{ListedObject, NamedError, PageKeys, UPLOADS_PREFIX, WalkPage, WalkRequest};
use futures_util::stream::{StreamExt as _, iter};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

/// Maximum number of list requests for one page. Each lists 1,000 objects, of which only some
/// belong to the segment.
const LISTINGS: usize = 10;

/// Number of objects whose records are read before the page's limit is checked: as many as one
/// batch read takes.
const BATCH: usize = 100;

/// Time after which a page ends early, because S3 or DynamoDB may be slow: two thirds of the
/// function's timeout. The next page continues where this one ends.
const TIME: Duration = Duration::from_secs(40);

/// Requests to S3 in parallel.
const CONCURRENCY: usize = 16;

/// Error while comparing a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The records could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The bucket could not be listed, or the state of an object could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The input names a segment that does not exist.
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

/// A page while it is compared.
struct Walk<'a> {
    catalog: &'a Catalog,
    storage: &'a Storage,
    remeasure: Remeasure,
    bucket: &'a str,
    examined: usize,
    keys: PageKeys,
}

/// Compares a page of objects with their records.
pub(crate) async fn compare_objects(
    catalog: &Catalog,
    storage: &Storage,
    WalkRequest { bucket, segment, segments, start, limit, remeasure }: WalkRequest,
    summary: &mut Summary,
) -> Result<WalkPage, CompareError> {
    let (started, segment) = (Instant::now(), Segment::new(segment, segments)?);
    let (keys, remeasure) = (PageKeys::new(limit), Remeasure::from(remeasure));
    let mut walk = Walk { catalog, storage, remeasure, bucket: &bucket, examined: 0, keys };
    let mut next = start;
    for _ in 0..LISTINGS {
        let listing = storage.list(&bucket, UPLOADS_PREFIX, next.as_deref()).await?;
        let last = listing.objects.last().map(|object| object.key.clone());
        let of_segment = listing.objects.into_iter().filter(|it| segment.contains(&it.key));
        if let Some(stopped) = walk.compare(&of_segment.collect::<Vec<_>>(), summary).await? {
            next = Some(stopped);
            break;
        }
        next = last.filter(|_| listing.is_truncated);
        if next.is_none() || started.elapsed() >= TIME {
            break;
        }
    }
    let (examined, keys) = (walk.examined, walk.keys.into_keys());
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    Ok(WalkPage { examined, keys, next })
}

impl Walk<'_> {
    /// Compares objects. If the page is full, returns the key of the last object compared.
    async fn compare(
        &mut self,
        objects: &[ListedObject],
        summary: &mut Summary,
    ) -> Result<Option<String>, CompareError> {
        for batch in objects.chunks(BATCH) {
            let (differing, cost) = self.catalog.differing(batch, self.remeasure).await?;
            *summary.round_trips.get_or_insert_default() += cost.round_trips;
            *summary.items.get_or_insert_default() += cost.items;
            let mut differing_keys: HashSet<String> = differing.keys.into_iter().collect();
            differing_keys.extend(self.readable(differing.unreadable).await?);
            for object in batch {
                self.examined += 1;
                let Some(key) = differing_keys.take(&object.key) else { continue };
                self.keys.push(key);
                if self.keys.is_full() {
                    return Ok(Some(object.key.clone()));
                }
            }
        }
        Ok(None)
    }

    /// Returns the keys of objects that can be read now or that S3 refuses to describe. The repair
    /// of an object that S3 refuses to describe fails, and leaves its event in the failure queue.
    async fn readable(&self, keys: Vec<String>) -> Result<Vec<String>, StorageError> {
        let mut answers = iter(keys)
            .map(async |key| {
                let at = Location { bucket: self.bucket, key: &key };
                (self.storage.is_readable(at).await, key)
            })
            .buffered(CONCURRENCY);
        let (mut readable, mut refused) = (Vec::new(), None);
        while let Some((answer, key)) = answers.next().await {
            match answer {
                Ok(true) => readable.push(key),
                Ok(false) => {}
                Err(error @ StorageError::StorageRefused(_)) => {
                    refused.get_or_insert(error);
                    readable.push(key);
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = refused {
            self.storage.check_refusal(self.bucket, error).await?;
        }
        Ok(readable)
    }
}
