//! Reports executions as they end.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{CONCURRENCY, Execution, Executions, ExecutionsError, LARGEST_PAGE, PAGE, Status};

/// Reports each execution that ends after the tail has started. Reports no execution twice.
#[derive(Debug)]
pub struct Tail {
    executions: Arc<Executions>,
    /// ARNs of executions that were reported, or that had ended before the tail started.
    ended: HashSet<String>,
    /// ARNs of executions that were running when last listed or described.
    running: HashSet<String>,
}

impl Tail {
    /// Starts a tail. Lists the existing executions without describing them.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn start(executions: Arc<Executions>) -> Result<Self, ExecutionsError> {
        let mut tail = Self { executions, ended: HashSet::new(), running: HashSet::new() };
        tail.list(LARGEST_PAGE, true).await?;
        Ok(tail)
    }

    /// Returns the executions that have ended since the tail started, without those that it has
    /// already returned, in the order in which they started.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn ended(&mut self) -> Result<Vec<Execution>, ExecutionsError> {
        let mut arns = self.list(PAGE, false).await?;
        arns.extend(self.running.drain());
        let described: Vec<_> = futures_util::stream::iter(arns)
            .map(|arn| self.executions.describe(arn))
            .buffer_unordered(CONCURRENCY)
            .try_collect()
            .await?;
        let mut ended = Vec::new();
        for execution in described.into_iter().flatten() {
            if execution.has_ended() {
                self.ended.insert(execution.arn.clone());
                ended.push(execution);
            } else {
                self.running.insert(execution.arn);
            }
        }
        ended.sort_by(|a, b| a.started.total_cmp(&b.started).then_with(|| a.arn.cmp(&b.arn)));
        Ok(ended)
    }

    /// Lists executions, newest first, up to the first page without a new execution. Returns the
    /// ARNs of the new executions.
    ///
    /// If `first` is true, lists all executions, and returns no ARNs. The tail never reports the
    /// executions that had ended by then.
    async fn list(&mut self, size: i32, first: bool) -> Result<Vec<String>, ExecutionsError> {
        let Executions { client, state_machine, .. } = &*self.executions;
        let request = client.list_executions().state_machine_arn(state_machine).max_results(size);
        let mut pages = request.into_paginator().send();
        let mut new = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| ExecutionsError::call("ListExecutions")(&error))?;
            let before = new.len();
            for item in page.executions {
                let arn = item.execution_arn;
                if first && Status::from(&item.status).is_end() {
                    self.ended.insert(arn);
                } else if first {
                    self.running.insert(arn);
                } else if !self.ended.contains(&arn) && !self.running.contains(&arn) {
                    new.push(arn);
                }
            }
            if !first && new.len() == before {
                break;
            }
        }
        Ok(new)
    }
}
