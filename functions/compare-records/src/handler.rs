//! Comparison of a page of records with the bucket.

use catalog::{Catalog, Segment};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

use crate::page::{CompareError, Comparison, Request};

/// Requests to S3 in parallel.
const CONCURRENCY: usize = 16;

/// Compares a page of records with the bucket.
pub(crate) async fn compare_records(
    catalog: &Catalog,
    storage: &Storage,
    Request { bucket, segment, segments, start }: Request,
    summary: &mut Summary,
) -> Result<Comparison, CompareError> {
    let segment = Segment::new(segment, segments)?;
    let (page, cost) = catalog.page(segment, start).await?;
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    let examined = page.keys.len();
    let keys = gone(storage, &bucket, page.keys).await?;
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    Ok(Comparison { examined, keys, next: page.next })
}

/// Returns those of the keys that have no object.
async fn gone(
    storage: &Storage,
    bucket: &str,
    keys: Vec<String>,
) -> Result<Vec<String>, StorageError> {
    iter(keys)
        .map(async |key| {
            let object = storage.head(Location { bucket, key: &key }).await?;
            Ok(object.is_none().then_some(key))
        })
        .buffer_unordered(CONCURRENCY)
        .try_filter_map(async |key| Ok(key))
        .try_collect()
        .await
}
