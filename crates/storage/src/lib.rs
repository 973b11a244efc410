//! Objects in S3.
//!
//! The only code that calls S3. Every read is pinned to the ETag that was seen before, so two
//! reads never mix two versions of an object, and whatever fails has a name that says what the
//! caller can do about it.

mod error;
mod open_object;

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::{PresigningConfig, PresigningConfigError};
use aws_sdk_s3::primitives::DateTimeFormat;
use bytes::Bytes;
use contract::{StoredObject, UPLOADS_PREFIX};

pub use error::StorageError;
pub use open_object::OpenObject;

/// One object: where it is.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// Name of the bucket.
    pub bucket: &'a str,
    /// Key, decoded.
    pub key: &'a str,
}

/// Headers that S3 answers a presigned request with, instead of those the object was stored with.
#[derive(Clone, Copy, Debug)]
pub struct ObjectHeaders<'a> {
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Content-Disposition`.
    pub content_disposition: &'a str,
    /// `Cache-Control`.
    pub cache_control: &'a str,
}

/// S3, through its SDK.
#[derive(Clone, Debug)]
pub struct Storage {
    client: Client,
}

impl Storage {
    /// S3 as this client reaches it.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens a connection to the bucket by asking for an object that hardly exists.
    ///
    /// # Errors
    /// Those of [`Storage::head`], which an invocation would meet as well.
    pub async fn connect(&self, bucket: &str) -> Result<(), StorageError> {
        self.head(Location { bucket, key: UPLOADS_PREFIX }).await.map(drop)
    }

    /// Describes the object without reading it; `None` when there is none.
    ///
    /// The role needs `s3:ListBucket` besides `s3:GetObject`: without it S3 answers 403 for a key
    /// that does not exist
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).
    ///
    /// # Errors
    /// [`StorageError::StorageUnavailable`] or [`StorageError::StorageRefused`].
    pub async fn head(&self, at: Location<'_>) -> Result<Option<StoredObject>, StorageError> {
        let answer = self.client.head_object().bucket(at.bucket).key(at.key).send().await;
        let head = match answer.map_err(StorageError::from) {
            Err(StorageError::ObjectGone) => return Ok(None),
            other => other?,
        };
        Ok(Some(StoredObject {
            size: size(head.content_length()),
            etag: head.e_tag().map(unquoted).unwrap_or_default(),
            version_id: head.version_id,
            claimed_content_type: head.content_type,
            last_modified: head.last_modified.and_then(|at| at.fmt(DateTimeFormat::DateTime).ok()),
        }))
    }

    /// Reads a part of the object, which has to be the version with this ETag.
    ///
    /// `range` is half-open, in bytes, and not empty. The answer may be shorter where the object
    /// ends.
    ///
    /// # Errors
    /// Those of [`Storage::open`] and [`OpenObject::bytes`].
    pub async fn read(
        &self,
        at: Location<'_>,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Bytes, StorageError> {
        self.open(at, Some(etag), range).await?.bytes().await
    }

    /// Opens a part of the object: of the version with this ETag, or without one of whatever
    /// version S3 holds, which [`OpenObject::pinned`] is to be asked about before it is read.
    ///
    /// `range` is as for [`Storage::read`].
    ///
    /// # Errors
    /// [`StorageError::ObjectChanged`] when S3 holds another version now,
    /// [`StorageError::ObjectGone`] when it holds none, and those of [`Storage::head`].
    pub async fn open(
        &self,
        at: Location<'_>,
        etag: Option<&str>,
        range: Range<u64>,
    ) -> Result<OpenObject, StorageError> {
        let last = range.end.saturating_sub(1);
        let answer = self
            .client
            .get_object()
            .bucket(at.bucket)
            .key(at.key)
            .set_if_match(etag.map(quoted))
            .range(format!("bytes={}-{last}", range.start))
            .send()
            .await?;
        if size(answer.content_length()) > range.end - range.start {
            return Err(StorageError::StorageUnavailable(
                "the whole object was sent instead of a range".into(),
            ));
        }
        Ok(OpenObject::new(answer.e_tag().map(unquoted).unwrap_or_default(), answer.body))
    }

    /// A URL under which anyone can read the object for a while, answered with these headers.
    ///
    /// It lives no longer than the credentials that signed it.
    ///
    /// # Errors
    /// [`StorageError::StorageRefused`] when `expires_in` is longer than S3 allows (seven days) or
    /// there are no credentials.
    pub async fn presign_get(
        &self,
        at: Location<'_>,
        headers: &ObjectHeaders<'_>,
        expires_in: Duration,
    ) -> Result<String, StorageError> {
        let request = self
            .client
            .get_object()
            .bucket(at.bucket)
            .key(at.key)
            .response_content_type(headers.content_type)
            .response_content_disposition(headers.content_disposition)
            .response_cache_control(headers.cache_control)
            .presigned(presigning(expires_in)?)
            .await?;
        Ok(request.uri().to_owned())
    }

    /// The same for HEAD: a signature is good for one method.
    ///
    /// # Errors
    /// Those of [`Storage::presign_get`].
    pub async fn presign_head(
        &self,
        at: Location<'_>,
        headers: &ObjectHeaders<'_>,
        expires_in: Duration,
    ) -> Result<String, StorageError> {
        let request = self
            .client
            .head_object()
            .bucket(at.bucket)
            .key(at.key)
            .response_content_type(headers.content_type)
            .response_content_disposition(headers.content_disposition)
            .response_cache_control(headers.cache_control)
            .presigned(presigning(expires_in)?)
            .await?;
        Ok(request.uri().to_owned())
    }
}

fn presigning(expires_in: Duration) -> Result<PresigningConfig, StorageError> {
    PresigningConfig::expires_in(expires_in)
        .map_err(|error: PresigningConfigError| StorageError::StorageRefused(error.to_string()))
}

fn size(content_length: Option<i64>) -> u64 {
    content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or_default()
}

/// HTTP quotes entity tags (RFC 9110, section 8.8.3); events and records do not.
fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}
