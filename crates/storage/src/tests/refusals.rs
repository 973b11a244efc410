//! Failures of requests, and the errors that they become.

use contract::{COMMON, FailureClass, S3 as CODES};

use super::*;
use crate::Unreadable;

/// An S3 with one object. It responds to HEAD with the status `head`, and to GET with the status
/// and the code `get`; 200 and 206 mean the usual responses.
fn answering(head: u16, get: (u16, &'static str)) -> S3 {
    let s3 = S3::with(KEY, b"x");
    if head != 200 {
        s3.fail("HEAD", Fault::Status(head, ""), usize::MAX);
    }
    if get.0 != 206 {
        s3.fail("GET", Fault::Status(get.0, get.1), usize::MAX);
    }
    s3
}

/// The results of HEAD and of GET, or the names of their errors.
async fn results(s3: &S3) -> (&'static str, &'static str) {
    let storage = s3.storage();
    let head = match storage.head(at(KEY)).await {
        Ok(Some(_)) => "described",
        Ok(None) => "absent",
        Err(error) => error.name(),
    };
    let get = storage.open(at(KEY), Some("e1"), 0..9).await;
    (head, get.map_or_else(|error| error.name(), |_| "opened"))
}

/// The response to a refused HEAD has no body that states the reason, so a GET follows. A denied
/// GET does not show whether a permission is missing or the object's KMS key denies access, so a
/// HEAD follows, which does not use the KMS key.
#[tokio::test]
async fn a_refusal_of_one_request_is_explained_by_the_other() {
    const UNREADABLE: &str = "UnreadableObject";
    const REFUSED: &str = "StorageRefused";
    const UNAVAILABLE: &str = "StorageUnavailable";
    const CHANGED: &str = "ObjectChanged";
    const GONE: &str = "ObjectGone";
    let denied = (403, "AccessDenied");
    for (head, get, of_head, of_get, requests) in [
        (200, (206, ""), "described", "opened", "HEAD GET"),
        // `InvalidRequest`: the object is encrypted with the uploader's own encryption key (SSE-C).
        (400, (400, "InvalidRequest"), UNREADABLE, UNREADABLE, "HEAD GET GET"),
        (400, (400, "AuthorizationHeaderMalformed"), REFUSED, REFUSED, "HEAD GET GET"),
        (400, (206, ""), UNAVAILABLE, "opened", "HEAD GET GET"),
        (400, (404, "NoSuchKey"), "absent", GONE, "HEAD GET GET"),
        (400, (400, "KeyTooLongError"), "absent", GONE, "HEAD GET GET"),
        (400, (416, "InvalidRange"), UNAVAILABLE, CHANGED, "HEAD GET GET GET"),
        // If HEAD and GET are denied, a permission is missing.
        (403, denied, REFUSED, REFUSED, "HEAD GET GET HEAD"),
        (403, (403, "InvalidAccessKeyId"), REFUSED, REFUSED, "HEAD GET GET"),
        // S3 refused HEAD, but then answered GET, so HEAD may succeed later.
        (403, (206, ""), UNAVAILABLE, "opened", "HEAD GET GET"),
        // GET is denied. If HEAD succeeds, the object's KMS key denies access. If HEAD responds
        // with 404, the object is gone.
        (200, denied, "described", UNREADABLE, "HEAD GET HEAD"),
        (404, denied, "absent", GONE, "HEAD GET HEAD"),
        // If a response has no code, the status determines the error.
        (404, (404, ""), "absent", GONE, "HEAD GET"),
        (412, (412, ""), CHANGED, CHANGED, "HEAD GET"),
        (416, (416, ""), CHANGED, CHANGED, "HEAD GET"),
        (301, (301, ""), REFUSED, REFUSED, "HEAD GET"),
    ] {
        let s3 = answering(head, get);
        assert_eq!(results(&s3).await, (of_head, of_get), "{head} {get:?}");
        assert_eq!(s3.requests(), requests, "{head} {get:?}");
    }
    // These failures are transient.
    for (head, get, of_head, of_get) in [
        (400, (400, "ExpiredToken"), UNAVAILABLE, UNAVAILABLE),
        (403, (403, "RequestTimeTooSkewed"), UNAVAILABLE, UNAVAILABLE),
        (503, denied, UNAVAILABLE, UNAVAILABLE),
        (409, (409, ""), UNAVAILABLE, UNAVAILABLE),
        (429, (429, ""), UNAVAILABLE, UNAVAILABLE),
        (500, (500, ""), UNAVAILABLE, UNAVAILABLE),
    ] {
        assert_eq!(results(&answering(head, get)).await, (of_head, of_get), "{head} {get:?}");
    }
}

/// If a range of an empty object is requested, S3 may respond with 416 even if the request lacks
/// the uploader's encryption key (SSE-C).
#[tokio::test]
async fn an_empty_object_is_told_from_one_that_cannot_be_read_by_a_request_without_a_range() {
    let empty = || {
        let s3 = S3::with(KEY, b"");
        s3.fail("HEAD", Fault::Status(400, ""), usize::MAX);
        s3.fail("GET", Fault::Status(416, "InvalidRange"), 1);
        s3
    };
    let (readable, unreadable) = (empty(), empty());
    unreadable.fail("GET", Fault::Status(400, "InvalidRequest"), usize::MAX);
    assert_eq!(name(readable.storage().head(at(KEY)).await), "StorageUnavailable");
    assert_eq!(name(unreadable.storage().head(at(KEY)).await), "UnreadableObject");
    assert_eq!(unreadable.requests(), "HEAD GET GET");
    let reason = Unreadable::CustomerKey.to_string();
    let s3 = S3::with(KEY, b"");
    assert!(!s3.storage().is_unreadable_as(at(KEY), &reason).await.unwrap());
    let unreadable = empty();
    unreadable.fail("GET", Fault::Status(400, "InvalidRequest"), usize::MAX);
    assert!(unreadable.storage().is_unreadable_as(at(KEY), &reason).await.unwrap());
}

#[tokio::test]
async fn a_failure_is_about_one_object_if_another_key_is_described() {
    let check =
        async |status, code| answering(status, (status, code)).storage().check(BUCKET).await;
    for (status, code) in [(200, ""), (404, "NoSuchKey")] {
        assert!(check(status, code).await.is_ok(), "{status}");
    }
    assert_eq!(name(check(403, "AccessDenied").await), "StorageRefused");
    assert_eq!(name(check(503, "SlowDown").await), "StorageUnavailable");
}

#[tokio::test]
async fn the_other_key_is_another_one_each_time() {
    let s3 = S3::with("uploads/", b"");
    for _ in 0..2 {
        s3.storage().check(BUCKET).await.unwrap();
    }
    let keys = s3.keys();
    assert!(keys.iter().all(|key| key.starts_with("uploads/") && key.len() == 40), "{keys:?}");
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn the_owner_is_told_why_an_object_is_unreadable() {
    for (get, why, advice) in [
        ((403, "InvalidObjectState"), Unreadable::Archived, "restore it"),
        ((400, "InvalidRequest"), Unreadable::CustomerKey, "SSE-C"),
        ((403, "AccessDenied"), Unreadable::Denied, "kms:Decrypt"),
        (
            (400, "KMS.DisabledException"),
            Unreadable::Key("KMS.DisabledException".into()),
            "(KMS.DisabledException)",
        ),
    ] {
        let opened = answering(200, get).storage().open(at(KEY), Some("e1"), 0..9).await;
        assert!(matches!(opened, Err(StorageError::ObjectUnreadable(it)) if it == why), "{get:?}");
        assert!(why.to_string().contains(advice), "{why}");
    }
}

#[tokio::test]
async fn every_code_has_the_error_of_its_class_and_is_retried_if_it_is_transient() {
    for (code, class) in CODES.iter().chain(COMMON) {
        let s3 = answering(200, (400, code));
        let get = name(s3.storage().open(at(KEY), Some("e1"), 0..9).await);
        let sent = s3.requests();
        let expected_requests = match (*class, *code) {
            (FailureClass::Transient, _) => "GET GET GET",
            (_, "AccessDenied") => "GET HEAD",
            _ => "GET",
        };
        assert_eq!(sent, expected_requests, "{code}");
        if *code == "AccessDenied" {
            continue;
        }
        let expected: &[_] = match class {
            FailureClass::Transient => &["StorageUnavailable"],
            FailureClass::Object => &["ObjectGone", "ObjectChanged", "UnreadableObject"],
            FailureClass::System => &["StorageRefused"],
        };
        assert!(expected.contains(&get), "{code} became {get}");
        let s3 = S3::with(KEY, b"x");
        s3.fail("LIST", Fault::Status(400, code), usize::MAX);
        let _listed = s3.storage().list(BUCKET, None).await;
        let lists = if *class == FailureClass::Transient { "LIST LIST LIST" } else { "LIST" };
        assert_eq!(s3.requests(), lists, "{code}");
    }
}

#[tokio::test]
async fn whether_an_object_can_be_read_is_asked_by_one_byte() {
    for (get, is_unreadable) in [
        ((206, ""), false),
        ((404, "NoSuchKey"), false),
        ((416, "InvalidRange"), false),
        ((400, "InvalidRequest"), true),
        ((403, "InvalidObjectState"), true),
        ((403, "AccessDenied"), true),
        ((400, "KMS.DisabledException"), true),
        ((400, "KMS.DependencyTimeoutException"), true),
        ((500, "KMS.KMSInternalException"), true),
    ] {
        let s3 = answering(200, get);
        let reason = match s3.storage().open(at(KEY), Some("e1"), 0..9).await {
            Err(StorageError::ObjectUnreadable(why)) => why.to_string(),
            _ => "its key".to_owned(),
        };
        let asked = s3.storage().is_unreadable_as(at(KEY), &reason).await;
        assert_eq!(asked.unwrap(), is_unreadable, "{get:?}");
    }
    // If S3 denies both GET and HEAD, or throttles GET, nothing is known about the object.
    for (status, code, expected) in
        [(403, "AccessDenied", "StorageRefused"), (503, "SlowDown", "StorageUnavailable")]
    {
        let storage = answering(status, (status, code)).storage();
        assert_eq!(name(storage.is_unreadable_as(at(KEY), "").await), expected);
    }
}

/// If the reason has changed, the key may have a newer object, whose event was lost.
#[tokio::test]
async fn an_object_that_cannot_be_read_for_another_reason_is_looked_at_again() {
    let storage = answering(200, (403, "InvalidObjectState")).storage();
    let recorded = Unreadable::CustomerKey.to_string();
    assert!(!storage.is_unreadable_as(at(KEY), &recorded).await.unwrap());
}

#[tokio::test]
async fn a_request_is_sent_three_times_before_s3_counts_as_unavailable() {
    for fault in [Fault::Status(503, "SlowDown"), Fault::Status(500, "InternalError")] {
        for (failures, head, get) in
            [(2, "described", "opened"), (9, "StorageUnavailable", "StorageUnavailable")]
        {
            let s3 = S3::with(KEY, b"x");
            s3.fail("HEAD", fault, failures);
            s3.fail("GET", fault, failures);
            assert_eq!(results(&s3).await, (head, get), "{fault:?}");
            assert_eq!(s3.requests(), "HEAD HEAD HEAD GET GET GET");
        }
    }
}

#[tokio::test]
async fn a_connection_that_stays_silent_is_a_failure_of_s3() {
    let s3 = S3::with(KEY, b"x");
    s3.fail("HEAD", Fault::Silence, 1);
    assert_eq!(name(s3.storage().head(at(KEY)).await), "StorageUnavailable");
}
