//! Input, output and errors.

use catalog::{CatalogError, SegmentError};
use contract::NamedError;
use serde::{Deserialize, Serialize};
use storage::StorageError;

/// Which page of the table to compare with which bucket.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    /// Name of the bucket.
    pub(crate) bucket: String,
    /// Part of the table, from 0 to `segments`, exclusive.
    pub(crate) segment: i32,
    /// Parts that the table is scanned in.
    pub(crate) segments: i32,
    /// Where the page starts; none for the first one.
    #[serde(default)]
    pub(crate) start: Option<String>,
}

/// What has no object on a page.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Records compared.
    pub(crate) examined: usize,
    /// Keys of those whose object is gone.
    pub(crate) keys: Vec<String>,
    /// Where the next page starts; none after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// A page that could not be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The table did not give its records.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// S3 did not say what there is.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no such part of the table.
    #[error(transparent)]
    Segment(#[from] SegmentError),
}

impl NamedError for CompareError {
    fn name(&self) -> &'static str {
        match self {
            Self::Catalog(error) => error.name(),
            Self::Storage(error) => error.name(),
            Self::Segment(_) => "InvalidInput",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_has_no_start() {
        let text = r#"{"bucket": "b", "segment": 0, "segments": 4}"#;
        assert_eq!(serde_json::from_str::<Request>(text).unwrap().start, None);
    }

    #[test]
    fn after_the_last_page_there_is_no_next() {
        let last = Comparison { examined: 1, keys: vec![], next: None };
        assert_eq!(serde_json::to_string(&last).unwrap(), r#"{"examined":1,"keys":[]}"#);
    }
}
