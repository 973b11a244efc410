//! HEAD requests, which describe an object.

use contract::StoredObject;
use proptest::prelude::*;

use super::*;
use crate::shortened;

#[tokio::test]
async fn an_object_is_described_as_s3_has_it() {
    let s3 = S3::default();
    s3.put(
        KEY,
        b"bytes",
        &[
            ("etag", "\"9e107d9d372bb6826bd81d3542a419d6-2\""),
            ("last-modified", "Wed, 01 May 2024 12:00:00 GMT"),
            ("content-type", "image/png"),
            ("x-amz-version-id", "3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"),
        ],
    );
    let expected = StoredObject {
        size: 5,
        etag: "9e107d9d372bb6826bd81d3542a419d6-2".into(),
        version_id: Some("3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY".into()),
        claimed_content_type: Some("image/png".into()),
        last_modified: Some("2024-05-01T12:00:00Z".into()),
    };
    assert_eq!(s3.storage().head(at(KEY)).await.unwrap(), Some(expected));
    assert_eq!(s3.requests(), "HEAD");
}

#[tokio::test]
async fn an_object_without_versions_or_a_type_is_described_without_them_until_its_deletion() {
    let s3 = S3::with(KEY, b"");
    let object = s3.storage().head(at(KEY)).await.unwrap().unwrap();
    assert_eq!((object.size, object.version_id, object.claimed_content_type), (0, None, None));
    s3.delete(KEY);
    assert_eq!(s3.storage().head(at(KEY)).await.unwrap(), None);
}

#[test]
fn a_content_type_longer_than_what_is_recorded_is_cut_between_characters() {
    for (length, kept) in [(254, 254), (255, 255), (256, 255), (5000, 255)] {
        assert_eq!(shortened("t".repeat(length)).len(), kept);
    }
    assert_eq!(shortened(format!("{}é", "t".repeat(254))), "t".repeat(254));
}

#[tokio::test]
async fn a_connection_is_opened_by_a_head_request_for_a_key_without_an_object() {
    let s3 = S3::with(KEY, b"x");
    s3.storage().connect(BUCKET).await.unwrap();
    assert_eq!(s3.requests(), "HEAD");
    s3.fail("HEAD", Fault::Status(403, ""), 1);
    s3.fail("GET", Fault::Status(403, "AccessDenied"), 1);
    assert_eq!(name(s3.storage().connect(BUCKET).await), "StorageRefused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Neither sending nor signing a request changes the key, not even a key with `..` or `//`.
    #[test]
    fn every_key_is_the_one_that_s3_is_asked_for(name in "([./+% ?#]|\\PC|[\\x01-\\x1f]){0,20}") {
        let key = format!("uploads/{name}");
        let s3 = S3::with(&key, b"x");
        let found = run(async { s3.storage().head(at(&key)).await }).unwrap();
        prop_assert!(found.is_some(), "{key:?}");
    }
}
