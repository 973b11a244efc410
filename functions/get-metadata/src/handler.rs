//! What one invocation does.

use api::{Answer, ApiError, CacheSeconds, Metadata, Request};
use catalog::Catalog;
use runtime::Summary;

/// The function with what it needs.
pub(crate) struct GetMetadata {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl GetMetadata {
    /// The metadata of the image that the path names.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let (key, image) = api::find(&self.catalog, request, summary).await?;
        summary.outcome = Some("found");
        Ok(Answer::json(200, &Metadata::new(key, image)).conditional(request, self.cache))
    }
}
