//! Serves the metadata of one image.

use api::{ApiError, CacheSeconds, Metadata, Request, Response};
use catalog::Catalog;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct GetMetadata {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl GetMetadata {
    /// Returns the metadata of the image that the path names.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let (key, image) = api::find(&self.catalog, request, summary).await?;
        summary.outcome = Some("found");
        Ok(Response::json(200, &Metadata::new(key, image)).conditional(request, self.cache))
    }
}
