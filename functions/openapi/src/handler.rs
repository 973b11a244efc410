//! What one invocation does.

use api::{Answer, ApiError, CacheSeconds, OPENAPI, Request};
use runtime::Summary;

/// Where the document is.
const DOCUMENT_PATH: &str = "/openapi.json";

/// The function with what it needs.
pub(crate) struct OpenApi {
    pub(crate) cache: CacheSeconds,
}

impl OpenApi {
    /// The document; to `OPTIONS`, the methods of the path; to anything else, why there is no
    /// answer, which API Gateway alone would give in a form of its own.
    pub(crate) fn answer(
        &self,
        request: &Request,
        summary: &mut Summary,
    ) -> Result<Answer, ApiError> {
        let path = request.raw_path.as_str();
        match (request.method(), api::allowed_methods(path)) {
            ("GET" | "HEAD", _) if path == DOCUMENT_PATH => {
                summary.outcome = Some("document");
                Ok(Answer::json_text(200, OPENAPI).conditional(request, self.cache))
            }
            ("OPTIONS", Some(allow)) => {
                summary.outcome = Some("options");
                Ok(Answer::options(allow))
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
        let function = OpenApi { cache: CacheSeconds::default() };
        let request = json!({"rawPath": path, "requestContext": {"http": {"method": method}}});
        let request: Request = serde_json::from_value(request).unwrap();
        function.answer(&request, &mut Summary::default()).map(|answer| answer.code())
    }

    #[test]
    fn the_document_is_served() {
        assert_eq!(status("GET", "/openapi.json").unwrap(), 200);
        assert_eq!(status("HEAD", "/openapi.json").unwrap(), 200);
    }

    #[test]
    fn what_no_route_takes_is_refused_by_what_is_wrong_with_it() {
        assert!(matches!(status("POST", "/images"), Err(ApiError::MethodNotAllowed { .. })));
        assert!(matches!(
            status("DELETE", "/openapi.json"),
            Err(ApiError::MethodNotAllowed { .. })
        ));
        assert!(matches!(status("GET", "/favicon.ico"), Err(ApiError::UnknownPath(_))));
        assert!(matches!(status("OPTIONS", "/favicon.ico"), Err(ApiError::UnknownPath(_))));
    }

    #[test]
    fn the_methods_of_a_path_are_told() {
        assert_eq!(status("OPTIONS", "/images/file/a.png").unwrap(), 204);
    }
}
