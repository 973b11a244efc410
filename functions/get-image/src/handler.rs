//! What one invocation does.

use api::{Answer, ApiError, Request};
use catalog::{Catalog, ImageRecord};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

use crate::settings::Settings;

/// Largest image that is sent through Lambda, in bytes.
///
/// A Lambda answer is 6 MB at the most
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>); base64 makes four
/// bytes of three, so 4.5 MB become 6.0 of the 6,291,556 bytes, which leaves room for headers.
const LARGEST_ANSWER: u64 = 4_500_000;

/// The function with what it needs.
pub(crate) struct GetImage {
    pub(crate) catalog: Catalog,
    pub(crate) storage: Storage,
    pub(crate) settings: Settings,
}

impl GetImage {
    /// The image that the path names: only what is recorded as one is served.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let (key, record) = api::find(&self.catalog, request, summary).await?;
        let at = Location { bucket: &self.settings.bucket, key: &key };
        let answer = if record.object.size > LARGEST_ANSWER {
            summary.outcome = Some("redirected");
            self.redirect(at, &record).await
        } else {
            summary.outcome = Some("sent");
            summary.bytes = Some(record.object.size);
            self.send(at, &record).await
        };
        answer.map_err(|error| failure(&error, &key))
    }

    async fn send(&self, at: Location<'_>, record: &ImageRecord) -> Result<Answer, StorageError> {
        let bytes = self.storage.read_whole(at, &record.object.etag).await?;
        Ok(Answer::bytes(&record.image.content_type, bytes.into()))
    }

    async fn redirect(
        &self,
        at: Location<'_>,
        record: &ImageRecord,
    ) -> Result<Answer, StorageError> {
        let lifetime = self.settings.presigned_url_lifetime;
        let url = self.storage.presign(at, &record.image.content_type, lifetime).await?;
        Ok(Answer::redirect(&url))
    }
}

fn failure(error: &StorageError, key: &str) -> ApiError {
    match error {
        // Deleted, and the record does not say so yet.
        StorageError::ObjectGone => ApiError::NotFound { key: key.to_owned(), rejection: None },
        // Overwritten, and the record does not say so yet: in a moment it will.
        StorageError::ObjectChanged | StorageError::StorageUnavailable(_) => {
            ApiError::Unavailable(error.to_string())
        }
        StorageError::ObjectArchived | StorageError::StorageRefused(_) => {
            ApiError::Internal(error.to_string())
        }
    }
}
