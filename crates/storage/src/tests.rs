//! Responses of S3, and the errors that they become.

use std::sync::{Arc, Mutex};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use contract::{FailureClass, NamedError as _, S3};

use super::*;

const AT: Location<'_> = Location { bucket: "photos", key: "uploads/a.png" };

/// S3 with one object: the status and the code of its responses to HEAD and to GET.
#[derive(Clone, Debug, Default)]
struct Fake {
    head: (u16, &'static str),
    get: (u16, &'static str),
    /// Methods of the requests.
    requests: Arc<Mutex<Vec<String>>>,
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let method = request.method().to_owned();
        let head = method == "HEAD";
        self.requests.lock().unwrap().push(method);
        let (status, code) = if head { self.head } else { self.get };
        let body = match code {
            "" => "x".to_owned(),
            code => format!("<Error><Code>{code}</Code><Message>m</Message></Error>"),
        };
        let length = if head { 1 } else { body.len() };
        let body = if head { String::new() } else { body };
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), body.into());
        response.headers_mut().insert("etag", "\"e1\"");
        response.headers_mut().insert("content-length", length.to_string());
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Fake {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl Fake {
    fn new(head: u16, get: (u16, &'static str)) -> Self {
        Self { head: (head, ""), get, ..Self::default() }
    }

    fn storage(&self) -> Storage {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .http_client(self.clone());
        Storage::new(Client::from_conf(config.build()))
    }

    /// Names of the errors of HEAD and of GET; empty if there is none.
    async fn errors(&self) -> (&'static str, &'static str) {
        let storage = self.storage();
        let head = storage.head(AT).await.err().map_or("", |error| error.name());
        let get = storage.open(AT, Some("e1"), 0..9).await.err().map_or("", |error| error.name());
        (head, get)
    }

    fn requests(&self) -> String {
        std::mem::take(&mut *self.requests.lock().unwrap()).join(" ")
    }
}

#[tokio::test]
async fn an_object_that_can_be_read_takes_one_request_each() {
    let s3 = Fake::new(200, (206, ""));
    assert_eq!(s3.errors().await, ("", ""));
    assert_eq!(s3.requests(), "HEAD GET");
    assert!(s3.storage().is_readable(AT).await.unwrap());
    assert_eq!(s3.requests(), "GET");
}

#[tokio::test]
async fn an_object_under_a_customers_key_is_unreadable_to_both() {
    let s3 = Fake::new(400, (400, "InvalidRequest"));
    assert_eq!(s3.errors().await, ("UnreadableObject", "UnreadableObject"));
    let why = s3.storage().head(AT).await.unwrap_err().to_string();
    assert!(why.contains("SSE-C"), "{why}");
}

#[tokio::test]
async fn a_400_to_head_alone_says_nothing_about_the_object() {
    // The credentials have expired: HEAD has no body that would say so.
    let expired = Fake::new(400, (400, "ExpiredToken"));
    assert_eq!(expired.errors().await, ("StorageUnavailable", "StorageUnavailable"));
    let malformed = Fake::new(400, (400, "AuthorizationHeaderMalformed"));
    assert_eq!(malformed.errors().await, ("StorageRefused", "StorageRefused"));
    for passing in [(206, ""), (416, "InvalidRange")] {
        let error = Fake::new(400, passing).storage().head(AT).await.unwrap_err();
        assert_eq!(error.name(), "StorageUnavailable");
    }
    let gone = Fake::new(400, (404, "NoSuchKey"));
    assert_eq!(gone.storage().head(AT).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_that_refuses_is_told_from_a_missing_permission_by_head() {
    let key = Fake::new(200, (403, "AccessDenied"));
    assert_eq!(key.errors().await, ("", "UnreadableObject"));
    assert_eq!(key.requests(), "HEAD GET HEAD");
    let permission = Fake::new(403, (403, "AccessDenied"));
    assert_eq!(permission.errors().await, ("StorageRefused", "StorageRefused"));
    let failing = Fake::new(503, (403, "AccessDenied"));
    assert_eq!(failing.errors().await.1, "StorageUnavailable");
    let deleted = Fake::new(404, (403, "AccessDenied"));
    assert_eq!(deleted.errors().await, ("", "ObjectGone"));
}

#[tokio::test]
async fn a_refusal_is_about_one_object_if_another_key_is_described() {
    let refused = || StorageError::StorageRefused("of one object".into());
    for status in [200, 404] {
        assert!(
            Fake::new(status, (404, "")).storage().check_refusal("photos", refused()).await.is_ok()
        );
    }
    let of_all = Fake::new(403, (403, "AccessDenied"));
    let error = of_all.storage().check_refusal("photos", refused()).await.unwrap_err();
    assert!(error.to_string().contains("of one object"), "{error}");
    let failing = Fake::new(503, (503, "SlowDown"));
    let error = failing.storage().check_refusal("photos", refused()).await.unwrap_err();
    assert_eq!(error.name(), "StorageUnavailable");
}

#[tokio::test]
async fn an_archived_object_is_described_but_unreadable() {
    let s3 = Fake::new(200, (403, "InvalidObjectState"));
    assert_eq!(s3.errors().await, ("", "UnreadableObject"));
    assert_eq!(s3.requests(), "HEAD GET");
}

#[tokio::test]
async fn every_code_has_the_error_of_its_class() {
    for (code, class) in S3 {
        let (head, get) = Fake::new(403, (403, code)).errors().await;
        assert_eq!(head, "StorageRefused", "{code}");
        let expected: &[_] = match class {
            FailureClass::Transient => &["StorageUnavailable"],
            FailureClass::Object => &["ObjectGone", "ObjectChanged", "UnreadableObject"],
            FailureClass::System => &["StorageRefused"],
        };
        assert!(expected.contains(&get), "{code} became {get}");
    }
}

#[tokio::test]
async fn a_status_without_a_code_decides() {
    for (status, name) in [(429, "StorageUnavailable"), (500, "StorageUnavailable")] {
        assert_eq!(Fake::new(status, (status, "")).errors().await, (name, name), "{status}");
    }
    assert_eq!(Fake::new(412, (412, "")).errors().await, ("ObjectChanged", "ObjectChanged"));
    assert_eq!(Fake::new(404, (404, "")).errors().await, ("", "ObjectGone"));
}

#[tokio::test]
async fn whether_an_object_can_be_read_is_asked_by_one_byte() {
    let readable = async |head, get| Fake::new(head, get).storage().is_readable(AT).await;
    for get in [(206, ""), (404, "NoSuchKey"), (416, "InvalidRange")] {
        assert!(readable(200, get).await.unwrap(), "{get:?}");
    }
    for get in [
        (400, "InvalidRequest"),
        (403, "InvalidObjectState"),
        (403, "AccessDenied"),
        (400, "KMS.DisabledException"),
    ] {
        assert!(!readable(200, get).await.unwrap(), "{get:?}");
    }
    // Neither of these responses says anything about the object.
    assert_eq!(readable(403, (403, "AccessDenied")).await.unwrap_err().name(), "StorageRefused");
    assert_eq!(readable(200, (503, "SlowDown")).await.unwrap_err().name(), "StorageUnavailable");
}
