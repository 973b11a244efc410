//! Access to objects in S3.
//!
//! The functions call S3 only through the methods of [`Storage`]. Every read is pinned to the ETag
//! that was seen first, so two reads never mix two versions of an object. Failures to which callers
//! react differently are different variants of [`StorageError`].

mod bucket_name;
mod error;
mod listing;
mod open_object;
#[cfg(test)]
mod tests;
mod unreadable;

use std::ops::Range;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Error;
use aws_sdk_s3::presigning::{PresigningConfig, PresigningConfigError};
use aws_sdk_s3::primitives::DateTimeFormat;
pub use bucket_name::{BucketName, BucketNameError};
use bytes::Bytes;
use contract::{
    KeyPrefix, MAX_CONTENT_TYPE_BYTES, RetryTransient, Service, StoredObject, describe,
};
pub use error::StorageError;
use error::status;
pub use listing::Listing;
pub use open_object::OpenObject;
pub use unreadable::Unreadable;
// Gives the AWS SDK the same features as in every other build of the workspace, so that Cargo does
// not compile the SDK again.
#[cfg(test)]
use unified_features as _;

/// Location of an object.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// Name of the bucket.
    pub bucket: &'a str,
    /// Key, not percent-encoded.
    pub key: &'a str,
}

/// `Content-Encoding` of the response to a presigned URL: none (RFC 9110, section 18.6). It
/// replaces the uploader's header, which would make clients decode the bytes. The bytes were
/// measured without decoding. A URL cannot make S3 omit the header
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
const NO_ENCODING: &str = "identity";

/// `Content-Language` of the response to a presigned URL: undetermined (RFC 5646, section 4.1).
const NO_LANGUAGE: &str = "und";

