//! Serves the OpenAPI document, and handles requests that match no other route.

use std::borrow::Cow;

use api::{ApiError, CacheSeconds, Request, Response};
use runtime::Summary;

/// Path of the document.
const DOCUMENT_PATH: &str = "/openapi.json";

/// The function and its dependencies.
pub(crate) struct OpenApi {
    pub(crate) cache: CacheSeconds,
    pub(crate) document: Cow<'static, str>,
}

impl OpenApi {
    /// Returns the document, or for `OPTIONS` the methods of the path. Any other request gets an
    /// error in the format of this API.
    pub(crate) fn respond(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Response, ApiError> {
        let path = request.raw_path.as_str();
        match (request.method(), api::allowed_methods(path)) {
            ("GET" | "HEAD", _) if path == DOCUMENT_PATH => {
                summary.outcome = Some("document");
                Ok(Response::json_text(200, &*self.document).conditional(request, self.cache))
            }
            ("OPTIONS", Some(allow)) => {
                summary.outcome = Some("options");
                Ok(Response::options(allow))
            }
            _ => Err(api::refusal(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_document_is_served_and_requests_without_a_route_are_refused() {
        let function = OpenApi { cache: CacheSeconds::default(), document: "{}".into() };
        for (method, path, status) in [
            ("GET", "/openapi.json", 200),
            ("HEAD", "/openapi.json", 200),
            ("OPTIONS", "/images/file/a.png", 204),
            ("GET", "/favicon.ico", 404),
            ("OPTIONS", "/favicon.ico", 404),
            ("POST", "/images", 405),
            ("DELETE", "/openapi.json", 405),
        ] {
            let request = json!({"rawPath": path, "requestContext": {"http": {"method": method}}});
            let request: Request = serde_json::from_value(request).unwrap();
            let result = function.respond(&request, &mut Summary::default());
            let response = result.unwrap_or_else(|error| error.response());
            assert_eq!(response.code(), status, "{method} {path}");
        }
    }
}
