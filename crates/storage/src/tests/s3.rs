//! A stand-in for S3 in this process, with the operations that the crate calls. The SDK's client
//! sends its requests to the stand-in instead of to the network.
//!
//! Responses have the status, the headers and the body that S3 documents:
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::PREFIX;
use crate::Storage;

/// Characters that S3 percent-encodes in a listing. A space becomes `+` instead.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/').remove(b' ');

/// The stand-in: the objects of a bucket, and the faults of the service.
#[derive(Clone, Debug, Default)]
pub(super) struct S3(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    /// Largest number of objects on a page of a listing; zero means 1,000.
    page: usize,
    /// Each entry: an operation, a fault, and the number of times that the fault will still occur.
    faults: Vec<(&'static str, Fault, usize)>,
    requests: Vec<String>,
    /// The key that each request names; empty for a listing.
    keys: Vec<String>,
    /// Number of bytes in the bodies of all responses.
    sent: usize,
}

#[derive(Clone, Debug)]
struct Object {
    bytes: Vec<u8>,
    headers: Vec<(String, String)>,
}

/// A way in which a response of the service differs from the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Responds with this status and code. A response to HEAD has no body, and therefore no code.
    Status(u16, &'static str),
    /// Responds with 200 and this body.
    Body(&'static str),
    /// Responds with 200 and the whole object, although the request has a range.
    Whole,
    /// Closes the connection before the last byte of the body.
    Cut,
    /// Accepts the connection and never responds.
    Silence,
}

/// A response: status, headers, body.
struct Response(u16, Vec<(String, String)>, Vec<u8>);

impl S3 {
    /// A bucket with only this object, whose ETag is `e1`.
    pub(super) fn with(key: &str, bytes: &[u8]) -> Self {
        let s3 = Self::default();
        s3.put(
            key,
            bytes,
            &[("etag", "\"e1\""), ("last-modified", "Wed, 01 May 2024 12:00:00 GMT")],
        );
        s3
    }

    /// Stores an object. Responses about the object have these headers.
    pub(super) fn put(&self, key: &str, bytes: &[u8], headers: &[(&str, &str)]) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers = headers.iter().map(owned).collect();
        self.state().objects.insert(key.to_owned(), Object { bytes: bytes.to_owned(), headers });
    }

    pub(super) fn delete(&self, key: &str) {
        self.state().objects.remove(key);
    }

    /// Sets the largest number of objects on a page of a listing.
    pub(super) fn set_page(&self, objects: usize) {
        self.state().page = objects;
    }

    /// Makes the fault occur in the next `times` requests of an operation (`HEAD`, `GET`, `LIST`).
    pub(super) fn fail(&self, operation: &'static str, fault: Fault, times: usize) {
        self.state().faults.push((operation, fault, times));
    }

    /// The operations requested since the last call of this method, separated by spaces.
    pub(super) fn requests(&self) -> String {
        std::mem::take(&mut self.state().requests).join(" ")
    }

    /// The keys requested since the last call of this method.
    pub(super) fn keys(&self) -> Vec<String> {
        std::mem::take(&mut self.state().keys)
    }

    /// Number of bytes in the bodies of all responses.
    pub(super) fn sent(&self) -> usize {
        self.state().sent
    }

    /// A client of this S3 that tries each request up to three times, as the functions do.
    pub(super) fn storage(&self) -> Storage {
        self.storage_with_prefix(PREFIX)
    }

    /// A client like [`S3::storage`], for a stack that measures the objects under this prefix.
    pub(super) fn storage_with_prefix(&self, prefix: &str) -> Storage {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "tests");
        self.configured(prefix, |config| config.credentials_provider(credentials))
    }

    /// A client like [`S3::storage`], but without credentials.
    pub(super) fn storage_without_credentials(&self) -> Storage {
        let none = provide_credentials_fn(|| async {
            Err(CredentialsError::not_loaded("environment variable not set"))
        });
        self.configured(PREFIX, |config| config.credentials_provider(none))
    }

    /// A client of this S3, with the changes that `configure` makes to its configuration.
    fn configured(
        &self,
        prefix: &str,
        configure: impl FnOnce(aws_sdk_s3::config::Builder) -> aws_sdk_s3::config::Builder,
    ) -> Storage {
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(500));
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let connector = SharedHttpConnector::new(self.clone());
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .timeout_config(timeouts.build())
            .retry_config(retries)
            // In the SDK's default partition, the clients of all tests would share one quota of
            // retries.
            .retry_partition(
                RetryPartition::custom("test").token_bucket(TokenBucket::unlimited()).build(),
            )
            .http_client(http_client_fn(move |_, _| connector.clone()));
        Storage::new(configure(config), prefix.parse().unwrap())
    }

    /// The response to a plain GET of a presigned URL: status, headers and body.
    pub(super) fn get(&self, url: &str) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        let mut request = HttpRequest::empty();
        request.set_uri(url).unwrap();
        let Response(status, headers, body) = self.state().respond(&request);
        (status, headers.into_iter().collect(), body)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl HttpConnector for S3 {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.state();
        let operation = operation(&request);
        state.requests.push(operation.to_owned());
        state.keys.push(path(&request));
        let fault = state.fault(operation);
        if fault == Some(Fault::Silence) {
            return HttpConnectorFuture::new(std::future::pending());
        }
        let Response(status, headers, mut body) = match fault {
            Some(Fault::Status(status, code)) => error(status, code),
            Some(Fault::Body(body)) => Response(200, Vec::new(), body.into()),
            Some(Fault::Whole) => state.object(&request, None),
            _ => state.respond(&request),
        };
        let length = body.len().to_string();
        match fault {
            _ if operation == "HEAD" => body.clear(),
            Some(Fault::Cut) => drop(body.pop()),
            _ => {}
        }
        state.sent += body.len();
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), body.into());
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response.headers_mut().insert("content-length", length);
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl State {
    fn fault(&mut self, operation: &str) -> Option<Fault> {
        let applies = |it: &&mut (&str, Fault, usize)| it.0 == operation && it.2 > 0;
        let (_, fault, times) = self.faults.iter_mut().find(applies)?;
        *times -= 1;
        Some(*fault)
    }

    fn respond(&self, request: &HttpRequest) -> Response {
        match operation(request) {
            "LIST" => self.listing(&parameters(request)),
            "GET" => self.object(request, request.headers().get("range")),
            _ => self.object(request, None),
        }
    }

    fn object(&self, request: &HttpRequest, range: Option<&str>) -> Response {
        let Some(object) = self.objects.get(&path(request)) else { return error(404, "NoSuchKey") };
        let mut headers: BTreeMap<_, _> = object.headers.iter().cloned().collect();
        if request.headers().get("if-match").is_some_and(|tag| tag != headers["etag"]) {
            return error(412, "PreconditionFailed");
        }
        let parameters = parameters(request);
        for (name, value) in &parameters {
            let Some(name) = name.strip_prefix("response-") else { continue };
            headers.insert(name.to_owned(), value.clone());
        }
        if let Some(version) = parameters.get("versionId") {
            headers.insert("x-amz-version-id".to_owned(), version.clone());
        }
        let Some(range) = range else {
            return Response(200, headers.into_iter().collect(), object.bytes.clone());
        };
        let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
        let size = object.bytes.len();
        if first >= size || last < first {
            return error(416, "InvalidRange");
        }
        let last = last.min(size - 1);
        headers.insert("content-range".to_owned(), format!("bytes {first}-{last}/{size}"));
        Response(206, headers.into_iter().collect(), object.bytes[first..=last].to_owned())
    }

    fn listing(&self, parameters: &BTreeMap<String, String>) -> Response {
        let after = parameters.get("start-after").map_or(Bound::Unbounded, Bound::Excluded);
        let objects = self.objects.range::<String, _>((after, Bound::Unbounded));
        let mut objects = objects.filter(|(key, _)| key.starts_with(&parameters["prefix"]));
        let mut xml = "<ListBucketResult>".to_owned();
        for (key, object) in objects.by_ref().take(if self.page == 0 { 1000 } else { self.page }) {
            // S3 encodes keys only if the request asks for it.
            assert_eq!(parameters["encoding-type"], "url");
            let key = utf8_percent_encode(key, ENCODED).to_string().replace(' ', "+");
            let size = object.bytes.len();
            let (_, etag) = object.headers.iter().find(|(name, _)| name == "etag").unwrap();
            let etag = etag.replace('"', "&quot;");
            write!(
                xml,
                "<Contents><Key>{key}</Key><Size>{size}</Size><ETag>{etag}</ETag>\
                 <LastModified>2024-05-01T12:00:00.000Z</LastModified></Contents>"
            )
            .unwrap();
        }
        let more = objects.next().is_some();
        write!(xml, "<IsTruncated>{more}</IsTruncated></ListBucketResult>").unwrap();
        Response(200, Vec::new(), xml.into())
    }
}

fn error(status: u16, code: &str) -> Response {
    let body = match code {
        "" => String::new(),
        code => format!("<Error><Code>{code}</Code><Message>m</Message></Error>"),
    };
    Response(status, Vec::new(), body.into())
}

fn operation(request: &HttpRequest) -> &'static str {
    match request.method() {
        "HEAD" => "HEAD",
        _ if parameters(request).contains_key("list-type") => "LIST",
        _ => "GET",
    }
}

/// The key that a request names.
fn path(request: &HttpRequest) -> String {
    let (_, address) = request.uri().split_once("://").unwrap();
    let (host, rest) = address.split_once('/').unwrap();
    assert!(host.starts_with("photos."), "{host}");
    decoded(rest.split('?').next().unwrap())
}

fn parameters(request: &HttpRequest) -> BTreeMap<String, String> {
    let (_, query) = request.uri().split_once('?').unwrap_or_default();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
