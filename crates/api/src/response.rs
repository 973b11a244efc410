//! What a query function returns.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use serde::Serialize;

use crate::{CacheSeconds, Precondition, Request, Validators};

/// An HTTP answer in API Gateway's payload format 2.0
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
///
/// CORS headers are not among what it carries: API Gateway adds them as the stack configures.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Answer(ApiGatewayV2httpResponse);

impl Answer {
    /// An answer with this status and nothing else.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = i64::from(status);
        Self(response)
    }

    /// A JSON document.
    #[must_use]
    pub fn json(status: u16, document: &impl Serialize) -> Self {
        match serde_json::to_string(document) {
            Ok(text) => Self::json_text(status, text),
            // Documents of this API have string keys and no fallible serializers.
            Err(_) => Self::status(500),
        }
    }

    /// A JSON document that is there as text.
    #[must_use]
    pub fn json_text(status: u16, text: impl Into<String>) -> Self {
        let mut answer = Self::status(status).header(CONTENT_TYPE, "application/json");
        answer.0.body = Some(Body::Text(text.into()));
        answer
    }

    /// Adds how long the answer may be kept and an entity tag made of its body, and leaves out
    /// the body when the client says that it has it already (304).
    ///
    /// Another body has another tag, whatever made the difference: a new upload, a new field.
    #[must_use]
    pub fn conditional(self, request: &Request, cache: CacheSeconds) -> Self {
        let body = self.0.body.as_ref().map_or(&b""[..], |body| body.as_ref());
        let tag = xxhash_rust::xxh64::xxh64(body, 0);
        let validators = Validators::new(format!("{tag:016x}"));
        let answer = match validators.precondition(request) {
            Precondition::Holds => self,
            Precondition::NotModified => Self::status(304),
            Precondition::Failed => return crate::ApiError::PreconditionFailed.answer(),
        };
        validators.head(answer).header(CACHE_CONTROL, &cache.control())
    }

    /// Adds bytes that are there in base64, as API Gateway takes them; the client gets the bytes.
    #[must_use]
    pub fn base64(mut self, text: String) -> Self {
        self.0.body = Some(Body::Text(text));
        self.0.is_base64_encoded = true;
        self
    }

    /// A temporary redirect that keeps the method (RFC 9110, section 15.4.8) and is not cached,
    /// as the address it leads to expires.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Self::status(307).header(LOCATION, location).header(CACHE_CONTROL, "no-store")
    }

    /// What is allowed on a path, to whoever asks with `OPTIONS`. API Gateway answers the
    /// preflights of browsers itself.
    #[must_use]
    pub fn options(allow: &str) -> Self {
        Self::status(204).header(ALLOW, allow)
    }

    /// Adds a header. A value that HTTP does not allow (control characters) leaves it out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// What every answer to `request` has in common.
    ///
    /// - What says nothing about caching is not cached: an error may be gone with the next upload.
    /// - `Vary: Origin`, since API Gateway adds the CORS header only for requests with `Origin`; a
    ///   cache would hand an image that was fetched by `<img>` to a script that may not read it.
    /// - To HEAD, the length of the body instead of the body.
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

    /// The status.
    #[must_use]
    pub fn code(&self) -> u16 {
        u16::try_from(self.0.status_code).unwrap_or(500)
    }
}

/// Bytes that padded base64 stands for (RFC 4648, section 4).
fn decoded_length(base64: &[u8]) -> usize {
    let padding = base64.iter().rev().take_while(|byte| **byte == b'=').count();
    base64.len() / 4 * 3 - padding
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::request::samples::get;

    fn serialized(answer: &Answer) -> Value {
        serde_json::to_value(answer).unwrap()
    }

    fn head() -> Request {
        serde_json::from_value(json!({"requestContext": {"http": {"method": "HEAD"}}})).unwrap()
    }

    #[test]
    fn json_is_sent_as_text() {
        let answer = serialized(&Answer::json(404, &json!({"error": "no"})));
        assert_eq!(answer["statusCode"], 404);
        assert_eq!(answer["body"], r#"{"error":"no"}"#);
        assert_eq!(answer["isBase64Encoded"], false);
        assert_eq!(answer["headers"]["content-type"], "application/json");
    }

    #[test]
    fn bytes_are_sent_in_base64() {
        let answer = serialized(&Answer::status(200).base64("iVA=".to_owned()));
        assert_eq!(answer["body"], "iVA=");
        assert_eq!(answer["isBase64Encoded"], true);
    }

    #[test]
    fn a_document_that_the_client_has_is_not_sent_again() {
        let document = |request: &Request| {
            let answer =
                Answer::json(200, &json!({"a": 1})).conditional(request, CacheSeconds::new(9));
            serialized(&answer)
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
    }

    #[test]
    fn to_head_the_length_is_sent_instead_of_the_body() {
        let answer = serialized(&Answer::json(200, &json!({})).complete(&head()));
        assert_eq!(answer["headers"]["content-length"], "2");
        assert!(answer["body"].is_null(), "{answer}");
        for (base64, length) in [("AQID", "3"), ("iVA=", "2"), ("iQ==", "1"), ("", "0")] {
            let answer = Answer::status(200).base64(base64.to_owned()).complete(&head());
            let answer = serialized(&answer);
            assert_eq!(answer["headers"]["content-length"], length);
            assert_eq!(answer["isBase64Encoded"], false);
        }
    }

    #[test]
    fn an_answer_that_does_not_say_how_long_it_may_be_kept_is_not_cached() {
        let answer = serialized(&Answer::status(404).complete(&get(&[])));
        assert_eq!(answer["headers"]["cache-control"], "no-store");
        assert_eq!(answer["headers"]["vary"], "origin");
        let answer = Answer::status(200).header(CACHE_CONTROL, "no-cache").complete(&get(&[]));
        assert_eq!(serialized(&answer)["headers"]["cache-control"], "no-cache");
    }
}
