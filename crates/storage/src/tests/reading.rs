//! GET requests, which read parts of an object.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_read_returns_the_bytes_of_its_range(
        size in 0_u8..30, start in 0_u64..40, length in 1_u64..40,
    ) {
        let object: Vec<u8> = (0..size).collect();
        let s3 = S3::with(KEY, &object);
        let end = start + length;
        let read = run(async { s3.storage().read(at(KEY), "e1", start..end).await });
        let within = |at: u64| usize::try_from(at.min(size.into())).unwrap();
        match read {
            Ok(bytes) => prop_assert_eq!(&bytes[..], &object[within(start)..within(end)]),
            // The range starts after the last byte. The usual reason is that the object has become
            // shorter, so the error says that the object has changed.
            Err(error) => prop_assert!(
                start >= size.into() && error.name() == "ObjectChanged", "{}", error
            ),
        }
        prop_assert_eq!(s3.requests(), "GET");
        prop_assert!(s3.sent() as u64 <= length || s3.sent() < 100, "{} bytes", s3.sent());
    }
}

#[tokio::test]
async fn two_reads_never_mix_two_versions() {
    let s3 = S3::with(KEY, b"first");
    let storage = s3.storage();
    assert_eq!(storage.read(at(KEY), "e1", 0..2).await.unwrap(), "fi");
    let open = storage.open(at(KEY), None, 0..9).await.unwrap();
    s3.put(KEY, b"second", &[("etag", "\"e2\"")]);
    assert_eq!(name(storage.read(at(KEY), "e1", 2..9).await), "ObjectChanged");
    let current = storage.open(at(KEY), None, 0..9).await.unwrap();
    assert_eq!(name(current.pinned("e1")), "ObjectChanged");
    // `open` was opened before the change, so it still returns the first version.
    assert_eq!(open.pinned("e1").unwrap().bytes().await.unwrap(), "first");
    s3.delete(KEY);
    assert_eq!(name(storage.read(at(KEY), "e2", 0..1).await), "ObjectGone");
}

#[tokio::test]
async fn an_open_object_is_read_in_pieces_up_to_its_end() {
    let mut open = S3::with(KEY, b"bytes").storage().open(at(KEY), None, 0..9).await.unwrap();
    let mut read = Vec::new();
    while let Some(chunk) = open.chunk().await.unwrap() {
        read.extend(chunk);
    }
    assert_eq!(read, b"bytes");
}

/// Once the SDK's client has returned a part of the body, it does not retry the request. Instead,
/// the state machine retries the state.
#[tokio::test]
async fn a_body_that_is_cut_short_is_no_shorter_object() {
    let s3 = S3::with(KEY, b"bytes");
    s3.fail("GET", Fault::Cut, usize::MAX);
    let error = s3.storage().read(at(KEY), "e1", 0..9).await.unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
    assert_eq!(error.name(), "StorageUnavailable");
    let mut open = s3.storage().open(at(KEY), None, 0..9).await.unwrap();
    let end = loop {
        match open.chunk().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert_eq!(name(end), "StorageUnavailable");
    assert_eq!(s3.requests(), "GET GET");
}

#[tokio::test]
async fn more_bytes_than_requested_are_not_read() {
    let s3 = S3::with(KEY, b"bytes");
    s3.fail("GET", Fault::Whole, usize::MAX);
    assert_eq!(name(s3.storage().read(at(KEY), "e1", 1..5).await), "StorageUnavailable");
    assert_eq!(s3.storage().read(at(KEY), "e1", 0..5).await.unwrap(), "bytes");
}
