//! Comparison of listed objects with their records.

use catalog::{Catalog, CatalogError, Remeasure};
use runtime::Summary;
use serde::Serialize;

use crate::listing::Batch;

/// Result for one batch.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Number of objects compared.
    examined: usize,
    /// Keys whose record has to be repaired.
    keys: Vec<String>,
}

/// Compares listed objects with their records.
pub(crate) async fn compare_objects(
    catalog: &Catalog,
    batch: Batch,
    summary: &mut Summary,
) -> Result<Comparison, CatalogError> {
    let objects = batch.into_objects();
    let (keys, cost) = catalog.differing(&objects, Remeasure::Nothing).await?;
    summary.outcome = Some(if keys.is_empty() { "same" } else { "differing" });
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    Ok(Comparison { examined: objects.len(), keys })
}
