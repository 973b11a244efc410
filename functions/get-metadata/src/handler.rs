//! Serves the metadata of one image, or of many.

use api::{ApiError, CacheSeconds, Found, LookUp, Metadata, Request, Response};
use catalog::Catalog;
use contract::KeyPrefix;
use runtime::Summary;

/// The function and its dependencies.
pub(crate) struct GetMetadata {
    pub(crate) catalog: Catalog,
    pub(crate) prefix: KeyPrefix,
    pub(crate) cache: CacheSeconds,
    /// True if responses to signed requests have the ARN of the execution that recorded the image.
    pub(crate) shows_execution: bool,
}

impl GetMetadata {
    /// Returns the metadata of the requested image. For POST, returns the metadata of every key in
    /// the request's body.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        if request.method() == "POST" {
            return self.look_up(request, summary).await;
        }
        let Found { key, image, written } =
            api::find(&self.catalog, &self.prefix, request, summary).await?;
        summary.outcome = Some("found");
        let execution = written.map(|it| it.execution).filter(|_| self.shows(request));
        let document = Metadata::new(key, image).recorded_by(execution);
        Ok(Response::json(200, &document).conditional(request, self.cache))
    }

    async fn look_up(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let keys = api::look_up_request(request, &self.prefix)?;
        let (records, cost) = self.catalog.get_many(&keys).await?;
        summary.outcome = Some("looked-up");
        // Invalid records do not fail the request: their keys get the status `failed`. Only one of
        // these records is logged.
        if let Some(error) = records.values().find_map(|record| record.as_ref().err()) {
            summary.reason = Some(error.to_string());
            summary.needs_repair = true;
        }
        summary.round_trips = Some(cost.round_trips);
        summary.items = Some(cost.items);
        Ok(Response::json(200, &LookUp::new(keys, &records, self.shows(request))))
    }

    /// True if the response shows executions. A response to an unsigned request never does, because
    /// an execution's ARN names the account.
    fn shows(&self, request: &Request) -> bool {
        self.shows_execution && request.is_signed()
    }
}
