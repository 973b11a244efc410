//! What a query function is called with.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An HTTP request in API Gateway's payload format 2.0
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>),
/// as far as this API looks at it.
///
/// Every field has a default, and nothing is checked: whatever a client sends has to reach a
/// handler, so that it gets an answer of this API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// The path, as the client sent it or decoded.
    pub raw_path: String,
    /// The query string, encoded.
    pub raw_query_string: String,
    headers: Option<BTreeMap<String, String>>,
    path_parameters: Option<BTreeMap<String, String>>,
    #[serde(rename = "requestContext")]
    context: Context,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Http,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

impl Request {
    /// The method, in upper case.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.context.http.method
    }

    /// Whether only the headers of an answer are wanted.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.method() == "HEAD"
    }

    /// A header by its name in lower case, as API Gateway sends names; one that was sent more
    /// than once is joined with commas.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.as_ref()?.get(name).map(|value| value.trim())
    }

    /// A parameter in the path, by its name in the route.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use serde_json::json;

    use super::Request;

    /// A GET with these headers.
    pub(crate) fn get(headers: &[(&str, &str)]) -> Request {
        let headers: serde_json::Map<_, _> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        serde_json::from_value(json!({
            "headers": headers, "requestContext": {"http": {"method": "GET"}},
        }))
        .unwrap()
    }

    /// A GET of this key.
    pub(crate) fn get_key(key: &str) -> Request {
        serde_json::from_value(json!({"pathParameters": {"s3objectkey": key}})).unwrap()
    }

    /// A GET with this query string.
    pub(crate) fn get_query(query: &str) -> Request {
        serde_json::from_value(json!({"rawQueryString": query})).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_http_would_not_allow_are_no_failure() {
        let request = samples::get(&[("x-name", "é\u{1}")]);
        assert_eq!(request.header("x-name"), Some("é\u{1}"));
    }

    #[test]
    fn what_is_null_or_missing_is_empty() {
        for event in ["{}", r#"{"headers": null, "pathParameters": null}"#] {
            let request: Request = serde_json::from_str(event).unwrap();
            assert_eq!((request.header("range"), request.path_parameter("key")), (None, None));
        }
    }
}
