//! What a query function returns.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
};
use serde::Serialize;

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
            Ok(text) => Self::status(status).header(CONTENT_TYPE, "application/json").text(text),
            // Documents of this API have string keys and no fallible serializers.
            Err(_) => Self::status(500),
        }
    }

    /// Bytes, sent to API Gateway in base64 and to the client as they are.
    #[must_use]
    pub fn bytes(content_type: &str, bytes: Vec<u8>) -> Self {
        let mut answer = Self::status(200).header(CONTENT_TYPE, content_type);
        answer.0.body = Some(Body::Binary(bytes));
        answer.0.is_base64_encoded = true;
        answer
    }

    /// A temporary redirect that keeps the method (RFC 9110, section 15.4.8) and is not cached,
    /// as the address it leads to expires.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Self::status(307).header(LOCATION, location).header(CACHE_CONTROL, "no-store")
    }

    /// Adds a header. A value that HTTP does not allow (control characters) leaves it out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// The status.
    #[must_use]
    pub fn code(&self) -> u16 {
        u16::try_from(self.0.status_code).unwrap_or(500)
    }

    fn text(mut self, text: String) -> Self {
        self.0.body = Some(Body::Text(text));
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn serialized(answer: &Answer) -> Value {
        serde_json::to_value(answer).unwrap()
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
        let answer = serialized(&Answer::bytes("image/png", vec![0x89, b'P']));
        assert_eq!(answer["body"], "iVA=");
        assert_eq!(answer["isBase64Encoded"], true);
    }
}
