//! An open object: the headers of the response have arrived, the body is still to be read.

use std::fmt::Display;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::StorageError;

/// The requested part of an object, which S3 has begun to send. Dropping this value closes the
/// connection if there are unread bytes.
#[derive(Debug)]
pub struct OpenObject {
    etag: String,
    body: ByteStream,
}

impl OpenObject {
    pub(crate) fn new(etag: String, body: ByteStream) -> Self {
        Self { etag, body }
    }

    /// Checks that S3 sends the version with this ETag.
    ///
    /// # Errors
    /// [`StorageError::ObjectChanged`] if S3 sends another version.
    pub fn pinned(self, etag: &str) -> Result<Self, StorageError> {
        if self.etag == etag { Ok(self) } else { Err(StorageError::ObjectChanged) }
    }

    /// Reads the next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`StorageError::StorageUnavailable`] if the response is cut short.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, StorageError> {
        self.body.try_next().await.map_err(|error| cut_short(&error))
    }

    /// Reads all bytes.
    ///
    /// # Errors
    /// The errors of [`OpenObject::chunk`].
    pub async fn bytes(self) -> Result<Bytes, StorageError> {
        let body = self.body.collect().await.map_err(|error| cut_short(&error))?;
        Ok(body.into_bytes())
    }
}

fn cut_short(error: &impl Display) -> StorageError {
    StorageError::StorageUnavailable(format!("the response was cut short: {error}"))
}
