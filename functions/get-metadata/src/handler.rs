//! What one invocation does.

use api::{Answer, ApiError, Metadata, Request};
use catalog::Catalog;
use runtime::Summary;

/// The metadata of the image that the path names.
pub(crate) async fn get_metadata(
    catalog: &Catalog,
    request: &Request,
    summary: &mut Summary,
) -> Result<Answer, ApiError> {
    let (key, image) = api::find(catalog, request, summary).await?;
    summary.outcome = Some("found");
    Ok(Answer::json(200, &Metadata::new(key, image)))
}
