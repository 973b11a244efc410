//! Presigned URLs.

use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::{ObjectHeaders, Storage};

/// Time in the `Expires` header: 1 May 2024, 12:00:00 UTC, in seconds since 1970.
const EXPIRES: u64 = 1_714_564_800;

/// Seven days in seconds, the longest lifetime of a presigned URL that S3 allows
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html>).
const LONGEST: u64 = 604_800;

async fn presigned(
    storage: &Storage,
    version: Option<&str>,
    seconds: u64,
) -> Result<String, StorageError> {
    let headers = ObjectHeaders {
        content_type: "image/svg+xml",
        content_disposition: "attachment; filename=\"a & b.svg\"",
        cache_control: "max-age=60",
        expires: UNIX_EPOCH + Duration::from_secs(EXPIRES),
    };
    let at = at("uploads/a & b+c?.svg");
    storage.presign_get(at, version, &headers, Duration::from_secs(seconds)).await
}

/// An S3 with one object. Every header that a presigned URL can override has a wrong value.
fn mislabeled() -> S3 {
    let s3 = S3::default();
    s3.put(
        "uploads/a & b+c?.svg",
        b"<svg/>",
        &[
            ("etag", "\"e1\""),
            ("content-type", "text/html"),
            ("content-disposition", "attachment; filename=\"setup.exe\""),
            ("content-encoding", "gzip"),
            ("content-language", "fr"),
            ("cache-control", "max-age=31536000, immutable"),
            ("expires", "Fri, 01 Oct 2096 00:00:00 GMT"),
        ],
    );
    s3
}

#[tokio::test]
async fn a_url_leads_to_the_object_with_these_headers_and_none_of_the_uploaders() {
    let s3 = mislabeled();
    let url = presigned(&s3.storage(), Some("v1"), 300).await.unwrap();
    let (status, headers, body) = s3.get(&url);
    assert_eq!((status, &body[..]), (200, &b"<svg/>"[..]));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(
        headers,
        [
            ("cache-control", "max-age=60"),
            ("content-disposition", "attachment; filename=\"a & b.svg\""),
            ("content-encoding", "identity"),
            ("content-language", "und"),
            ("content-type", "image/svg+xml"),
            ("etag", "\"e1\""),
            ("expires", "Wed, 01 May 2024 12:00:00 GMT"),
            ("x-amz-version-id", "v1"),
        ]
    );
    assert!(url.contains("X-Amz-Expires=300&"), "{url}");
    // The only header that a client has to send is `Host`.
    assert!(url.contains("X-Amz-SignedHeaders=host&"), "{url}");
    let url = presigned(&s3.storage(), None, 300).await.unwrap();
    assert!(!url.contains("versionId"), "{url}");
    assert_eq!(s3.requests(), "", "S3 is not asked");
}

#[tokio::test]
async fn a_url_that_s3_would_not_accept_is_not_made() {
    let s3 = mislabeled();
    assert_eq!(name(presigned(&s3.storage(), None, LONGEST).await), "");
    assert_eq!(name(presigned(&s3.storage(), None, LONGEST + 1).await), "StorageRefused");
    let unsigned = presigned(&s3.storage_without_credentials(), None, 300).await;
    assert_eq!(name(unsigned), "StorageUnavailable");
}
