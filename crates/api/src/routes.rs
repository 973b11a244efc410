//! Paths and methods of the API.

use crate::ApiError;

/// All paths, as written in the OpenAPI document. A test checks that the document has these paths.
pub(crate) const PATHS: [&str; 7] = [
    "/images",
    "/images/file",
    "/images/file/{s3objectkey}",
    "/images/info",
    "/images/metadata",
    "/images/metadata/{s3objectkey}",
    "/openapi.json",
];

/// Value of the `Allow` header for every path except [`LOOK_UP`]: the allowed methods.
const METHODS: &str = "GET, HEAD, OPTIONS";

/// The only path that also allows POST, and its methods.
const LOOK_UP: (&str, &str) = ("/images/metadata", "GET, HEAD, OPTIONS, POST");

/// Value of the `Allow` header for a path: the allowed methods. `None` if there is no such path.
#[must_use]
pub fn allowed_methods(path: &str) -> Option<&'static str> {
    let template = PATHS.iter().find(|template| matches(template, path))?;
    Some(if *template == LOOK_UP.0 { LOOK_UP.1 } else { METHODS })
}

/// The error for a request that matches no route: either there is no such path, or the path does
/// not allow the method.
#[must_use]
pub fn refusal(path: &str) -> ApiError {
    match allowed_methods(path) {
        Some(allow) => ApiError::MethodNotAllowed { allow },
        None => ApiError::UnknownPath(path.to_owned()),
    }
}

/// True if a path matches a template. A parameter is always the last part of a template and matches
/// the nonempty rest of the path, slashes included.
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
    fn a_wrong_method_is_refused_with_the_allowed_ones() {
        for path in [
            "/images",
            "/images/info",
            "/images/file",
            "/images/file/a/b.png",
            "/images/metadata/x",
        ] {
            assert_eq!(allowed_methods(path), Some("GET, HEAD, OPTIONS"), "{path}");
            assert!(matches!(refusal(path), ApiError::MethodNotAllowed { .. }));
        }
        assert_eq!(allowed_methods("/images/metadata"), Some("GET, HEAD, OPTIONS, POST"));
    }

    #[test]
    fn an_unknown_path_is_named() {
        for path in ["/", "", "/images/", "/images/file/", "/images/metadata/", "/image"] {
            let error = refusal(path);
            assert!(matches!(&error, ApiError::UnknownPath(it) if it == path), "{path}: {error}");
        }
    }
}
