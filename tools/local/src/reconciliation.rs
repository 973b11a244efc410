//! Making the catalog equal to the bucket: an execution of the state machine `reconcile`.

use std::time::Duration;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use serde::{Deserialize, Serialize};

use crate::error_text::chain;

/// How often a running reconciliation is asked whether it has ended.
const POLL: Duration = Duration::from_millis(200);

/// What a reconciliation found, as its execution returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Objects in the bucket, compared with their records.
    pub objects: Tally,
    /// Records in the table, compared with the bucket.
    pub records: Tally,
    /// Totals, one for each shard, compared with a count of the images.
    pub totals: Tally,
    /// All that was repaired.
    pub repaired: u64,
    /// All that could not be repaired.
    pub failed: u64,
}

/// One part of a [`Report`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Compared.
    pub examined: u64,
    /// Found to differ, and written anew.
    pub repaired: u64,
    /// Found to differ, and left so: the error is in the failure queue, or the totals kept changing.
    pub failed: u64,
}

/// A reconciliation did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum ReconciliationError {
    /// A call failed.
    #[error("{call} failed: {message}. Is the emulator still running?")]
    Call {
        /// The API's name of the call.
        call: &'static str,
        /// What the service said.
        message: String,
    },
    /// Its execution failed.
    #[error(
        "the reconciliation ended as {status}, {error}: {cause}. What it had repaired stays so; run it again. Its execution is {execution}"
    )]
    Failed {
        /// The execution's status.
        status: ExecutionStatus,
        /// The name of the error.
        error: String,
        /// What the error says.
        cause: String,
        /// The execution's ARN.
        execution: String,
    },
    /// Its execution returned something else.
    #[error("the execution {execution} did not return a report: {source}")]
    Output {
        /// The execution's ARN.
        execution: String,
        /// What is wrong with its output.
        source: serde_json::Error,
    },
}

/// Runs a reconciliation to its end. If nobody waits any more, it goes on by itself.
///
/// # Errors
/// When it cannot be started, or fails.
pub async fn reconcile(
    client: &Client,
    state_machine: &str,
) -> Result<Report, ReconciliationError> {
    let started = client
        .start_execution()
        .state_machine_arn(state_machine)
        .send()
        .await
        .map_err(|error| call("StartExecution", &error))?;
    let ended = ended(client, started.execution_arn).await?;
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

/// Waits for as long as it takes: a large bucket takes hours, and whoever waits can leave.
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
