//! A stack's outputs.

use contract::KeyPrefix;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The outputs of the program, and the emulator's endpoint. In JSON, the outputs have the names
/// that `pulumi stack output --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outputs {
    /// The URL of the query API, without a trailing slash.
    pub api_url: String,
    /// The name of the bucket for uploads.
    pub bucket_name: String,
    /// The prefix of the keys of the objects that are measured.
    pub key_prefix: KeyPrefix,
    /// The name of the DynamoDB table.
    pub table_name: String,
    /// The ARN of the state machine that measures an image.
    pub state_machine_arn: String,
    /// The ARN of the state machine that makes the catalog match the bucket.
    pub reconcile_state_machine_arn: String,
    /// The URL of the SQS queue for failed executions.
    pub failure_queue_url: String,
    /// The emulator's URL, the endpoint of every AWS service.
    pub endpoint: String,
    /// All other outputs.
    #[serde(flatten)]
    pub further: Map<String, Value>,
}

impl Outputs {
    /// The prefix of the names of the stack's functions and most of its other resources: the
    /// table's name without its last word, `catalog`.
    #[must_use]
    pub fn function_prefix(&self) -> &str {
        self.table_name.strip_suffix("catalog").unwrap_or(&self.table_name)
    }

    /// Adds the emulator's endpoint to the program's `outputs`, and parses them.
    pub(super) fn read(
        mut outputs: Map<String, Value>,
        endpoint: &str,
    ) -> Result<Self, serde_json::Error> {
        outputs.insert("endpoint".to_owned(), endpoint.into());
        serde_json::from_value(Value::Object(outputs))
    }
}

#[cfg(test)]
impl Outputs {
    /// Made-up outputs, for tests that need no stack.
    pub(crate) fn sample() -> Self {
        let outputs = serde_json::json!({
            "apiUrl": "http://api", "bucketName": "b", "keyPrefix": "uploads/", "tableName": "t",
            "stateMachineArn": "s", "failureQueueUrl": "http://queue",
            "reconcileStateMachineArn": "r", "more": 1,
        });
        Self::read(outputs.as_object().unwrap().clone(), "http://e").unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_outputs_are_kept() {
        let outputs = Outputs::sample();
        assert_eq!(outputs.endpoint, "http://e");
        assert_eq!(serde_json::to_value(&outputs).unwrap()["more"], 1);
    }

    #[test]
    fn missing_output_is_named() {
        let error = Outputs::read(Map::new(), "http://e").unwrap_err();
        assert!(error.to_string().contains("apiUrl"), "{error}");
    }
}
