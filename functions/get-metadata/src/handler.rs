//! Serves the metadata of one image.

use api::{ApiError, CacheSeconds, Found, Metadata, Request, Response};
use catalog::Catalog;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct GetMetadata {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
    /// True if signed requests get the execution that recorded the image.
    pub(crate) shows_execution: bool,
}

impl GetMetadata {
    /// Returns the metadata of the image that the request names.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let Found { key, image, written } = api::find(&self.catalog, request, summary).await?;
        summary.outcome = Some("found");
        // The ARN names the account, so only signed requests get it.
        let is_shown = self.shows_execution && request.is_signed();
        let execution = written.map(|it| it.execution).filter(|_| is_shown);
        let document = Metadata::new(key, image).recorded_by(execution);
        Ok(Response::json(200, &document).conditional(request, self.cache))
    }
}
