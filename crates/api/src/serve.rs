//! The loop around a handler of the query API, and the look-up of the image that a request names.

use std::convert::Infallible;

use catalog::{Catalog, CatalogError, Cost, ImageRecord, Record, RecordState, Written};
use contract::KeyPrefix;
use runtime::Summary;

use crate::key::misplaced_prefix;
use crate::{ApiError, Request, Response, requested_keys};

/// Serves requests until Lambda ends the process.
///
/// An error of the handler becomes an error response with the JSON of the API contract. The
/// invocation itself never fails. If it failed, the client would receive API Gateway's own error
/// document. The body is removed from the response to HEAD.
///
/// # Errors
/// If the Lambda Runtime API cannot be reached.
pub async fn serve<Handler>(handler: Handler) -> Result<(), runtime::Error>
where
    Handler: AsyncFn(&Request, &mut Summary) -> Result<Response, ApiError>,
{
    let handler = &handler;
    runtime::run(async move |request: Request, summary: &mut Summary| {
        Ok::<_, Infallible>(respond(handler, &request, summary).await)
    })
    .await
}

/// The handler's response to a request, or the response for the handler's error.
async fn respond(
    handler: &impl AsyncFn(&Request, &mut Summary) -> Result<Response, ApiError>,
    request: &Request,
    summary: &mut Summary,
) -> Response {
    let response = handler(request, summary).await.unwrap_or_else(|error| {
        summary.outcome = Some(error.outcome());
        summary.reason = Some(error.to_string());
        error.response()
    });
    let response = response.complete(request);
    summary.status = Some(response.code());
    response
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
/// - The errors of [`requested_keys`].
/// - [`ApiError::NotFound`] if none of the requested keys has an image. If one of them has a
///   rejected object, the error contains the reason.
/// - [`ApiError::NotFoundWithHint`] instead, if none of them has a rejected object and the key in
///   the path begins with the stack's key prefix, which paths omit.
/// - [`ApiError::Unavailable`] or [`ApiError::Internal`] if the catalog fails.
pub async fn find(
    catalog: &Catalog,
    prefix: &KeyPrefix,
    request: &Request,
    summary: &mut Summary,
) -> Result<Found, ApiError> {
    find_with(async |key| catalog.get(key).await, prefix, request, summary).await
}

/// Looks up the keys that the request may mean, most likely first, until one of them has an image.
async fn find_with(
    look_up: impl AsyncFn(&str) -> Result<(Option<Record>, Cost), CatalogError>,
    prefix: &KeyPrefix,
    request: &Request,
    summary: &mut Summary,
) -> Result<Found, ApiError> {
    let mut missing = None;
    for key in requested_keys(request, prefix)? {
        summary.key.get_or_insert_with(|| key.clone());
        let (record, cost) = look_up(&key).await?;
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
    match (missing, misplaced_prefix(request, prefix)) {
        (Some(ApiError::NotFound { key, rejection: None }), Some(hint)) => {
            Err(ApiError::NotFoundWithHint { key, hint })
        }
        (Some(error), _) => Err(error),
        // Cannot happen: `requested_keys` refuses a request that names no key.
        (None, _) => Err(ApiError::BadRequest("the request names no key".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::{Value, json};

    use super::*;
    use crate::request::samples::{get, get_key, get_query, head, prefix, record};

    /// Calls [`find_with`] on a table with these records, each a key and a status. Returns the key
    /// that was found, the keys that were looked up, and the summary.
    async fn find_in(
        records: &[(&str, &str)],
        request: &Request,
    ) -> (Result<String, ApiError>, Vec<String>, Summary) {
        let (looked_up, mut summary) = (RefCell::new(Vec::new()), Summary::default());
        let look_up = async |key: &str| {
            looked_up.borrow_mut().push(key.to_owned());
            let state = records.iter().find(|(known, _)| *known == key);
            let record = state.map(|(key, status)| record(key, status));
            let items = record.iter().len() as u64;
            Ok((record, Cost { round_trips: 1, items }))
        };
        let found =
            find_with(look_up, &prefix(), request, &mut summary).await.map(|found| found.key);
        (found, looked_up.into_inner(), summary)
    }

    /// A request whose path can mean two keys, [`FIRST`] and [`SECOND`].
    fn two_readings() -> Request {
        get_key("100%25.png")
    }

    const FIRST: &str = "uploads/100%.png";
    const SECOND: &str = "uploads/100%25.png";

    #[tokio::test]
    async fn the_first_reading_that_is_an_image_is_found() {
        for (records, key, requests, items) in [
            (&[(FIRST, "image"), (SECOND, "image")][..], FIRST, 1, 1),
            (&[(SECOND, "image")], SECOND, 2, 1),
            (&[(FIRST, "absent"), (SECOND, "image")], SECOND, 2, 2),
            (&[(FIRST, "rejected"), (SECOND, "image")], SECOND, 2, 2),
        ] {
            let (found, looked_up, summary) = find_in(records, &two_readings()).await;
            assert_eq!(found.unwrap(), key, "{records:?}");
            assert_eq!(looked_up, [FIRST, SECOND][..requests], "{records:?}");
            assert_eq!(summary.key.as_deref(), Some(key), "{records:?}");
            let cost = (summary.round_trips, summary.items);
            assert_eq!(cost, (Some(requests as u64), Some(items)), "{records:?}");
        }
    }

    #[tokio::test]
    async fn a_rejection_says_more_than_a_missing_record() {
        for (records, expected, is_rejected) in [
            (&[][..], FIRST, false),
            (&[(FIRST, "absent"), (SECOND, "absent")], FIRST, false),
            (&[(FIRST, "rejected")], FIRST, true),
            (&[(SECOND, "rejected")], SECOND, true),
        ] {
            let (found, _, summary) = find_in(records, &two_readings()).await;
            let Err(ApiError::NotFound { key, rejection }) = found else { panic!("{found:?}") };
            assert_eq!((&*key, rejection.is_some()), (expected, is_rejected), "{records:?}");
            assert_eq!(summary.key.as_deref(), Some(FIRST), "the log names the likeliest reading");
        }
    }

    #[tokio::test]
    async fn a_path_that_repeats_the_prefix_gets_a_hint_unless_there_is_such_a_record() {
        let request: Request = serde_json::from_value(json!({
            "rawPath": "/images/metadata/uploads/a.png",
            "pathParameters": {"s3objectkey": "uploads/a.png"},
        }))
        .unwrap();
        let (hinted, _, _) = find_in(&[("uploads/a.png", "image")], &request).await;
        let Err(ApiError::NotFoundWithHint { key, hint }) = hinted else { panic!("{hinted:?}") };
        assert_eq!(key, "uploads/uploads/a.png");
        assert!(hint.ends_with("/images/metadata/a.png"), "{hint}");
        let (found, _, _) = find_in(&[("uploads/uploads/a.png", "image")], &request).await;
        assert_eq!(found.unwrap(), "uploads/uploads/a.png");
        let (rejected, _, _) = find_in(&[("uploads/uploads/a.png", "rejected")], &request).await;
        assert!(matches!(rejected, Err(ApiError::NotFound { .. })), "{rejected:?}");
    }

    #[tokio::test]
    async fn a_table_that_fails_is_no_missing_image() {
        for (error, outcome) in [
            (CatalogError::TableUnavailable("throttled".into()), "unavailable"),
            (CatalogError::RecordConflict { key: "k".into(), attempts: 6 }, "unavailable"),
            (CatalogError::TableRefused("no such table".into()), "internal-error"),
            (
                CatalogError::MalformedItem { key: "k".into(), message: "m".into() },
                "internal-error",
            ),
        ] {
            let (error, mut summary) = (RefCell::new(Some(error)), Summary::default());
            let fail = async |_: &str| Err(error.take().unwrap());
            let failed =
                find_with(fail, &prefix(), &two_readings(), &mut summary).await.unwrap_err();
            assert_eq!(failed.outcome(), outcome, "{failed}");
        }
    }

    #[tokio::test]
    async fn a_request_without_a_key_is_not_looked_up() {
        let (refused, looked_up, _) = find_in(&[], &get_query("")).await;
        assert!(matches!(refused, Err(ApiError::BadRequest(_))), "{refused:?}");
        assert!(looked_up.is_empty());
    }

    /// Calls [`respond`] with a handler that returns `result`.
    async fn responded(
        request: &Request,
        result: impl Fn() -> Result<Response, ApiError>,
    ) -> (Value, Summary) {
        let mut summary = Summary { outcome: Some("found"), ..Summary::default() };
        let handler = async |_: &Request, _: &mut Summary| result();
        let response = respond(&handler, request, &mut summary).await;
        (serde_json::to_value(response).unwrap(), summary)
    }

    #[tokio::test]
    async fn an_error_is_a_response_and_its_details_are_in_the_log() {
        let failure = || Err(ApiError::Internal("arn:aws:dynamodb:…".into()));
        let (response, summary) = responded(&get(&[]), failure).await;
        assert_eq!((&response["statusCode"], summary.status), (&json!(500), Some(500)));
        assert!(!response["body"].as_str().unwrap().contains("arn"), "{response}");
        assert_eq!(summary.outcome, Some("internal-error"));
        assert_eq!(summary.reason.as_deref(), Some("arn:aws:dynamodb:…"));
    }

    #[tokio::test]
    async fn a_response_is_completed_and_leaves_the_outcome_to_the_handler() {
        for (request, body) in [(&get(&[]), json!("{}")), (&head(), Value::Null)] {
            let document = || Ok(Response::json_text(200, "{}"));
            let (response, summary) = responded(request, document).await;
            assert_eq!((&response["body"], summary.status), (&body, Some(200)));
            assert_eq!(response["headers"]["x-content-type-options"], "nosniff");
            assert_eq!((summary.outcome, summary.reason), (Some("found"), None));
        }
    }
}
