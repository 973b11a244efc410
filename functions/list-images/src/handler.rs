//! Serves listings, a page at a time.

use api::{ApiError, CacheSeconds, ImageList, Request, Response};
use catalog::Catalog;
use contract::KeyPrefix;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct ListImages {
    pub(crate) catalog: Catalog,
    pub(crate) prefix: KeyPrefix,
    pub(crate) cache: CacheSeconds,
}

impl ListImages {
    /// Returns one page of images. [`Catalog::list`] bounds the cost of a page, however many images
    /// the catalog has.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let query = api::list_request(request, self.catalog.shards(), &self.prefix)?;
        let page = self.catalog.list(&query).await?;
        summary.outcome = Some("listed");
        summary.round_trips = Some(page.cost.round_trips);
        summary.items = Some(page.cost.items);
        Ok(ImageList::new(page, request).response(request, self.cache))
    }
}
