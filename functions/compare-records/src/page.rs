//! Input, output and errors.

use catalog::{CatalogError, SegmentError};
use contract::NamedError;
use serde::{Deserialize, Serialize};
use storage::StorageError;

/// Input: a page of the table, and the bucket to compare it with.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    /// Name of the bucket.
    pub(crate) bucket: String,
    /// Segment of the table, from 0 to `segments`, exclusive.
    pub(crate) segment: i32,
    /// Number of segments that the table is scanned in.
    pub(crate) segments: i32,
    /// Start of the page: `next` of the previous one; `None` for the first page.
    #[serde(default)]
    pub(crate) start: Option<String>,
}

/// Result for one page.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Number of records compared.
    pub(crate) examined: usize,
    /// Keys whose object is gone.
    pub(crate) keys: Vec<String>,
    /// Start of the next page; `None` on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Error while comparing a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The records could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The state of an object could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The input names a segment that does not exist.
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
