//! Around a handler of the query API.

use std::convert::Infallible;

use catalog::{Catalog, ImageRecord, RecordState};
use runtime::Summary;

use crate::{Answer, ApiError, Request, requested_keys};

/// Serves requests until Lambda ends the process. A failure is an answer, not a failed
/// invocation, so that a client gets the contract's JSON instead of API Gateway's. The answer to
/// HEAD is that to GET without its body.
///
/// # Errors
/// When the Lambda Runtime API cannot be reached.
pub async fn serve<Handler>(handler: Handler) -> Result<(), runtime::Error>
where
    Handler: AsyncFn(&Request, &mut Summary) -> Result<Answer, ApiError>,
{
    let handler = &handler;
    runtime::run(async move |request: Request, summary: &mut Summary| {
        let answer = handler(&request, summary).await.unwrap_or_else(|error| {
            summary.outcome = Some(error.outcome());
            summary.reason = Some(error.to_string());
            error.answer()
        });
        let answer = answer.complete(&request);
        summary.status = Some(answer.code());
        Ok::<_, Infallible>(answer)
    })
    .await
}

/// The image that a request's path names.
///
/// # Errors
/// [`ApiError::NotFound`] when no reading of the path is an image, with the reason when one of
/// them was rejected, and whatever the catalog fails with.
pub async fn find(
    catalog: &Catalog,
    request: &Request,
    summary: &mut Summary,
) -> Result<(String, ImageRecord), ApiError> {
    let mut missing = None;
    for key in requested_keys(request)? {
        summary.key.get_or_insert_with(|| key.clone());
        let (record, cost) = catalog.get(&key).await?;
        *summary.round_trips.get_or_insert_default() += cost.round_trips;
        *summary.items.get_or_insert_default() += cost.items;
        let rejection = match record.map(|record| record.state) {
            Some(RecordState::Image(image)) => {
                summary.key = Some(key.clone());
                return Ok((key, image));
            }
            Some(RecordState::Rejected { rejection, .. }) => Some(rejection),
            Some(RecordState::Absent { .. }) | None => None,
        };
        if missing.is_none() || rejection.is_some() {
            missing = Some(ApiError::NotFound { key, rejection });
        }
    }
    Err(missing.unwrap_or_else(|| ApiError::BadRequest("the path holds no key".to_owned())))
}
