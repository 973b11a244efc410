//! The requests, units and bytes of each path through the system, such as an upload of an image or
//! a query for its metadata. The integration test `costs` measures them, and `counts.json` contains
//! them.
//!
//! `UPDATE_EXPECT=1 cargo test --test integration costs::` updates the file.

use serde::{Deserialize, Serialize};

/// The measured counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Paths that start with an event of the bucket, or with an execution that is started by hand.
    pub uploads: Vec<PathCounts>,
    /// Paths that start with a request to the API.
    pub queries: Vec<PathCounts>,
    /// Size of an image's item in the table, in bytes.
    pub item_bytes: u64,
}

/// The counts of one run of a path, with warm functions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PathCounts {
    /// Name of the path, such as `duplicate event`.
    pub name: String,
    /// Events that S3 sends to EventBridge.
    pub events: u32,
    /// State transitions: the states that the execution enters. No measured run has a retry, which
    /// would be a transition, too.
    pub transitions: u32,
    /// Lambda invocations.
    pub invocations: u32,
    /// HEAD requests to S3.
    pub heads: u32,
    /// GET requests to S3.
    pub gets: u32,
    /// Requests to DynamoDB.
    pub table_calls: u32,
    /// Number of consecutive waits for DynamoDB: requests that are sent together count once.
    pub table_waits: u32,
    /// Write request units of the table.
    pub table_write_units: f64,
    /// Write request units of the two indexes together.
    pub index_write_units: f64,
    /// Read request units.
    pub read_units: f64,
    /// Requests to the API.
    pub requests: u32,
    /// Bytes of the functions' logs, without Lambda's own log lines.
    pub function_log_bytes: u64,
    /// Bytes of the execution log with execution data.
    pub execution_log_bytes: u64,
    /// Bytes of the execution log without execution data.
    pub execution_log_bytes_without_data: u64,
    /// Bytes of the execution log at the level ERROR, with execution data.
    pub execution_log_bytes_at_error: u64,
    /// Bytes of the API's access log.
    pub access_log_bytes: u64,
    /// Bytes of the response's body; zero if the body is an image, because images differ in size.
    #[serde(rename = "answerBytes")]
    pub response_bytes: u64,
}

impl PathCounts {
    /// Write request units of the table and its indexes together.
    #[must_use]
    pub fn write_units(&self) -> f64 {
        self.table_write_units + self.index_write_units
    }
}

/// The committed counts.
///
/// # Errors
/// If `counts.json` does not have the form of [`Counts`].
pub fn measured() -> Result<Counts, serde_json::Error> {
    serde_json::from_str(include_str!("../counts.json"))
}

/// Relative difference up to which two numbers of bytes agree. Runs differ slightly, because keys,
/// names and times differ in length.
const TOLERANCE: f64 = 0.10;

impl Counts {
    /// True if another measurement agrees: counts must be equal, bytes about equal.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let paths = |counts: &Self| [counts.uploads.clone(), counts.queries.clone()].concat();
        let (ours, theirs) = (paths(self), paths(other));
        about_equal(self.item_bytes, other.item_bytes)
            && ours.len() == theirs.len()
            && ours.iter().zip(&theirs).all(|(ours, theirs)| ours.agrees_with(theirs))
    }
}

impl PathCounts {
    fn agrees_with(&self, other: &Self) -> bool {
        let bytes = |it: &Self| {
            [
                it.function_log_bytes,
                it.execution_log_bytes,
                it.execution_log_bytes_without_data,
                it.execution_log_bytes_at_error,
                it.access_log_bytes,
                it.response_bytes,
            ]
        };
        bytes(self).into_iter().zip(bytes(other)).all(|(ours, theirs)| about_equal(ours, theirs))
            && self.without_bytes() == other.without_bytes()
    }

    fn without_bytes(&self) -> Self {
        Self {
            function_log_bytes: 0,
            execution_log_bytes: 0,
            execution_log_bytes_without_data: 0,
            execution_log_bytes_at_error: 0,
            access_log_bytes: 0,
            response_bytes: 0,
            ..self.clone()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "log lines are far below 2⁵³ bytes")]
fn about_equal(ours: u64, theirs: u64) -> bool {
    let (ours, theirs) = (ours as f64, theirs as f64);
    (ours - theirs).abs() <= TOLERANCE * ours.max(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(transitions: u32, bytes: u64) -> Counts {
        let path = PathCounts { transitions, function_log_bytes: bytes, ..PathCounts::default() };
        Counts { uploads: vec![path], queries: Vec::new(), item_bytes: 400 }
    }

    #[test]
    fn counts_have_to_be_equal_and_bytes_about_equal() {
        assert!(counts(4, 1_000).agrees_with(&counts(4, 1_050)));
        assert!(!counts(4, 1_000).agrees_with(&counts(4, 1_200)));
        assert!(!counts(4, 1_000).agrees_with(&counts(5, 1_000)));
        assert!(!counts(4, 0).agrees_with(&counts(4, 1)));
    }
}
