//! Listing the bucket.

use aws_sdk_s3::types::{EncodingType, Object};
use contract::ListedObject;
use percent_encoding::percent_decode_str;

use crate::{Storage, StorageError, size, unquoted};

/// One page of a listing of the bucket. Keys are in the order of their bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The objects, at most 1,000.
    pub objects: Vec<ListedObject>,
    /// True if the listing continues after the last of `objects`.
    pub is_truncated: bool,
}

impl Storage {
    /// Opens a connection to the bucket with a list request that should match nothing. For a
    /// function whose first request is a listing.
    ///
    /// # Errors
    /// The errors of [`Storage::list`].
    pub async fn connect_by_listing(&self, bucket: &str) -> Result<(), StorageError> {
        let after = self.prefix.key(&char::MAX.to_string());
        self.list(bucket, Some(&after)).await.map(drop)
    }

    /// Lists up to 1,000 objects whose keys have the stack's prefix and come after `after`, which
    /// need not be the key of an object.
    ///
    /// # Errors
    /// [`StorageError::StorageUnavailable`] or [`StorageError::StorageRefused`].
    pub async fn list(&self, bucket: &str, after: Option<&str>) -> Result<Listing, StorageError> {
        let response = self
            .client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(self.prefix.as_str())
            .set_start_after(after.map(str::to_owned))
            // S3 sends a listing as XML, and a key may contain characters that XML cannot contain,
            // such as U+0001, so S3 has to encode the keys
            // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html#API_ListObjectsV2_RequestSyntax).
            .encoding_type(EncodingType::Url)
            .send()
            .await?;
        let broken = |message: &str| StorageError::StorageUnavailable(message.to_owned());
        // A response without `IsTruncated` was cut short: every complete response has this member
        // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html#API_ListObjectsV2_ResponseSyntax).
        // The SDK's parser does not notice.
        let is_truncated =
            response.is_truncated().ok_or_else(|| broken("a listing of S3 is cut short"))?;
        if is_truncated && response.contents().is_empty() {
            return Err(broken("S3 says that there are more objects, but lists none"));
        }
        let objects = response.contents.unwrap_or_default();
        let objects = objects.iter().map(listed);
        Ok(Listing { objects: objects.collect::<Result<_, _>>()?, is_truncated })
    }
}

fn listed(object: &Object) -> Result<ListedObject, StorageError> {
    let key = object.key.as_deref().and_then(decoded).ok_or_else(|| {
        StorageError::StorageUnavailable("S3 listed an object without a readable key".into())
    })?;
    Ok(ListedObject {
        key,
        size: size(object.size),
        etag: object.e_tag.as_deref().map(unquoted).unwrap_or_default(),
        last_modified: object.last_modified.map(|time| time.secs()),
    })
}

/// Decodes a key of a listing. S3 encodes it like form data: a space is a plus sign, and a plus
/// sign is `%2B`.
fn decoded(key: &str) -> Option<String> {
    let key = key.replace('+', " ");
    percent_decode_str(&key).decode_utf8().ok().map(Into::into)
}
