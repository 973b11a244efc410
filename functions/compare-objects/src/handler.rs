//! What one invocation does.

use catalog::{Catalog, CatalogError};
use runtime::Summary;
use serde::Serialize;

use crate::listing::Batch;

/// What differs in a batch.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Objects compared.
    examined: usize,
    /// Keys of those that have to be looked at.
    keys: Vec<String>,
}

/// Compares listed objects with their records.
pub(crate) async fn compare_objects(
    catalog: &Catalog,
    batch: Batch,
    summary: &mut Summary,
) -> Result<Comparison, CatalogError> {
    let objects = batch.into_objects();
    let (keys, cost) = catalog.differing(&objects).await?;
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    Ok(Comparison { examined: objects.len(), keys })
}
