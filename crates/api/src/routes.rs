//! Which paths and methods there are.

use crate::ApiError;

/// The OpenAPI 3.1 document of this API, which a test keeps in step with the code.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// The paths as the document writes them, which a test compares: to read its 38 kB at every start
/// would take a function longer than all else.
pub(crate) const PATHS: [&str; 5] = [
    "/images",
    "/images/file/{s3objectkey}",
    "/images/info",
    "/images/metadata/{s3objectkey}",
    "/openapi.json",
];

/// What every path takes, as the header `Allow` lists it.
const METHODS: &str = "GET, HEAD, OPTIONS";

/// The methods of a path, as the header `Allow` lists them; none when there is no such path.
#[must_use]
pub fn allowed_methods(path: &str) -> Option<&'static str> {
    PATHS.iter().any(|template| matches(template, path)).then_some(METHODS)
}

/// Why no route takes a request for this path: there is no such path, or it does not take the
/// method.
#[must_use]
pub fn refusal(path: &str) -> ApiError {
    match allowed_methods(path) {
        Some(allow) => ApiError::MethodNotAllowed { allow },
        None => ApiError::UnknownPath(path.to_owned()),
    }
}

/// A parameter ends a path of this API, and takes all the rest of it, slashes included.
fn matches(template: &str, path: &str) -> bool {
    match template.split_once('{') {
        Some((start, _)) => path.strip_prefix(start).is_some_and(|rest| !rest.is_empty()),
        None => template == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_method_is_refused_with_those_that_there_are() {
        for path in ["/images", "/images/info", "/images/file/a/b.png", "/images/metadata/x"] {
            assert_eq!(allowed_methods(path), Some("GET, HEAD, OPTIONS"), "{path}");
            assert!(matches!(refusal(path), ApiError::MethodNotAllowed { .. }));
        }
    }

    #[test]
    fn a_path_that_there_is_not_is_named() {
        for path in ["/", "", "/images/", "/images/file/", "/images/file", "/image"] {
            let error = refusal(path);
            assert!(matches!(&error, ApiError::UnknownPath(it) if it == path), "{path}: {error}");
        }
    }
}