/// Response headers for a presigned URL; they override the headers that are stored with the object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectHeaders<'a> {
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Content-Disposition`.
    pub content_disposition: &'a str,
    /// `Cache-Control`.
    pub cache_control: &'a str,
    /// `Expires`.
    pub expires: SystemTime,
}

type HeadError = SdkError<HeadObjectError, HttpResponse>;

type GetError = SdkError<GetObjectError, HttpResponse>;

/// An S3 client, and the prefix of the keys whose objects the stack measures. The roles of the
/// functions allow requests only for keys under the prefix. So a method that chooses a key itself,
/// such as [`Storage::check`], chooses one under the prefix.
#[derive(Clone, Debug)]
pub struct Storage {
    client: Client,
    prefix: KeyPrefix,
}

impl Storage {
    /// Creates a client with this configuration. The client retries every failure that is
    /// [`FailureClass::Transient`](contract::FailureClass::Transient).
    #[must_use]
    pub fn new(config: Builder, prefix: KeyPrefix) -> Self {
        let config = config
            .retry_classifier(RetryTransient::<GetObjectError>::new(Service::S3))
            .retry_classifier(RetryTransient::<HeadObjectError>::new(Service::S3))
            .retry_classifier(RetryTransient::<ListObjectsV2Error>::new(Service::S3));
        Self { client: Client::from_conf(config.build()), prefix }
    }

    /// The prefix of the keys whose objects the stack measures.
    #[must_use]
    pub fn prefix(&self) -> &KeyPrefix {
        &self.prefix
    }

    /// Opens a connection to the bucket with a HEAD request whose key is the prefix itself. An
    /// object with this key need not exist.
    ///
    /// # Errors
    /// The errors of [`Storage::head`].
    pub async fn connect(&self, bucket: &str) -> Result<(), StorageError> {
        self.head(Location { bucket, key: self.prefix.as_str() }).await.map(drop)
    }

    /// Sends a HEAD request for a key that does not exist, to tell a failure of one object from a
    /// failure of all requests. If S3 does not respond with 404, a permission is missing, the
    /// bucket is not the right one, or S3 is throttling or failing.
    ///
    /// The key is random. An object may exist under any fixed key, and S3 may refuse a request for
    /// a reason that concerns only that object. Even the prefix itself may be the key of an object:
    /// the S3 console creates such an object for a folder
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html>).
    ///
    /// # Errors
    /// [`StorageError::StorageUnavailable`] and [`StorageError::StorageRefused`].
    pub async fn check(&self, bucket: &str) -> Result<(), StorageError> {
        let key = self.prefix.key(&format!("{:032x}", fastrand::u128(..)));
        self.head(Location { bucket, key: &key }).await.map(drop)
    }

    /// Describes the object without reading it; `None` if it does not exist.
    ///
    /// The role needs `s3:ListBucket` in addition to `s3:GetObject`: without it, S3 responds with
    /// 403 to a key that does not exist
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).
    ///
    /// # Errors
    /// [`StorageError::ObjectUnreadable`] if S3 describes the object only to clients that send its
    /// encryption key (SSE-C), [`StorageError::StorageUnavailable`] and
    /// [`StorageError::StorageRefused`].
    pub async fn head(&self, at: Location<'_>) -> Result<Option<StoredObject>, StorageError> {
        let response = match self.send_head(at).await {
            Err(error) if matches!(status(&error), Some(400 | 403)) => {
                Err(Box::pin(self.explain_head(at)).await)
            }
            response => response.map_err(StorageError::from),
        };
        let head = match response {
            Err(StorageError::ObjectGone) => return Ok(None),
            other => other?,
        };
        Ok(Some(StoredObject {
            size: size(head.content_length()),
            etag: head.e_tag().map(unquoted).unwrap_or_default(),
            version_id: head.version_id,
            claimed_content_type: head.content_type.map(shortened),
            last_modified: head.last_modified.and_then(|at| at.fmt(DateTimeFormat::DateTime).ok()),
        }))
    }

    /// True if the object is still unreadable for the reason `recorded` (the text of an
    /// [`Unreadable`]), or if S3 reports a transient failure of KMS. Reads at most one byte.
    ///
    /// # Errors
    /// [`StorageError::StorageUnavailable`] and [`StorageError::StorageRefused`].
    pub async fn is_unreadable_as(
        &self,
        at: Location<'_>,
        recorded: &str,
    ) -> Result<bool, StorageError> {
        let response = Box::pin(self.send_first_get(at)).await;
        let code = response.as_ref().err().and_then(|error| error.code());
        let is_of_key = code.is_some_and(|code| code.starts_with("KMS."));
        match self.allowed(at, response).await {
            Ok(_) | Err(StorageError::ObjectGone | StorageError::ObjectChanged) => Ok(false),
            Err(StorageError::ObjectUnreadable(why)) => Ok(why.to_string() == recorded),
            // A transient failure of KMS can last for any length of time, for example while a key
            // store is disconnected. So the object still counts as unreadable.
            Err(_) if is_of_key => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Reads a part of the object, provided that it still has this ETag.
    ///
    /// `range` is half-open, in bytes, and not empty. The result is shorter if the object ends
    /// within the range.
    ///
    /// # Errors
    /// The errors of [`Storage::open`] and [`OpenObject::bytes`].
    pub async fn read(
        &self,
        at: Location<'_>,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Bytes, StorageError> {
        self.open(at, Some(etag), range).await?.bytes().await
    }

    /// Opens a part of the object. With an ETag, only the version with that ETag is opened. Without
    /// an ETag, the current version is opened; call [`OpenObject::pinned`] before reading it.
    ///
    /// `range` is as in [`Storage::read`].
    ///
    /// # Errors
    /// [`StorageError::ObjectChanged`] if S3 has another version now, or if the object ends before
    /// the range; [`StorageError::ObjectGone`] if the object does not exist;
    /// [`StorageError::ObjectUnreadable`] if S3 does not send its bytes;
    /// [`StorageError::StorageUnavailable`] or [`StorageError::StorageRefused`] for other failures.
    pub async fn open(
        &self,
        at: Location<'_>,
        etag: Option<&str>,
        range: Range<u64>,
    ) -> Result<OpenObject, StorageError> {
        // Boxed, because the future of a request is large and callers keep several of them.
        let response = Box::pin(self.send_get(at, etag, Some(&range))).await;
        let response = self.allowed(at, response).await?;
        if size(response.content_length()) > range.end - range.start {
            return Err(StorageError::StorageUnavailable(
                "S3 sent more than the requested range".into(),
            ));
        }
        Ok(OpenObject::new(response.e_tag().map(unquoted).unwrap_or_default(), response.body))
    }

    /// Finds out why HEAD responded with 400 or 403. The response has no body that states the
    /// reason, so a GET request asks again. The reason may be SSE-C, a missing permission, an
    /// expired token or a wrong clock.
    async fn explain_head(&self, at: Location<'_>) -> StorageError {
        match self.send_first_get(at).await.map_err(StorageError::from) {
            Err(StorageError::ObjectChanged) | Ok(_) => StorageError::StorageUnavailable(
                "S3 did not describe the object, but then sent it".into(),
            ),
            Err(error) => error,
        }
    }

    /// The response to GET; if S3 denied the request, an error that explains why.
    async fn allowed(
        &self,
        at: Location<'_>,
        response: Result<GetObjectOutput, GetError>,
    ) -> Result<GetObjectOutput, StorageError> {
        match response {
            Err(error) if error.code() == Some("AccessDenied") => {
                Err(Box::pin(self.explain_denied_get(at, &error)).await)
            }
            response => Ok(response?),
        }
    }

    /// Finds out why GET was denied. HEAD needs the same permission for the object as GET, but no
    /// permission for its KMS key. So if HEAD succeeds, it is the KMS key that denies access.
    async fn explain_denied_get(&self, at: Location<'_>, denied: &GetError) -> StorageError {
        match self.send_head(at).await.map_err(StorageError::from) {
            Ok(_) => StorageError::ObjectUnreadable(Unreadable::Denied),
            Err(StorageError::StorageRefused(_)) => StorageError::StorageRefused(describe(denied)),
            Err(error) => error,
        }
    }

    async fn send_head(&self, at: Location<'_>) -> Result<HeadObjectOutput, HeadError> {
        self.client.head_object().bucket(at.bucket).key(at.key).send().await
    }

    /// Requests the first byte.
    ///
    /// An empty object has no first byte: S3 responds with 416, possibly before it notices that the
    /// object cannot be read. After a 416, the whole object is therefore requested; its bytes are
    /// not read.
    async fn send_first_get(&self, at: Location<'_>) -> Result<GetObjectOutput, GetError> {
        match self.send_get(at, None, Some(&(0..1))).await {
            Err(error) if status(&error) == Some(416) => self.send_get(at, None, None).await,
            response => response,
        }
    }

    async fn send_get(
        &self,
        at: Location<'_>,
        etag: Option<&str>,
        range: Option<&Range<u64>>,
    ) -> Result<GetObjectOutput, GetError> {
        let range = range.map(|it| format!("bytes={}-{}", it.start, it.end.saturating_sub(1)));
        let request = self.client.get_object().bucket(at.bucket).key(at.key);
        request.set_range(range).set_if_match(etag.map(quoted)).send().await
    }

    /// Returns a URL with which anyone can GET the object until the URL expires. S3 responds with
    /// `headers` instead of the headers that the uploader set. The uploader's own metadata
    /// (`x-amz-meta-…`) stays in the response.
    ///
    /// With a `version`, the URL leads to that version, even after other uploads or a deletion.
    /// The role that signs the URL then needs `s3:GetObjectVersion`
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>). The URL also expires
    /// when the role's credentials do.
    ///
    /// # Errors
    /// [`StorageError::StorageRefused`] if `expires_in` is longer than S3 allows (seven days),
    /// [`StorageError::StorageUnavailable`] if there are no credentials.
    pub async fn presign_get(
        &self,
        at: Location<'_>,
        version: Option<&str>,
        headers: &ObjectHeaders<'_>,
        expires_in: Duration,
    ) -> Result<String, StorageError> {
        let request = self
            .client
            .get_object()
            .bucket(at.bucket)
            .key(at.key)
            .set_version_id(version.map(str::to_owned))
            .response_content_type(headers.content_type)
            .response_content_disposition(headers.content_disposition)
            .response_content_encoding(NO_ENCODING)
            .response_content_language(NO_LANGUAGE)
            .response_cache_control(headers.cache_control)
            .response_expires(headers.expires.into())
            .presigned(presigning(expires_in)?)
            .await?;
        Ok(request.uri().to_owned())
    }
}

/// Cuts a content type to [`MAX_CONTENT_TYPE_BYTES`].
fn shortened(mut content_type: String) -> String {
    content_type.truncate(content_type.floor_char_boundary(MAX_CONTENT_TYPE_BYTES));
    content_type
}

fn presigning(expires_in: Duration) -> Result<PresigningConfig, StorageError> {
    PresigningConfig::expires_in(expires_in)
        .map_err(|error: PresigningConfigError| StorageError::StorageRefused(error.to_string()))
}

fn size(content_length: Option<i64>) -> u64 {
    content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or_default()
}

/// Removes the quotes that HTTP puts around entity tags (RFC 9110, section 8.8.3): the entity tags
/// in events and records have no quotes.
fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}
