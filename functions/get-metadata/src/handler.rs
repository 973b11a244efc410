//! Serves the metadata of one image, or of many.

use api::{ApiError, CacheSeconds, LookUp, Metadata, Request, Response};
use catalog::Catalog;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct GetMetadata {
    pub(crate) catalog: Catalog,
    pub(crate) cache: CacheSeconds,
}

impl GetMetadata {
    /// Returns the metadata of the image that the request names, or, for POST, of every key in its
    /// body.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        if request.method() == "POST" {
            return self.look_up(request, summary).await;
        }
        let (key, image) = api::find(&self.catalog, request, summary).await?;
        summary.outcome = Some("found");
        Ok(Response::json(200, &Metadata::new(key, image)).conditional(request, self.cache))
    }

    async fn look_up(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let keys = api::look_up_request(request)?;
        let (records, cost) = self.catalog.get_many(&keys).await?;
        summary.outcome = Some("looked-up");
        summary.round_trips = Some(cost.round_trips);
        summary.items = Some(cost.items);
        Ok(Response::json(200, &LookUp::new(keys, &records)))
    }
}
