//! Which paths and methods there are.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ApiError;

/// The OpenAPI 3.1 document of this API, which a test keeps in step with the code.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// The paths of the API with their methods, to tell a path that there is not from a method that a
/// path does not take.
#[derive(Debug)]
pub struct Routes(BTreeMap<String, Vec<String>>);

/// The part of an OpenAPI document that is looked at.
#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, Map<String, Value>>,
}

impl Routes {
    /// Reads the routes of an OpenAPI document.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(openapi: &str) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_str(openapi)?;
        let methods = |operations: Map<String, Value>| {
            operations.keys().map(|method| method.to_uppercase()).collect()
        };
        Ok(Self(document.paths.into_iter().map(|(path, it)| (path, methods(it))).collect()))
    }

    /// The paths as the document writes them, each with its methods in upper case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(path, methods)| (path.as_str(), methods.as_slice()))
    }

    /// The methods of a path, as the header `Allow` lists them; none when there is no such path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        let (_, methods) = self.iter().find(|(template, _)| matches(template, path))?;
        Some(format!("{}, OPTIONS", methods.join(", ")))
    }

    /// Why no route takes a request for this path.
    #[must_use]
    pub fn refuse(&self, path: &str) -> ApiError {
        match self.allowed(path) {
            Some(allow) => ApiError::MethodNotAllowed { allow },
            None => ApiError::UnknownPath(path.to_owned()),
        }
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
        let routes = Routes::read(OPENAPI).unwrap();
        for path in ["/images", "/images/info", "/images/file/a/b.png", "/images/metadata/x"] {
            assert_eq!(routes.allowed(path).as_deref(), Some("GET, HEAD, OPTIONS"), "{path}");
            assert!(matches!(routes.refuse(path), ApiError::MethodNotAllowed { .. }));
        }
    }

    #[test]
    fn a_path_that_there_is_not_is_named() {
        let routes = Routes::read(OPENAPI).unwrap();
        for path in ["/", "", "/images/", "/images/file/", "/images/file", "/image"] {
            let error = routes.refuse(path);
            assert!(matches!(&error, ApiError::UnknownPath(it) if it == path), "{path}: {error}");
        }
    }
}
