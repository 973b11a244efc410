//! Recounts the totals.

use catalog::{Catalog, CatalogError};
use runtime::Summary;
use serde::{Deserialize, Serialize};

/// Input: any object; its members are ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {}

/// Output: the result of the recount, in numbers of shards.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    examined: u64,
    repaired: u64,
    /// Shards whose totals differed from every count but kept changing, so they were not corrected.
    failed: u64,
}

/// Recounts the totals of all shards.
pub(crate) async fn recount_totals(
    catalog: &Catalog,
    summary: &mut Summary,
) -> Result<Report, CatalogError> {
    let recount = catalog.recount().await?;
    summary.outcome = Some(match (recount.repaired, recount.unsettled) {
        (_, 1..) => "unsettled",
        (1.., 0) => "repaired",
        (0, 0) => "same",
    });
    Ok(Report { examined: recount.examined, repaired: recount.repaired, failed: recount.unsettled })
}
