//! Executions of the state machine: which there are, what became of each, and
//! the states that one went through.
//!
//! [`Executions`] asks Step Functions, `execution` reads what started an
//! execution and how it ended, `history` turns its events into [`Step`]s.

mod execution;
mod follow;
mod history;

pub use execution::{Change, Execution, Outcome, Status, Trigger};
pub use follow::{Expected, Follower};
pub use history::{Attempt, AttemptResult, Step, StepResult, steps};

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::error_text::chain;

/// Executions per `ListExecutions` call. The newest come first, so that one call
/// is enough to see what is new since a moment ago.
const PAGE: i32 = 100;

/// The most executions that a `ListExecutions` call returns.
const LARGEST_PAGE: i32 = 1000;

/// `DescribeExecution` calls at once.
const CONCURRENCY: usize = 16;

/// How often [`Executions::wait_for`] asks.
const POLL: Duration = Duration::from_millis(100);

/// Step Functions gave no answer, or not in time.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionsError {
    /// A call failed.
    #[error("{call} failed: {message}. Is the emulator still running?")]
    Call {
        /// The API's name of the call.
        call: &'static str,
        /// What the service said.
        message: String,
    },
    /// The execution that was waited for did not end in time.
    #[error("no execution for {what} ended within {} s", .after.as_secs())]
    Late {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
}

impl ExecutionsError {
    fn call(call: &'static str) -> impl FnOnce(&dyn std::error::Error) -> Self {
        move |error| Self::Call { call, message: chain(error) }
    }
}

/// The executions of one state machine. What has ended is asked for once only.
#[derive(Debug)]
pub struct Executions {
    client: Client,
    state_machine: String,
    known: Mutex<HashMap<String, Execution>>,
    /// Whether the list was read to its end once. From then on, all that is
    /// older than something known is known too.
    complete: AtomicBool,
}

impl Executions {
    /// The executions of the state machine with this ARN.
    #[must_use]
    pub fn new(client: Client, state_machine: impl Into<String>) -> Self {
        Self {
            client,
            state_machine: state_machine.into(),
            known: Mutex::default(),
            complete: AtomicBool::new(false),
        }
    }

    /// The newest executions, newest first, at most `limit`.
    ///
    /// # Errors
    /// When Step Functions does not answer.
    pub async fn recent(&self, limit: usize) -> Result<Vec<Execution>, ExecutionsError> {
        self.refresh(limit).await?;
        let mut executions = self.known();
        executions.truncate(limit);
        Ok(executions)
    }

    /// All executions, newest first.
    ///
    /// # Errors
    /// When Step Functions does not answer.
    pub async fn all(&self) -> Result<Vec<Execution>, ExecutionsError> {
        self.recent(usize::MAX).await
    }

    /// All executions about the object `key`, newest first.
    ///
    /// # Errors
    /// When Step Functions does not answer.
    pub async fn of_key(&self, key: &str) -> Result<Vec<Execution>, ExecutionsError> {
        let mut executions = self.all().await?;
        executions.retain(|execution| execution.key() == Some(key));
        Ok(executions)
    }

    /// How many have ended. It asks for the list alone, not for what each is about.
    ///
    /// # Errors
    /// When Step Functions does not answer.
    pub async fn count_ended(&self) -> Result<u64, ExecutionsError> {
        let mut pages = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine)
            .max_results(LARGEST_PAGE)
            .into_paginator()
            .send();
        let mut ended = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| ExecutionsError::call("ListExecutions")(&error))?;
            let of_page = page.executions.iter().filter(|it| Status::from(&it.status).is_end());
            ended += of_page.count() as u64;
        }
        Ok(ended)
    }

    /// The states that the execution with this ARN went through, in order.
    ///
    /// # Errors
    /// When Step Functions does not answer.
    pub async fn steps(&self, arn: &str) -> Result<Vec<Step>, ExecutionsError> {
        let events: Vec<_> = self
            .client
            .get_execution_history()
            .execution_arn(arn)
            .include_execution_data(true)
            .max_results(1000)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| ExecutionsError::call("GetExecutionHistory")(&error))?;
        Ok(steps(&events))
    }

    /// Waits until an execution that `wanted` accepts has ended, and returns it.
    ///
    /// # Errors
    /// When none has within `deadline`, or Step Functions does not answer.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Execution) -> bool,
    ) -> Result<Execution, ExecutionsError> {
        let started = Instant::now();
        while started.elapsed() < deadline {
            let executions = self.all().await?;
            let found = executions.into_iter().find(|it| it.has_ended() && wanted(it));
            if let Some(execution) = found {
                return Ok(execution);
            }
            tokio::time::sleep(POLL).await;
        }
        Err(ExecutionsError::Late { what: what.to_owned(), after: deadline })
    }

    /// Asks for executions that are new, and for those that had not ended yet.
    async fn refresh(&self, limit: usize) -> Result<(), ExecutionsError> {
        let mut ask = self.unfinished();
        ask.extend(self.unknown(limit).await?);
        futures_util::stream::iter(ask)
            .map(|arn| self.describe(arn))
            .buffer_unordered(CONCURRENCY)
            .try_for_each(|execution| async {
                self.remember(execution);
                Ok(())
            })
            .await
    }

    /// The ARNs of the executions that are not known yet, of the newest `limit`.
    async fn unknown(&self, limit: usize) -> Result<Vec<String>, ExecutionsError> {
        let (mut unknown, mut listed) = (Vec::new(), 0);
        let mut pages = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine)
            .max_results(PAGE)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| ExecutionsError::call("ListExecutions")(&error))?;
            listed += page.executions.len();
            let before = unknown.len();
            let arns = page.executions.into_iter().map(|execution| execution.execution_arn);
            unknown.extend(arns.filter(|arn| !self.knows(arn)));
            let rest_is_known = unknown.len() == before && self.complete.load(Ordering::Relaxed);
            if rest_is_known || listed >= limit {
                return Ok(unknown);
            }
        }
        self.complete.store(true, Ordering::Relaxed);
        Ok(unknown)
    }

    async fn describe(&self, arn: String) -> Result<Execution, ExecutionsError> {
        let output: DescribeExecutionOutput = self
            .client
            .describe_execution()
            .execution_arn(arn)
            .send()
            .await
            .map_err(|error| ExecutionsError::call("DescribeExecution")(&error))?;
        Ok(Execution::from(output))
    }

    fn knows(&self, arn: &str) -> bool {
        self.lock().contains_key(arn)
    }

    fn remember(&self, execution: Execution) {
        self.lock().insert(execution.arn.clone(), execution);
    }

    fn unfinished(&self) -> Vec<String> {
        let known = self.lock();
        known.values().filter(|it| !it.has_ended()).map(|it| it.arn.clone()).collect()
    }

    /// All that is known, newest first.
    fn known(&self) -> Vec<Execution> {
        let mut executions: Vec<_> = self.lock().values().cloned().collect();
        executions.sort_by(|a, b| b.started.total_cmp(&a.started).then_with(|| a.arn.cmp(&b.arn)));
        executions
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Execution>> {
        // Nothing panics while it holds the lock; if it did, the map is whole still.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
