//! Comparison of a page of records with the bucket.

use std::time::{Duration, Instant};

use catalog::{Catalog, CatalogError, PageRecord, Segment, SegmentError};
use contract::{NamedError, PageKeys, WalkPage, WalkRequest};
use futures_util::stream::{StreamExt as _, iter};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

/// Time after which a page ends early, in case S3 is slow: two thirds of the function's
/// timeout. The next page continues where this one ends.
const TIME: Duration = Duration::from_secs(40);

/// Maximum number of concurrent requests to S3.
const CONCURRENCY: usize = 64;

/// Error while comparing a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The records could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// S3 refuses or fails all HEAD requests, not just the requests for some objects.
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

/// Result of comparing a record with its object.
enum Finding {
    /// There is an object, which may be unreadable, and the record is valid.
    Sound,
    /// The object is gone, its key is outside the stack's key prefix, or the record is not valid.
    Differs,
    /// S3 refuses or fails to describe the object. A repair asks S3 again. If the repair meets the
    /// same failure, the repair fails, and its event goes to the failure queue.
    Unanswered,
}

/// Compares a page of records with the bucket.
pub(crate) async fn compare_records(
    catalog: &Catalog,
    storage: &Storage,
    WalkRequest { bucket, segment, segments, start, limit, .. }: WalkRequest,
    summary: &mut Summary,
) -> Result<WalkPage, CompareError> {
    let (started, segment) = (Instant::now(), Segment::new(segment, segments)?);
    let (page, cost) = catalog.page(segment, start).await?;
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    let (mut keys, mut next) = (PageKeys::new(limit), page.next);
    let (mut examined, mut unanswered) = (0, false);
    // The results come in the order of the page. If the page ends early, the next page starts after
    // the last record examined here.
    let mut findings = iter(page.records)
        .map(async |record| (examine(storage, &bucket, &record).await, record.key))
        .buffered(CONCURRENCY);
    while let Some((finding, key)) = findings.next().await {
        examined += 1;
        match finding {
            Finding::Sound => {}
            Finding::Differs => keys.push(key.clone()),
            Finding::Unanswered => {
                unanswered = true;
                keys.push(key.clone());
            }
        }
        if keys.is_full() || started.elapsed() >= TIME {
            next = Some(key);
            break;
        }
    }
    if unanswered {
        storage.check(&bucket).await?;
    }
    let keys = keys.into_keys();
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    Ok(WalkPage { examined, keys, next })
}

async fn examine(storage: &Storage, bucket: &str, record: &PageRecord) -> Finding {
    // S3 is not asked: whatever it holds, a repair replaces an item that is not a valid record, and
    // removes a record outside the prefix. No role may read outside the prefix anyway.
    if !record.is_valid || !storage.prefix().contains(&record.key) {
        return Finding::Differs;
    }
    match storage.head(Location { bucket, key: &record.key }).await {
        // An object that cannot be read still exists, so its record stays. `compare-objects` checks
        // whether the object can be read now.
        Ok(Some(_)) | Err(StorageError::ObjectUnreadable(_)) => Finding::Sound,
        Ok(None) => Finding::Differs,
        Err(_) => Finding::Unanswered,
    }
}
