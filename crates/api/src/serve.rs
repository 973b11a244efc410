//! The loop around a handler of the query API.

use std::convert::Infallible;

use catalog::{Catalog, ImageRecord, RecordState, Written};
use runtime::Summary;

use crate::key::misplaced_prefix;
use crate::{ApiError, Request, Response, requested_keys};

/// Serves requests until Lambda ends the process.
///
/// An error becomes an error response instead of a failed invocation, so that the client receives
/// the JSON of the API contract instead of API Gateway's own. HEAD is handled as GET, then the body
/// is removed.
///
/// # Errors
/// If the Lambda Runtime API cannot be reached.
pub async fn serve<Handler>(handler: Handler) -> Result<(), runtime::Error>
where
    Handler: AsyncFn(&Request, &mut Summary) -> Result<Response, ApiError>,
{
    let handler = &handler;
    runtime::run(async move |request: Request, summary: &mut Summary| {
        let response = handler(&request, summary).await.unwrap_or_else(|error| {
            summary.outcome = Some(error.outcome());
            summary.reason = Some(error.to_string());
            error.response()
        });
        let response = response.complete(&request);
        summary.status = Some(response.code());
        Ok::<_, Infallible>(response)
    })
    .await
}

/// An image that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Key of the object, with its prefix.
    pub key: String,
    /// The recorded image.
    pub image: ImageRecord,
    /// The execution that recorded the image, if it is known.
    pub written: Option<Written>,
}

/// Finds the image that a request names, in its path or as a query parameter.
///
/// # Errors
/// [`ApiError::NotFound`] if no reading of the key names an image; it contains the reason if one of
/// them names a rejected object. [`ApiError::NotFoundWithHint`] if the path has the prefix that
/// paths omit. [`ApiError::BadRequest`] if the request names no key.
/// [`ApiError::Unavailable`] or [`ApiError::Internal`] if the catalog fails.
pub async fn find(
    catalog: &Catalog,
    request: &Request,
    summary: &mut Summary,
) -> Result<Found, ApiError> {
    let mut missing = None;
    for key in requested_keys(request)? {
        summary.key.get_or_insert_with(|| key.clone());
        let (record, cost) = catalog.get(&key).await?;
        *summary.round_trips.get_or_insert_default() += cost.round_trips;
        *summary.items.get_or_insert_default() += cost.items;
        let (written, state) = record.map(|record| (record.written, record.state)).unzip();
        let rejection = match state {
            Some(RecordState::Image(image)) => {
                summary.key = Some(key.clone());
                return Ok(Found { key, image, written: written.flatten() });
            }
            Some(RecordState::Rejected { rejection, .. }) => Some(rejection),
            Some(RecordState::Absent { .. }) | None => None,
        };
        if missing.is_none() || rejection.is_some() {
            missing = Some(ApiError::NotFound { key, rejection });
        }
    }
    match (missing, misplaced_prefix(request)) {
        (Some(ApiError::NotFound { key, rejection: None }), Some(hint)) => {
            Err(ApiError::NotFoundWithHint { key, hint })
        }
        (Some(error), _) => Err(error),
        // Cannot happen: a request that names no key was refused above.
        (None, _) => Err(ApiError::BadRequest("the request names no key".to_owned())),
    }
}
