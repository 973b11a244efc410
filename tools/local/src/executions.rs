//! Executions of a state machine, their outcomes, and the states that they went through.
//!
//! [`Executions`] queries Step Functions. `execution` reads the event that triggered an execution,
//! and the execution's outcome. `raw_history` gets the events of an execution's history, and
//! `history` turns the events into [`Step`]s. A [`Filter`] selects executions: `search` finds the
//! newest of them, and `listing` reads a page of them. `tail` finds executions that have just
//! ended. `follow` finds the executions that given uploads and deletions have started.

mod execution;
mod filter;
mod follow;
mod history;
mod listing;
mod raw_history;
mod search;
mod tail;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::SdkError;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
pub use execution::{Change, Execution, Outcome, Status, Trigger};
pub use filter::{Filter, OutcomeKind};
pub use follow::{Expected, Follower};
use futures_util::{StreamExt as _, TryStreamExt as _};
pub use history::{Attempt, AttemptResult, Step, StepResult, steps};
pub use listing::Listing;
pub use search::Found;
pub use tail::Tail;

use crate::error_text::chain;

/// Page size for polls, and the smallest page size of a search for several statuses.
/// `ListExecutions` returns the newest executions first, so one small page usually contains all
/// executions that have started since the last poll.
const PAGE: i32 = 100;

/// Largest page size that `ListExecutions` and `GetExecutionHistory` accept.
const LARGEST_PAGE: i32 = 1000;

/// Maximum number of concurrent `DescribeExecution` calls.
const CONCURRENCY: usize = 16;

/// A call to Step Functions failed.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed: {message}. Is the emulator still running?")]
pub struct ExecutionsError {
    call: &'static str,
    message: String,
}

impl ExecutionsError {
    /// True if the state machine does not exist.
    #[must_use]
    pub fn is_no_state_machine(&self) -> bool {
        self.message.contains("StateMachineDoesNotExist")
    }

    fn call(call: &'static str) -> impl FnOnce(&dyn std::error::Error) -> Self {
        move |error| Self { call, message: chain(error) }
    }
}

/// The executions of one state machine. Every method except [`describe`](Self::describe) remembers
/// the executions that it has described. A remembered execution is "known". If a known execution
/// had ended when it was last described, only `describe` describes it again.
#[derive(Debug)]
pub struct Executions {
    client: Client,
    state_machine: String,
    /// The known executions, by ARN.
    known: Mutex<HashMap<String, Execution>>,
    /// True only if every unknown execution is newer than all known ones. A refresh sets this to
    /// true when it has succeeded. [`one`](Self::one) sets it to false, because the execution that
    /// it describes may be newer than an unknown one.
    complete: AtomicBool,
}

impl Executions {
    /// Creates a view of the executions of the state machine with this ARN. Calls no service.
    #[must_use]
    pub fn new(client: Client, state_machine: impl Into<String>) -> Self {
        Self {
            client,
            state_machine: state_machine.into(),
            known: Mutex::default(),
            complete: AtomicBool::new(false),
        }
    }

    /// Returns all executions, newest first.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn all(&self) -> Result<Vec<Execution>, ExecutionsError> {
        self.refresh().await?;
        Ok(self.known(|_| true))
    }

    /// Returns all executions for the object `key`, newest first.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn of_key(&self, key: &str) -> Result<Vec<Execution>, ExecutionsError> {
        self.refresh().await?;
        Ok(self.known(|execution| execution.key() == Some(key)))
    }

    /// Counts the executions that have ended. Lists the executions without describing them, which
    /// takes fewer calls than [`all`](Self::all).
    ///
    /// # Errors
    /// If a call to Step Functions fails.
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

    /// Returns the states that the execution with this ARN went through, in order.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn steps(&self, arn: &str) -> Result<Vec<Step>, ExecutionsError> {
        let (events, requests) = raw_history::read(&self.client, arn).await?;
        let mut steps = steps(&events);
        for attempt in steps.iter_mut().flat_map(|step| &mut step.attempts) {
            attempt.request_id =
                attempt.request_id.take().or_else(|| requests.get(&attempt.event).cloned());
        }
        Ok(steps)
    }

    /// Returns the execution with this ARN; `None` if there is none. Calls `DescribeExecution`,
    /// except for an execution that is known to have ended.
    ///
    /// # Errors
    /// If the call to Step Functions fails.
    pub async fn one(&self, arn: &str) -> Result<Option<Execution>, ExecutionsError> {
        if let Some(known) = self.lock().get(arn).filter(|known| known.has_ended()) {
            return Ok(Some(known.clone()));
        }
        let execution = self.describe(arn.to_owned()).await?;
        if let Some(execution) = execution.clone() {
            // Executions older than this one may still be unknown.
            self.complete.store(false, Ordering::Relaxed);
            self.remember(execution);
        }
        Ok(execution)
    }

    /// Describes the executions that are not known yet, and all known ones that had not ended when
    /// last described.
    async fn refresh(&self) -> Result<(), ExecutionsError> {
        let mut arns = self.unknown().await?;
        arns.extend(self.unfinished());
        // Until all calls have succeeded, some of the listed executions may be unknown.
        self.complete.store(false, Ordering::Relaxed);
        futures_util::stream::iter(arns)
            .map(|arn| self.describe(arn))
            .buffer_unordered(CONCURRENCY)
            .try_for_each(|execution| async {
                if let Some(execution) = execution {
                    self.remember(execution);
                }
                Ok(())
            })
            .await?;
        self.complete.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Lists the executions, newest first, and returns the ARNs of those that are not known yet. If
    /// `complete` is true, stops at the first page on which all executions are known.
    async fn unknown(&self) -> Result<Vec<String>, ExecutionsError> {
        let mut unknown = Vec::new();
        let mut pages = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine)
            .max_results(PAGE)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| ExecutionsError::call("ListExecutions")(&error))?;
            let before = unknown.len();
            let arns = page.executions.into_iter().map(|execution| execution.execution_arn);
            unknown.extend(arns.filter(|arn| !self.knows(arn)));
            if unknown.len() == before && self.complete.load(Ordering::Relaxed) {
                break;
            }
        }
        Ok(unknown)
    }

    /// Describes the execution with this ARN, of any state machine; `None` if there is none. An
    /// execution that was listed earlier may be gone, because a reset of the emulator deletes all
    /// executions.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn describe(&self, arn: String) -> Result<Option<Execution>, ExecutionsError> {
        let described = self.client.describe_execution().execution_arn(&arn).send().await;
        match described {
            Ok(output) => Ok(Some(Execution::from(output))),
            Err(error) if is_gone(&error) => {
                self.lock().remove(&arn);
                Ok(None)
            }
            Err(error) => Err(ExecutionsError::call("DescribeExecution")(&error)),
        }
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

    /// Returns the known executions that `is_wanted` accepts, newest first.
    fn known(&self, is_wanted: impl Fn(&Execution) -> bool) -> Vec<Execution> {
        let known = self.lock();
        let mut executions: Vec<_> = known.values().filter(|it| is_wanted(it)).cloned().collect();
        drop(known);
        executions.sort_by(|a, b| b.started.total_cmp(&a.started).then_with(|| a.arn.cmp(&b.arn)));
        executions
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Execution>> {
        // No code panics while it holds the lock. If some did, the map would still be intact.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if the call failed because there is no execution with the requested ARN.
fn is_gone<R>(error: &SdkError<DescribeExecutionError, R>) -> bool {
    let error = error.as_service_error();
    error.is_some_and(DescribeExecutionError::is_execution_does_not_exist)
}

#[cfg(test)]
pub(crate) mod tests;
