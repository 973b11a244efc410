//! HTTP requests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// An HTTP request in API Gateway's payload format 2.0
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>),
/// reduced to the fields that this API uses.
///
/// Every field has a default, and no field is validated. So every request reaches the handler, and
/// this API itself responds to an invalid request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// Path; API Gateway may or may not have decoded it.
    pub raw_path: String,
    /// Query string, still encoded.
    pub raw_query_string: String,
    headers: Option<BTreeMap<String, String>>,
    path_parameters: Option<BTreeMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    context: Context,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Http,
    authorizer: Option<Authorizer>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Authorizer {
    /// The identity whose signature API Gateway has verified.
    iam: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

impl Request {
    /// Method, in upper case.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.context.http.method
    }

    /// True if API Gateway has verified the signature of an AWS identity, as it does for every
    /// request if the stack's `authorization` is `AWS_IAM`.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.context.authorizer.as_ref().is_some_and(|authorizer| authorizer.iam.is_some())
    }

    /// True if the client wants only the headers of the response.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.method() == "HEAD"
    }

    /// Value of a header, by its name in lower case. API Gateway sends names in lower case and
    /// joins repeated headers with commas.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.as_ref()?.get(name).map(|value| value.trim())
    }

    /// Body, decoded; empty if the request has none. `None` if the body claims to be base64 but is
    /// not.
    ///
    /// API Gateway encodes a body in base64, except a body whose content type it treats as text.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, [u8]>> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            return BASE64_STANDARD.decode(body).ok().map(Cow::Owned);
        }
        Some(Cow::Borrowed(body.as_bytes()))
    }

    /// Value of a path parameter, by its name in the route.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use serde_json::json;

    use super::Request;

    /// A GET request with these headers.
    pub(crate) fn get(headers: &[(&str, &str)]) -> Request {
        let headers: serde_json::Map<_, _> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        serde_json::from_value(json!({
            "headers": headers, "requestContext": {"http": {"method": "GET"}},
        }))
        .unwrap()
    }

    /// A request without a method, with this key in its path.
    pub(crate) fn get_key(key: &str) -> Request {
        get_with(key, "")
    }

    /// A request without a method, with this key in its path, and with this query string.
    pub(crate) fn get_with(key: &str, query: &str) -> Request {
        serde_json::from_value(json!({
            "rawQueryString": query, "pathParameters": {"s3objectkey": key},
        }))
        .unwrap()
    }

    /// A POST request with this body.
    pub(crate) fn post(body: &str) -> Request {
        serde_json::from_value(json!({
            "body": body, "requestContext": {"http": {"method": "POST"}},
        }))
        .unwrap()
    }

    /// A HEAD request.
    pub(crate) fn head() -> Request {
        serde_json::from_value(json!({"requestContext": {"http": {"method": "HEAD"}}})).unwrap()
    }

    /// The prefix of the keys in tests.
    pub(crate) fn prefix() -> contract::KeyPrefix {
        crate::description::EXAMPLE_PREFIX.parse().unwrap()
    }

    /// A record with this status: `image`, `rejected` or `absent`.
    pub(crate) fn record(key: &str, status: &str) -> catalog::Record {
        serde_json::from_value(json!({
            "s3objectkey": key, "revision": "r", "status": status, "size": 9, "etag": "a1",
            "format": "png", "contentType": "image/png", "width": 1, "height": 2,
            "displayWidth": 1, "displayHeight": 2, "shard": 0, "execution": "arn:1",
            "recordedAt": 1, "reason": "CorruptImage", "message": "cut short", "expiresAt": 1,
        }))
        .unwrap()
    }

    /// A request with this query string, without a method.
    pub(crate) fn get_query(query: &str) -> Request {
        serde_json::from_value(json!({"rawQueryString": query})).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_verified_identity_is_a_signature() {
        let is_signed = |authorizer: serde_json::Value| {
            let event = serde_json::json!({"requestContext": {"authorizer": authorizer}});
            serde_json::from_value::<Request>(event).unwrap().is_signed()
        };
        assert!(is_signed(serde_json::json!({"iam": {"accountId": "123456789012"}})));
        for none in
            [serde_json::json!(null), serde_json::json!({}), serde_json::json!({"iam": null})]
        {
            assert!(!is_signed(none));
        }
    }

    #[test]
    fn null_and_missing_members_are_empty_and_any_text_is_a_header() {
        let request = samples::get(&[("x-name", "é\u{1}")]);
        assert_eq!(request.header("x-name"), Some("é\u{1}"));
        for event in ["{}", r#"{"headers": null, "pathParameters": null}"#] {
            let request: Request = serde_json::from_str(event).unwrap();
            assert_eq!((request.header("range"), request.path_parameter("key")), (None, None));
            assert_eq!(request.body().as_deref(), Some(&[][..]));
        }
    }

    #[test]
    fn a_body_is_decoded_if_it_is_base64() {
        let body = |text: &str, is_base64| {
            let request = serde_json::json!({"body": text, "isBase64Encoded": is_base64});
            let request: Request = serde_json::from_value(request).unwrap();
            request.body().map(Cow::into_owned)
        };
        assert_eq!(body("e30=", false), Some(b"e30=".to_vec()));
        assert_eq!(body("e30=", true), Some(b"{}".to_vec()));
        assert_eq!(body("e30", true), None);
    }
}
