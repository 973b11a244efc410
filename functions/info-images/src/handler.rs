//! What one invocation does.

use api::{Answer, ApiError, Info};
use catalog::Catalog;
use runtime::Summary;

/// Largest, smallest and counts by content type, at a cost that does not depend on the number of
/// images.
pub(crate) async fn info_images(
    catalog: &Catalog,
    summary: &mut Summary,
) -> Result<Answer, ApiError> {
    let (overview, cost) = catalog.overview().await?;
    summary.outcome = Some("overview");
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    Ok(Answer::json(200, &Info::from(overview)))
}
