//! Serves the overview.

use api::{ApiError, CacheSeconds, Info, Request, Response};
use catalog::Catalog;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct InfoImages {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl InfoImages {
    /// Returns the largest image, the smallest image and the counts by content type. The cost does
    /// not depend on the number of images.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let (overview, cost) = self.catalog.overview().await?;
        summary.outcome = Some("overview");
        summary.round_trips = Some(cost.round_trips);
        summary.items = Some(cost.items);
        Ok(Response::json(200, &Info::from(overview)).conditional(request, self.cache))
    }
}
