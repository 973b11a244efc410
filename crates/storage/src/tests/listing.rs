//! LIST requests.

use std::collections::BTreeSet;

use contract::ListedObject;
use proptest::prelude::*;

use super::*;
use crate::{Listing, Storage};

/// All keys under the prefix, page after page, and the number of pages.
async fn keys(storage: &Storage) -> (Vec<String>, usize) {
    let (mut keys, mut pages) = (Vec::<String>::new(), 0);
    loop {
        let after = keys.last().map(String::as_str);
        let page = storage.list(BUCKET, after).await.unwrap();
        keys.extend(page.objects.into_iter().map(|object| object.key));
        pages += 1;
        if !page.is_truncated {
            return (keys, pages);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// A key may contain characters that XML cannot contain, so the request asks S3 to encode the
    /// keys.
    #[test]
    fn every_key_is_listed_once_whatever_its_characters(
        names in prop::collection::btree_set("([+% &<]|\\PC|[\\x01-\\x1f]){0,9}", 0..12), page in 1_usize..9,
    ) {
        let expected: BTreeSet<String> = names.iter().map(|name| format!("uploads/{name}")).collect();
        let s3 = S3::with("other/a", b"x");
        s3.put("upload", b"x", &[("etag", "e")]);
        for key in &expected {
            s3.put(key, b"x", &[("etag", "e")]);
        }
        s3.set_page(page);
        let (listed, pages) = run(keys(&s3.storage()));
        prop_assert_eq!(pages, expected.len().div_ceil(page).max(1));
        prop_assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_object_is_listed_with_what_a_record_is_compared_with() {
    let listing = S3::with(KEY, b"bytes").storage().list(BUCKET, None).await.unwrap();
    let object = ListedObject {
        key: KEY.into(),
        size: 5,
        etag: "e1".into(),
        last_modified: Some(1_714_564_800),
    };
    assert_eq!(listing, Listing { objects: vec![object], is_truncated: false });
}

#[tokio::test]
async fn a_page_that_leads_nowhere_or_has_no_readable_key_is_a_failure_of_s3() {
    let s3 = S3::with(KEY, b"x");
    for body in [
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>uploads/%FF</Key></Contents>\
         <IsTruncated>false</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents>\
         <IsTruncated>false</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>uploads/a",
    ] {
        s3.fail("LIST", Fault::Body(body), 1);
        let error = s3.storage().list(BUCKET, None).await.unwrap_err();
        assert_eq!(error.name(), "StorageUnavailable", "{body}: {error}");
    }
}

/// The first request of `compare-objects` is a listing, so a listing opens its connection.
#[tokio::test]
async fn a_connection_is_opened_by_a_listing_without_objects() {
    let s3 = S3::with("uploads/🦀\u{10fffd}", b"x");
    s3.storage().connect_by_listing(BUCKET).await.unwrap();
    assert_eq!(s3.requests(), "LIST");
    assert!(s3.sent() < 100, "no object is listed");
    s3.fail("LIST", Fault::Status(404, "NoSuchBucket"), 1);
    assert_eq!(name(s3.storage().connect_by_listing(BUCKET).await), "StorageRefused");
}

/// The functions' roles allow no request for a key outside the prefix.
#[tokio::test]
async fn every_request_is_for_keys_under_the_prefix_of_the_stack() {
    let s3 = S3::default();
    for key in ["photos/2026/a", "photos/2025/a", "photos/20260/a", KEY] {
        s3.put(key, b"x", &[("etag", "e")]);
    }
    let storage = s3.storage_with_prefix("photos/2026/");
    let listing = storage.list(BUCKET, None).await.unwrap();
    assert_eq!(listing.objects.iter().map(|it| &it.key).collect::<Vec<_>>(), ["photos/2026/a"]);
    storage.connect_by_listing(BUCKET).await.unwrap();
    s3.keys();
    storage.connect(BUCKET).await.unwrap();
    storage.check(BUCKET).await.unwrap();
    let keys = s3.keys();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.starts_with("photos/2026/")), "{keys:?}");
}
