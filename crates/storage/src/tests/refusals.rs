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

/// Names of the errors of HEAD and of GET.
async fn errors(s3: &S3) -> (&'static str, &'static str) {
    let storage = s3.storage();
    (name(storage.head(at(KEY)).await), name(storage.open(at(KEY), Some("e1"), 0..9).await))
}

/// The reason why GET does not send the object.
async fn unreadable(get: (u16, &'static str)) -> Unreadable {
    match answering(200, get).storage().open(at(KEY), Some("e1"), 0..9).await {
        Err(StorageError::ObjectUnreadable(why)) => why,
        other => panic!("{get:?} became {other:?}"),
    }
}

#[tokio::test]
async fn an_object_that_can_be_read_takes_one_request_each() {
    let s3 = answering(200, (206, ""));
    assert_eq!(errors(&s3).await, ("", ""));
    assert_eq!(s3.requests(), "HEAD GET");
    assert!(!s3.storage().is_unreadable_as(at(KEY), "archived").await.unwrap());
    assert_eq!(s3.requests(), "GET");
}

#[tokio::test]
async fn an_object_under_a_customers_key_is_unreadable_to_both() {
    let s3 = answering(400, (400, "InvalidRequest"));
    assert_eq!(errors(&s3).await, ("UnreadableObject", "UnreadableObject"));
    let why = s3.storage().head(at(KEY)).await.unwrap_err().to_string();
    assert!(why.contains("SSE-C"), "{why}");
}

#[tokio::test]
async fn a_400_to_head_alone_says_nothing_about_the_object() {
    // A response to HEAD has no body that states the reason, such as expired credentials. So the
    // response to GET decides.
    for (get, expected) in [
        ((400, "ExpiredToken"), "StorageUnavailable"),
        ((400, "AuthorizationHeaderMalformed"), "StorageRefused"),
        ((206, ""), "StorageUnavailable"),
        ((416, "InvalidRange"), "StorageUnavailable"),
    ] {
        let head = answering(400, get).storage().head(at(KEY)).await;
        assert_eq!(name(head), expected, "{get:?}");
    }
    // S3 has no object under this key, or no key of this length.
    for get in [(404, "NoSuchKey"), (400, "KeyTooLongError")] {
        let gone = answering(400, get).storage().head(at(KEY)).await;
        assert_eq!(gone.unwrap(), None, "{get:?}");
    }
}

#[tokio::test]
async fn a_403_to_head_may_be_a_wrong_clock() {
    for (get, expected) in [
        ((403, "AccessDenied"), "StorageRefused"),
        ((403, "InvalidAccessKeyId"), "StorageRefused"),
        ((403, "RequestTimeTooSkewed"), "StorageUnavailable"),
        ((206, ""), "StorageUnavailable"),
    ] {
        let s3 = answering(403, get);
        assert_eq!(name(s3.storage().head(at(KEY)).await), expected, "{get:?}");
        assert!(s3.requests().starts_with("HEAD GET"));
    }
}

/// S3 may respond to a range of an empty object with 416 before it asks for the customer's key.
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
async fn a_key_that_refuses_is_told_from_a_missing_permission_by_head() {
    let denied = (403, "AccessDenied");
    let key = answering(200, denied);
    assert_eq!(errors(&key).await, ("", "UnreadableObject"));
    assert_eq!(key.requests(), "HEAD GET HEAD");
    assert_eq!(errors(&answering(403, denied)).await, ("StorageRefused", "StorageRefused"));
    assert_eq!(errors(&answering(503, denied)).await.1, "StorageUnavailable");
    assert_eq!(errors(&answering(404, denied)).await, ("", "ObjectGone"));
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
        assert_eq!(unreadable(get).await, why);
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
async fn a_status_without_a_code_decides() {
    for (status, head, get) in [
        (429, "StorageUnavailable", "StorageUnavailable"),
        (500, "StorageUnavailable", "StorageUnavailable"),
        (409, "StorageUnavailable", "StorageUnavailable"),
        (404, "", "ObjectGone"),
        (412, "ObjectChanged", "ObjectChanged"),
        (416, "ObjectChanged", "ObjectChanged"),
        (301, "StorageRefused", "StorageRefused"),
    ] {
        assert_eq!(errors(&answering(status, (status, ""))).await, (head, get), "{status}");
    }
}

#[tokio::test]
async fn whether_an_object_can_be_read_is_asked_by_one_byte() {
    let unreadable_as = async |head, get, reason: &str| {
        answering(head, get).storage().is_unreadable_as(at(KEY), reason).await
    };
    for get in [(206, ""), (404, "NoSuchKey"), (416, "InvalidRange")] {
        assert!(!unreadable_as(200, get, "archived").await.unwrap(), "{get:?}");
    }
    for get in [
        (400, "InvalidRequest"),
        (403, "InvalidObjectState"),
        (403, "AccessDenied"),
        (400, "KMS.DisabledException"),
    ] {
        let reason = unreadable(get).await.to_string();
        assert!(unreadable_as(200, get, &reason).await.unwrap(), "{get:?}");
    }
    for get in [(400, "KMS.DependencyTimeoutException"), (500, "KMS.KMSInternalException")] {
        assert!(unreadable_as(200, get, "its key").await.unwrap(), "{get:?}");
    }
    // These two responses say nothing about the object.
    let refused = unreadable_as(403, (403, "AccessDenied"), "").await;
    assert_eq!(name(refused), "StorageRefused");
    let failed = unreadable_as(200, (503, "SlowDown"), "").await;
    assert_eq!(name(failed), "StorageUnavailable");
}

/// Another reason may belong to another object, which has replaced the recorded object without an
/// event.
#[tokio::test]
async fn an_object_that_cannot_be_read_for_another_reason_is_looked_at_again() {
    let storage = answering(200, (403, "InvalidObjectState")).storage();
    let recorded = Unreadable::CustomerKey.to_string();
    assert!(!storage.is_unreadable_as(at(KEY), &recorded).await.unwrap());
}

#[tokio::test]
async fn a_request_is_sent_three_times_before_s3_counts_as_unavailable() {
    for fault in [Fault::Status(503, "SlowDown"), Fault::Status(500, "InternalError")] {
        for (failures, head, get) in [(2, "", ""), (9, "StorageUnavailable", "StorageUnavailable")]
        {
            let s3 = S3::with(KEY, b"x");
            s3.fail("HEAD", fault, failures);
            s3.fail("GET", fault, failures);
            assert_eq!(errors(&s3).await, (head, get), "{fault:?}");
            assert_eq!(s3.requests(), "HEAD HEAD HEAD GET GET GET");
        }
    }
    let s3 = answering(403, (403, "AccessDenied"));
    assert_eq!(errors(&s3).await.0, "StorageRefused");
    assert_eq!(s3.requests(), "HEAD GET GET HEAD", "a refusal is not tried again");
}

#[tokio::test]
async fn a_connection_that_stays_silent_is_a_failure_of_s3() {
    let s3 = S3::with(KEY, b"x");
    s3.fail("HEAD", Fault::Silence, 1);
    assert_eq!(name(s3.storage().head(at(KEY)).await), "StorageUnavailable");
}
