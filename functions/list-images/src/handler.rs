//! What one invocation does.

use api::{Answer, ApiError, CacheSeconds, ImageList, Request};
use catalog::Catalog;
use runtime::Summary;

/// The function with what it needs.
pub(crate) struct ListImages {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl ListImages {
    /// One page of images, at a cost in proportion to the page.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let query = api::list_request(request, self.catalog.shards())?;
        let page = self.catalog.list(&query).await?;
        summary.outcome = Some("listed");
        summary.round_trips = Some(page.cost.round_trips);
        summary.items = Some(page.cost.items);
        Ok(Answer::json(200, &ImageList::from(page)).conditional(request, self.cache))
    }
}
