//! Serves images: directly, in part, or by a redirect.

use std::ops::Range;

use api::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE};
use api::{ApiError, Precondition, Request, Response, Selection};
use catalog::Catalog;
use futures_util::future::join;
use runtime::Summary;
use storage::{Location, OpenObject, Storage, StorageError};

use crate::body;
use crate::headers::Headers;
use crate::settings::Settings;

/// Maximum size of a body that is sent through Lambda, in bytes.
///
/// A Lambda response may have 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>): 6,291,556 bytes,
/// according to Lambda's error message. In base64, 4.5 MB become 6.0 MB. The rest is for headers.
const LARGEST_BODY: u64 = 4_500_000;

/// A request with one of these headers needs the record before the object is opened: the response
/// may have no bytes of the object, or a range that depends on the object's size.
const DECIDED_BY_THE_RECORD: [&str; 5] =
    ["if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "range"];

/// The function and its dependencies.
pub(crate) struct GetImage {
    pub(crate) catalog: Catalog,
    pub(crate) storage: Storage,
    pub(crate) settings: Settings,
}

/// An image to serve, and the request for it.
struct RequestedImage<'a> {
    request: &'a Request,
    at: Location<'a>,
    /// Entity tag of the recorded version. Reading any other version is an error.
    etag: String,
    /// ID of the recorded version, to which a redirect leads; `None` if the bucket has no versions.
    version: Option<String>,
    size: u64,
    headers: Headers,
    /// Result of opening the object while its record was being read; `None` if the object has yet
    /// to be opened.
    opened: Option<Result<OpenObject, StorageError>>,
}

impl GetImage {
    /// Serves the requested image, if the catalog records it.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let found = api::find(&self.catalog, self.storage.prefix(), request, summary);
        let (found, opened) = join(found, self.open_early(request)).await;
        let api::Found { key, image: record, .. } = found?;
        let image = RequestedImage {
            opened,
            request,
            at: Location { bucket: self.settings.bucket.as_str(), key: &key },
            headers: Headers::new(&key, &record, self.settings.cache),
            size: record.object.size,
            etag: record.object.etag,
            version: record.object.version_id,
        };
        match image.headers.validators.precondition(request) {
            Precondition::Holds => self.serve(image, summary).await,
            Precondition::NotModified => {
                summary.outcome = Some("not-modified");
                let control = self.settings.cache.control();
                let response = Response::status(304).header(CACHE_CONTROL, &control);
                Ok(image.headers.validators.add_to(response))
            }
            Precondition::Failed => Err(ApiError::PreconditionFailed),
        }
    }

    /// Opens the object while its record is being read. If the record is not that of an image, the
    /// object is not sent.
    ///
    /// Opens nothing if the record is needed first: if the request has a range or preconditions, or
    /// if its key can be decoded in several ways.
    async fn open_early(&self, request: &Request) -> Option<Result<OpenObject, StorageError>> {
        let keys = api::requested_keys(request, self.storage.prefix()).ok()?;
        let [key] = &keys[..] else { return None };
        if DECIDED_BY_THE_RECORD.iter().any(|header| request.header(header).is_some()) {
            return None;
        }
        let range = if request.is_head() { 0..1 } else { 0..LARGEST_BODY };
        Some(
            self.storage
                .open(Location { bucket: self.settings.bucket.as_str(), key }, None, range)
                .await,
        )
    }

    async fn serve(
        &self,
        mut image: RequestedImage<'_>,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let key = image.at.key;
        let (status, range) = image.range()?;
        let bytes = range.end - range.start;
        let response = if image.request.is_head() {
            summary.outcome = Some("described");
            self.describe(&mut image).await
        } else if bytes <= LARGEST_BODY {
            summary.outcome = Some("sent");
            summary.bytes = Some(bytes);
            self.send(&mut image, status, range).await
        } else if image.has_range_of_another_version() {
            return Err(ApiError::RangeOfAnotherVersion);
        } else {
            summary.outcome = Some("redirected");
            self.redirect(&mut image).await
        };
        response.map_err(|error| failure(&error, key))
    }

    /// Sends the image, or a part of it.
    async fn send(
        &self,
        image: &mut RequestedImage<'_>,
        status: u16,
        range: Range<u64>,
    ) -> Result<Response, StorageError> {
        let mut response =
            image.headers.add_to(Response::status(status)).header(ACCEPT_RANGES, "bytes");
        if status == 206 {
            let part = format!("bytes {}-{}/{}", range.start, range.end - 1, image.size);
            response = response.header(CONTENT_RANGE, &part);
        }
        let size = range.end - range.start;
        let object = self.open(image, range).await?;
        Ok(response.base64(body::base64(object, size).await?))
    }

    /// Responds to HEAD with the headers of the image. A large image needs no redirect, because the
    /// response has no body. After a redirect, S3 would apply a `Range`, which has no meaning for
    /// HEAD (RFC 9110, section 14.2).
    async fn describe(&self, image: &mut RequestedImage<'_>) -> Result<Response, StorageError> {
        self.check(image).await?;
        let response = image.headers.add_to(Response::status(200)).header(ACCEPT_RANGES, "bytes");
        Ok(response.header(CONTENT_LENGTH, &image.size.to_string()))
    }

    /// Redirects to a presigned URL. The client repeats its range and its preconditions in the
    /// request to S3. The preconditions have held here. S3 evaluates them by the same rules as
    /// [`Validators::precondition`](api::Validators::precondition), so they hold there too, unless
    /// the object has changed.
    async fn redirect(&self, image: &mut RequestedImage<'_>) -> Result<Response, StorageError> {
        self.check(image).await?;
        let lifetime = self.settings.presigned_url_lifetime.duration();
        let (version, headers) = (image.version.as_deref(), image.headers.for_storage());
        let url = self.storage.presign_get(image.at, version, &headers, lifetime).await?;
        Ok(Response::redirect(&url))
    }

    /// Checks that S3 has the recorded version of the object. Sends a GET for one byte rather than
    /// a HEAD: the body of a failed GET tells a missing bucket from a missing object, and a
    /// response to HEAD has no body.
    async fn check(&self, image: &mut RequestedImage<'_>) -> Result<(), StorageError> {
        self.open(image, 0..1).await.map(drop)
    }

    /// Opens the recorded version of the object. If [`Self::open_early`] has already opened the
    /// object, from its first byte, only checks the object's version, and ignores `range`.
    async fn open(
        &self,
        image: &mut RequestedImage<'_>,
        range: Range<u64>,
    ) -> Result<OpenObject, StorageError> {
        match image.opened.take() {
            Some(opened) => opened?.pinned(&image.etag),
            None => self.storage.open(image.at, Some(&image.etag), range).await,
        }
    }
}

