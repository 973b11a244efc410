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
    /// error in this API's format instead of an error in API Gateway's.
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

    fn status(method: &str, path: &str) -> Result<u16, ApiError> {
        let function = OpenApi { cache: CacheSeconds::default(), document: "{}".into() };
        let request = json!({"rawPath": path, "requestContext": {"http": {"method": method}}});
        let request: Request = serde_json::from_value(request).unwrap();
        function.respond(&request, &mut Summary::default()).map(|response| response.code())
    }

    #[test]
    fn the_document_is_served() {
        assert_eq!(status("GET", "/openapi.json").unwrap(), 200);
        assert_eq!(status("HEAD", "/openapi.json").unwrap(), 200);
    }

    #[test]
    fn requests_without_a_route_are_refused_with_the_reason() {
        assert!(matches!(status("POST", "/images"), Err(ApiError::MethodNotAllowed { .. })));
        assert!(matches!(
            status("DELETE", "/openapi.json"),
            Err(ApiError::MethodNotAllowed { .. })
        ));
        assert!(matches!(status("GET", "/favicon.ico"), Err(ApiError::UnknownPath(_))));
        assert!(matches!(status("OPTIONS", "/favicon.ico"), Err(ApiError::UnknownPath(_))));
    }

    #[test]
    fn options_returns_the_methods_of_a_path() {
        assert_eq!(status("OPTIONS", "/images/file/a.png").unwrap(), 204);
    }
}
