//! HTTP responses.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LINK, LOCATION,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

use crate::{CacheSeconds, Precondition, Request, Validators};

/// An HTTP response in API Gateway's payload format 2.0
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
///
/// It never contains CORS headers: API Gateway adds them, as the stack configures.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Response(ApiGatewayV2httpResponse);

impl Response {
    /// A response with this status, without headers and body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = i64::from(status);
        Self(response)
    }

    /// A response with this document as its JSON body.
    #[must_use]
    pub fn json(status: u16, document: &impl Serialize) -> Self {
        match serde_json::to_string(document) {
            Ok(text) => Self::json_text(status, text),
            // Serialization cannot fail: documents of this API have string keys and no fallible
            // serializers.
            Err(_) => Self::status(500),
        }
    }

    /// A response with a JSON body that is already serialized.
    #[must_use]
    pub fn json_text(status: u16, text: impl Into<String>) -> Self {
        let mut response = Self::status(status).header(CONTENT_TYPE, "application/json");
        response.0.body = Some(Body::Text(text.into()));
        response
    }

    /// Adds `Cache-Control` and an entity tag computed from the body, and evaluates the request's
    /// preconditions: 304 without a body if the client already has this body, 412 if a precondition
    /// fails.
    ///
    /// The tag changes whenever the body does, for example after an upload, or when a new version
    /// of pixgauge adds a field.
    #[must_use]
    pub fn conditional(self, request: &Request, cache: CacheSeconds) -> Self {
        let body = self.0.body.as_ref().map_or(&b""[..], |body| body.as_ref());
        // The tag also covers the link to the next page, because two pages with the same body may
        // have different next pages.
        let link = self.0.headers.get(LINK).map_or(0, |link| xxh64(link.as_bytes(), 0));
        let tag = xxh64(body, link);
        let validators = Validators::new(format!("{tag:016x}"));
        let response = match validators.precondition(request) {
            Precondition::Holds => self,
            Precondition::NotModified => Self::status(304),
            Precondition::Failed => return crate::ApiError::PreconditionFailed.response(),
        };
        validators.add_to(response).header(CACHE_CONTROL, &cache.control())
    }

    /// Sets a body from base64, which API Gateway requires for binary bodies. The client receives
    /// the decoded bytes.
    #[must_use]
    pub fn base64(mut self, text: String) -> Self {
        self.0.body = Some(Body::Text(text));
        self.0.is_base64_encoded = true;
        self
    }

    /// A temporary redirect that keeps the method (RFC 9110, section 15.4.8). Caches must not store
    /// the redirect, because its URL expires.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Self::status(307).header(LOCATION, location).header(CACHE_CONTROL, "no-store")
    }

    /// The response to an `OPTIONS` request: the methods that a path allows. API Gateway itself
    /// responds to preflight requests of browsers.
    #[must_use]
    pub fn options(allow: &str) -> Self {
        Self::status(204).header(ALLOW, allow)
    }

    /// Sets a header. A header whose value HTTP does not allow, because of a control character, is
    /// left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// Adds what all responses have in common:
    ///
    /// - `Cache-Control: no-store`, if the handler has set no `Cache-Control`. An error, for
    ///   example, may disappear with the next upload.
    /// - `Vary: Origin`. API Gateway adds the CORS header only to a response to a request with
    ///   `Origin`. A request for an `<img>` has no `Origin`, so the response lacks the CORS header.
    ///   Without `Vary`, a cache could reuse that response for the request of a script.
    /// - `X-Content-Type-Options: nosniff`.
    /// - For HEAD, `Content-Length` instead of the body.
    #[must_use]
    pub(crate) fn complete(mut self, request: &Request) -> Self {
        let headers = &mut self.0.headers;
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.entry(VARY).or_insert(HeaderValue::from_static("origin"));
        headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
        if request.is_head()
            && let Some(body) = self.0.body.take()
        {
            let encoded = std::mem::take(&mut self.0.is_base64_encoded);
            let length = if encoded { decoded_length(&body) } else { body.len() };
            headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        }
        self
    }

    /// HTTP status.
    #[must_use]
    pub fn code(&self) -> u16 {
        u16::try_from(self.0.status_code).unwrap_or(500)
    }
}

