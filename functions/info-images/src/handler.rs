//! What one invocation does.

use api::{Answer, ApiError, CacheSeconds, Info, Request};
use catalog::Catalog;
use runtime::Summary;

/// The function with what it needs.
pub(crate) struct InfoImages {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl InfoImages {
    /// Largest, smallest and counts by content type, at a cost that does not depend on the number
    /// of images.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let (overview, cost) = self.catalog.overview().await?;
        summary.outcome = Some("overview");
        summary.round_trips = Some(cost.round_trips);
        summary.items = Some(cost.items);
        Ok(Answer::json(200, &Info::from(overview)).conditional(request, self.cache))
    }
}
