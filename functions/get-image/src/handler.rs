//! What one invocation does.

use std::ops::Range;

use api::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE};
use api::{Answer, ApiError, Precondition, Request, Selection};
use catalog::Catalog;
use runtime::Summary;
use storage::{Location, Storage, StorageError};

use crate::headers::Headers;
use crate::settings::Settings;

/// Most bytes that are sent through Lambda.
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

/// An image that is going to be served, and the request for it.
struct Wanted<'a> {
    request: &'a Request,
    at: Location<'a>,
    /// Entity tag that every read is pinned to.
    etag: String,
    size: u64,
    headers: Headers,
}

impl GetImage {
    /// The image that the path names: only what is recorded as one is served.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let (key, record) = api::find(&self.catalog, request, summary).await?;
        let wanted = Wanted {
            request,
            at: Location { bucket: &self.settings.bucket, key: &key },
            headers: Headers::new(&key, &record, self.settings.cache),
            size: record.object.size,
            etag: record.object.etag,
        };
        match wanted.headers.validators.precondition(request) {
            Precondition::Holds => self.serve(&wanted, summary).await,
            Precondition::NotModified => {
                summary.outcome = Some("not-modified");
                let control = self.settings.cache.control();
                let answer = Answer::status(304).header(CACHE_CONTROL, &control);
                Ok(wanted.headers.validators.head(answer))
            }
            Precondition::Failed => Err(ApiError::PreconditionFailed),
        }
    }

    async fn serve(&self, wanted: &Wanted<'_>, summary: &mut Summary) -> Result<Answer, ApiError> {
        let (status, range) = wanted.range()?;
        let bytes = range.end - range.start;
        let answer = if bytes > LARGEST_ANSWER {
            summary.outcome = Some("redirected");
            self.redirect(wanted).await
        } else if wanted.request.is_head() {
            summary.outcome = Some("described");
            self.describe(wanted).await
        } else {
            summary.outcome = Some("sent");
            summary.bytes = Some(bytes);
            self.send(wanted, status, range).await
        };
        answer.map_err(|error| failure(&error, wanted.at.key))
    }

    async fn send(
        &self,
        wanted: &Wanted<'_>,
        status: u16,
        range: Range<u64>,
    ) -> Result<Answer, StorageError> {
        let mut answer = wanted.headers.put(Answer::status(status)).header(ACCEPT_RANGES, "bytes");
        if status == 206 {
            let part = format!("bytes {}-{}/{}", range.start, range.end - 1, wanted.size);
            answer = answer.header(CONTENT_RANGE, &part);
        }
        let bytes = self.storage.read(wanted.at, &wanted.etag, range).await?;
        Ok(answer.bytes(bytes.into()))
    }

    async fn describe(&self, wanted: &Wanted<'_>) -> Result<Answer, StorageError> {
        self.check(wanted).await?;
        let answer = wanted.headers.put(Answer::status(200)).header(ACCEPT_RANGES, "bytes");
        Ok(answer.header(CONTENT_LENGTH, &wanted.size.to_string()))
    }

    async fn redirect(&self, wanted: &Wanted<'_>) -> Result<Answer, StorageError> {
        self.check(wanted).await?;
        let lifetime = self.settings.presigned_url_lifetime;
        let headers = wanted.headers.in_storage();
        let url = if wanted.request.is_head() {
            self.storage.presign_head(wanted.at, &headers, lifetime).await?
        } else {
            self.storage.presign_get(wanted.at, &headers, lifetime).await?
        };
        Ok(Answer::redirect(&url))
    }

    /// Fails when the bucket does not hold what is recorded. By a byte instead of `HeadObject`,
    /// whose answer has no body that would tell a missing bucket from a missing object.
    async fn check(&self, wanted: &Wanted<'_>) -> Result<(), StorageError> {
        self.storage.read(wanted.at, &wanted.etag, 0..1).await.map(drop)
    }
}

impl Wanted<'_> {
    /// Status and bytes of the answer. Only GET has ranges (RFC 9110, section 14.2).
    fn range(&self) -> Result<(u16, Range<u64>), ApiError> {
        let header = self.request.header("range");
        let may_be_part =
            !self.request.is_head() && self.headers.validators.allow_range(self.request);
        match api::select(header.filter(|_| may_be_part), self.size) {
            Selection::Whole => Ok((200, 0..self.size)),
            Selection::Part(range) => Ok((206, range)),
            Selection::Unsatisfiable => Err(ApiError::RangeNotSatisfiable { size: self.size }),
        }
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
