//! Makes the catalog match the bucket by running the state machine `reconcile`. If one execution
//! does not suffice, further executions continue the reconciliation.

use std::time::Duration;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use serde::{Deserialize, Serialize};

use crate::error_text::chain;

/// Interval between queries for the status of a running reconciliation.
const POLL: Duration = Duration::from_millis(200);

/// Result of a reconciliation: the output of its last execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Objects in the bucket, compared with their records.
    pub objects: Tally,
    /// Records in the table, compared with the bucket.
    pub records: Tally,
    /// Totals of each shard, compared with a count of the shard's images.
    pub totals: Tally,
    /// Sum of the three parts' `repaired`.
    pub repaired: u64,
    /// Sum of the three parts' `failed`.
    pub failed: u64,
}

/// Counts of one part of a [`Report`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Objects, records or shards that were compared.
    pub examined: u64,
    /// Differences that were repaired.
    pub repaired: u64,
    /// Differences that were not repaired. If the repair of an object or a record failed, the
    /// repair's event is in the failure queue. Totals are not repaired if they keep changing or
    /// have too many content types.
    pub failed: u64,
}

/// A reconciliation failed.
#[derive(Debug, thiserror::Error)]
pub enum ReconciliationError {
    /// A call to Step Functions failed.
    #[error("{call} failed: {message}. Is the emulator still running?")]
    Call {
        /// Name of the API operation.
        call: &'static str,
        /// The error and its causes.
        message: String,
    },
    /// An execution of the reconciliation failed.
    #[error(
        "the reconciliation ended with status {status} ({error}: {cause}). Its repairs so far are kept; run it again. Execution: {execution}"
    )]
    Failed {
        /// Status of the execution.
        status: ExecutionStatus,
        /// Name of the error.
        error: String,
        /// Description of the error.
        cause: String,
        /// ARN of the execution.
        execution: String,
    },
    /// The output of the execution is not a [`Report`].
    #[error("the output of the execution {execution} is not a reconciliation report: {source}")]
    Output {
        /// ARN of the execution.
        execution: String,
        /// Parse error.
        source: serde_json::Error,
    },
}

/// The output of an execution.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Output {
    /// Another execution continues the reconciliation.
    Continued {
        /// ARN of the execution that continues the reconciliation.
        #[serde(rename = "continuedBy")]
        continued_by: String,
    },
    Report(Report),
}

/// Starts a reconciliation and waits for it to end. The reconciliation continues even if this
/// future is dropped.
///
/// # Errors
/// If the reconciliation cannot be started, or fails.
pub async fn reconcile(
    client: &Client,
    state_machine: &str,
) -> Result<Report, ReconciliationError> {
    run(client, state_machine, "{}").await
}

/// Like [`reconcile`], and measures again what an older version of pixgauge measured.
///
/// # Errors
/// The errors of [`reconcile`].
pub async fn remeasure(
    client: &Client,
    state_machine: &str,
) -> Result<Report, ReconciliationError> {
    run(client, state_machine, r#"{"remeasure": true}"#).await
}

async fn run(
    client: &Client,
    state_machine: &str,
    input: &str,
) -> Result<Report, ReconciliationError> {
    let mut execution = begin(client, state_machine, input).await?;
    loop {
        match output(ended(client, execution).await?)? {
            Output::Continued { continued_by } => execution = continued_by,
            Output::Report(report) => return Ok(report),
        }
    }
}

/// Reads the output of an execution that has ended.
fn output(ended: DescribeExecutionOutput) -> Result<Output, ReconciliationError> {
    let execution = ended.execution_arn;
    if ended.status != ExecutionStatus::Succeeded {
        return Err(ReconciliationError::Failed {
            status: ended.status,
            error: ended.error.unwrap_or_default(),
            cause: ended.cause.unwrap_or_default(),
            execution,
        });
    }
    serde_json::from_str(&ended.output.unwrap_or_default())
        .map_err(|source| ReconciliationError::Output { execution, source })
}

/// Starts a reconciliation, and returns the ARN of its first execution.
///
/// # Errors
/// If the call to Step Functions fails.
pub async fn start(client: &Client, state_machine: &str) -> Result<String, ReconciliationError> {
    begin(client, state_machine, "{}").await
}

async fn begin(
    client: &Client,
    state_machine: &str,
    input: &str,
) -> Result<String, ReconciliationError> {
    let request = client.start_execution().state_machine_arn(state_machine).input(input);
    let started = request.send().await.map_err(|error| call("StartExecution", &error))?;
    Ok(started.execution_arn)
}

/// Waits until the execution has ended. There is no timeout: a large bucket takes hours, and the
/// user can interrupt the command without stopping the reconciliation.
async fn ended(
    client: &Client,
    execution: String,
) -> Result<DescribeExecutionOutput, ReconciliationError> {
    loop {
        let request = client.describe_execution().execution_arn(&execution);
        let described = request.send().await.map_err(|error| call("DescribeExecution", &error))?;
        if described.status != ExecutionStatus::Running {
            return Ok(described);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn call(call: &'static str, error: &dyn std::error::Error) -> ReconciliationError {
    ReconciliationError::Call { call, message: chain(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(output: &str) -> DescribeExecutionOutput {
        let date = aws_sdk_sfn::primitives::DateTime::from_secs(0);
        DescribeExecutionOutput::builder()
            .execution_arn("execution:1")
            .state_machine_arn("stateMachine:reconcile")
            .status(ExecutionStatus::Succeeded)
            .start_date(date)
            .output(output)
            .build()
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn an_execution_names_the_one_that_continues_it_or_reports() {
        let continued = output(ended(r#"{"continuedBy": "execution:2", "objects": {}}"#));
        assert!(
            matches!(continued, Ok(Output::Continued { continued_by }) if continued_by == "execution:2")
        );
        let tally = r#"{"examined": 1, "repaired": 0, "failed": 0}"#;
        let report = format!(
            r#"{{"objects": {tally}, "records": {tally}, "totals": {tally}, "repaired": 0, "failed": 0}}"#
        );
        assert!(
            matches!(output(ended(&report)), Ok(Output::Report(report)) if report.objects.examined == 1)
        );
        assert!(matches!(output(ended("{}")), Err(ReconciliationError::Output { .. })));
    }
}
