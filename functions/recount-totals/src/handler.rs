//! What one invocation does.

use catalog::{Catalog, CatalogError};
use runtime::Summary;
use serde::{Deserialize, Serialize};

/// The input: it says nothing, whatever it is.
#[derive(Debug, Deserialize)]
pub(crate) struct Anything {}

/// What a recount found, in shards.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    examined: u64,
    repaired: u64,
    /// Shards that kept changing, so that no count could tell what is right.
    failed: u64,
}

/// Recounts all totals.
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