impl RequestedImage<'_> {
    /// Status and range of the response. Only GET supports ranges (RFC 9110, section 14.2).
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

    /// True if the request has a `Range` but the response must be the whole image, because
    /// `If-Range` does not name the recorded version.
    fn has_range_of_another_version(&self) -> bool {
        self.request.header("range").is_some() && !self.headers.validators.allow_range(self.request)
    }
}

fn failure(error: &StorageError, key: &str) -> ApiError {
    match error {
        // The object was deleted, and the deletion is not recorded yet.
        StorageError::ObjectGone => ApiError::NotFound { key: key.to_owned(), rejection: None },
        // The object was overwritten and the new version is not recorded yet, or S3 throttled the
        // request, failed or did not respond. A later request may succeed.
        StorageError::ObjectChanged | StorageError::StorageUnavailable(_) => {
            ApiError::Unavailable(error.to_string())
        }
        // The object exists, but S3 does not send its bytes.
        StorageError::ObjectUnreadable(why) => {
            ApiError::Unreadable { key: key.to_owned(), message: why.to_string() }
        }
        StorageError::StorageRefused(_) => ApiError::Internal(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use storage::Unreadable;

    use super::*;

    /// A failure of S3 must not look like a missing image.
    #[test]
    fn what_s3_says_of_a_recorded_image_has_a_status_of_its_own() {
        for (error, status) in [
            (StorageError::ObjectGone, 404),
            (StorageError::ObjectUnreadable(Unreadable::Archived), 409),
            (StorageError::StorageRefused("no such bucket".into()), 500),
            (StorageError::ObjectChanged, 503),
            (StorageError::StorageUnavailable("throttled".into()), 503),
        ] {
            let response = failure(&error, "uploads/a.png").response();
            assert_eq!(response.code(), status, "{error}");
        }
    }
}
