//! What one invocation does.

use std::ops::Range;

use api::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE};
use api::{Answer, ApiError, Precondition, Request, Selection};
use catalog::Catalog;
use futures_util::future::join;
use runtime::Summary;
use storage::{Location, OpenObject, Storage, StorageError};

use crate::body;
use crate::headers::Headers;
use crate::settings::Settings;

/// Most bytes that are sent through Lambda.
///
/// A Lambda answer is 6 MB at the most
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>); base64 makes four
/// bytes of three, so 4.5 MB become 6.0 of the 6,291,556 bytes, which leaves room for headers.
const LARGEST_ANSWER: u64 = 4_500_000;

/// Headers by which a request may be answered without the object, or with a part of it that only
/// the record tells.
const DECIDED_BY_THE_RECORD: [&str; 5] =
    ["if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "range"];

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
    /// What S3 said when it was asked while the table was.
    opened: Option<Result<OpenObject, StorageError>>,
}

impl GetImage {
    /// The image that the path names: only what is recorded as one is served.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let (found, opened) =
            join(api::find(&self.catalog, request, summary), self.open_early(request)).await;
        let (key, record) = found?;
        let wanted = Wanted {
            opened,
            request,
            at: Location { bucket: &self.settings.bucket, key: &key },
            headers: Headers::new(&key, &record, self.settings.cache),
            size: record.object.size,
            etag: record.object.etag,
        };
        match wanted.headers.validators.precondition(request) {
            Precondition::Holds => self.serve(wanted, summary).await,
            Precondition::NotModified => {
                summary.outcome = Some("not-modified");
                let control = self.settings.cache.control();
                let answer = Answer::status(304).header(CACHE_CONTROL, &control);
                Ok(wanted.headers.validators.head(answer))
            }
            Precondition::Failed => Err(ApiError::PreconditionFailed),
        }
    }

    /// Opens the object while its record is read, where it will be needed if there is one: for a
    /// request without ranges and conditions, whose path has one reading. What is no recorded
    /// image is opened in vain, but never sent.
    async fn open_early(&self, request: &Request) -> Option<Result<OpenObject, StorageError>> {
        let keys = api::requested_keys(request).ok()?;
        let [key] = &keys[..] else { return None };
        if DECIDED_BY_THE_RECORD.iter().any(|header| request.header(header).is_some()) {
            return None;
        }
        let range = if request.is_head() { 0..1 } else { 0..LARGEST_ANSWER };
        Some(self.storage.open(Location { bucket: &self.settings.bucket, key }, None, range).await)
    }

    async fn serve(
        &self,
        mut wanted: Wanted<'_>,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let key = wanted.at.key;
        let (status, range) = wanted.range()?;
        let bytes = range.end - range.start;
        let answer = if bytes > LARGEST_ANSWER {
            summary.outcome = Some("redirected");
            self.redirect(&mut wanted).await
        } else if wanted.request.is_head() {
            summary.outcome = Some("described");
            self.describe(&mut wanted).await
        } else {
            summary.outcome = Some("sent");
            summary.bytes = Some(bytes);
            self.send(&mut wanted, status, range).await
        };
        answer.map_err(|error| failure(&error, key))
    }

    async fn send(
        &self,
        wanted: &mut Wanted<'_>,
        status: u16,
        range: Range<u64>,
    ) -> Result<Answer, StorageError> {
        let mut answer = wanted.headers.put(Answer::status(status)).header(ACCEPT_RANGES, "bytes");
        if status == 206 {
            let part = format!("bytes {}-{}/{}", range.start, range.end - 1, wanted.size);
            answer = answer.header(CONTENT_RANGE, &part);
        }
        let size = range.end - range.start;
        let object = self.open(wanted, range).await?;
        Ok(answer.base64(body::base64(object, size).await?))
    }

    async fn describe(&self, wanted: &mut Wanted<'_>) -> Result<Answer, StorageError> {
        self.check(wanted).await?;
        let answer = wanted.headers.put(Answer::status(200)).header(ACCEPT_RANGES, "bytes");
        Ok(answer.header(CONTENT_LENGTH, &wanted.size.to_string()))
    }

    async fn redirect(&self, wanted: &mut Wanted<'_>) -> Result<Answer, StorageError> {
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
    async fn check(&self, wanted: &mut Wanted<'_>) -> Result<(), StorageError> {
        self.open(wanted, 0..1).await.map(drop)
    }

    /// The recorded version of the object, from the start if it was opened early.
    async fn open(
        &self,
        wanted: &mut Wanted<'_>,
        range: Range<u64>,
    ) -> Result<OpenObject, StorageError> {
        match wanted.opened.take() {
            Some(opened) => opened?.pinned(&wanted.etag),
            None => self.storage.open(wanted.at, Some(&wanted.etag), range).await,
        }
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