/// Number of bytes that padded base64 encodes (RFC 4648, section 4).
fn decoded_length(base64: &[u8]) -> usize {
    let padding = base64.iter().rev().take_while(|byte| **byte == b'=').count();
    base64.len() / 4 * 3 - padding
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::request::samples::{get, head};

    fn serialized(response: &Response) -> Value {
        serde_json::to_value(response).unwrap()
    }

    #[test]
    fn json_is_sent_as_text_and_bytes_in_base64() {
        let response = serialized(&Response::json(404, &json!({"error": "no"})));
        assert_eq!(response["headers"]["content-type"], "application/json");
        let sent = |it: &Value| {
            (it["statusCode"].clone(), it["body"].clone(), it["isBase64Encoded"].clone())
        };
        assert_eq!(sent(&response), (json!(404), json!(r#"{"error":"no"}"#), json!(false)));
        let response = serialized(&Response::status(200).base64("iVA=".to_owned()));
        assert_eq!(sent(&response), (json!(200), json!("iVA="), json!(true)));
    }

    #[test]
    fn a_document_that_the_client_has_is_not_sent_again() {
        let document = |request: &Request| {
            let response =
                Response::json(200, &json!({"a": 1})).conditional(request, CacheSeconds::new(9));
            serialized(&response)
        };
        let first = document(&get(&[]));
        assert_eq!(
            (&first["statusCode"], &first["headers"]["cache-control"]),
            (&json!(200), &json!("max-age=9"))
        );
        let tag = first["headers"]["etag"].as_str().unwrap();
        let again = document(&get(&[("if-none-match", tag)]));
        assert_eq!((&again["statusCode"], &again["headers"]["etag"]), (&json!(304), &json!(tag)));
        assert!(again["body"].is_null(), "{again}");
        let unexpected = document(&get(&[("if-match", "\"other\"")]));
        assert_eq!(unexpected["statusCode"], 412);
        assert!(unexpected["headers"]["etag"].is_null(), "{unexpected}");
    }

    #[test]
    fn a_redirect_keeps_the_method_and_is_not_cached() {
        let response = serialized(&Response::redirect("https://photos.s3.amazonaws.com/a?b"));
        assert_eq!(response["statusCode"], 307);
        assert_eq!(response["headers"]["location"], "https://photos.s3.amazonaws.com/a?b");
        assert_eq!(response["headers"]["cache-control"], "no-store");
    }

    #[test]
    fn the_methods_of_a_path_are_sent_without_a_body() {
        let response = serialized(&Response::options("GET, HEAD, OPTIONS"));
        assert_eq!((&response["statusCode"], &response["body"]), (&json!(204), &Value::Null));
        assert_eq!(response["headers"]["allow"], "GET, HEAD, OPTIONS");
    }

    #[test]
    fn a_response_to_head_has_the_length_instead_of_the_body() {
        let response = serialized(&Response::json(200, &json!({})).complete(&head()));
        assert_eq!(response["headers"]["content-length"], "2");
        assert!(response["body"].is_null(), "{response}");
        for (base64, length) in [("AQID", "3"), ("iVA=", "2"), ("iQ==", "1"), ("", "0")] {
            let response = Response::status(200).base64(base64.to_owned()).complete(&head());
            let response = serialized(&response);
            assert_eq!(response["headers"]["content-length"], length);
            assert_eq!(response["isBase64Encoded"], false);
        }
    }

    #[test]
    fn a_response_without_cache_control_is_not_cached() {
        let response = serialized(&Response::status(404).complete(&get(&[])));
        assert_eq!(response["headers"]["cache-control"], "no-store");
        assert_eq!(response["headers"]["vary"], "origin");
        let response = Response::status(200).header(CACHE_CONTROL, "no-cache").complete(&get(&[]));
        assert_eq!(serialized(&response)["headers"]["cache-control"], "no-cache");
    }
}
