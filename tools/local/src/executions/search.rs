//! Finds the newest executions that meet a filter.

use std::pin::pin;

use futures_util::TryStreamExt as _;

use super::listing::ListedPage;
use super::{Execution, Executions, ExecutionsError, Filter, LARGEST_PAGE, PAGE, execution};

/// Executions that [`Executions::search`] has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The executions, newest first. Their number is at most the limit of the search.
    pub executions: Vec<Execution>,
    /// True if the number of matching executions is above the limit of the search.
    pub more: bool,
}

impl Executions {
    /// Finds at most `limit` executions that match `filter`, newest first.
    ///
    /// Lists a page of executions at a time and describes those that have a wanted status. Stops
    /// once it knows whether more than `limit` executions match. If `filter` has no conditions and
    /// `limit` is below 1000, lists a single page and describes only the returned executions.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn search(&self, filter: &Filter, limit: usize) -> Result<Found, ExecutionsError> {
        let (mut executions, mut token) = (Vec::new(), None);
        loop {
            let (mut items, next) = self.page(filter, limit, token).await?;
            items.retain(|(_, status)| filter.allows(*status));
            let room = limit - executions.len();
            let beyond = !filter.needs_description() && items.len() > room;
            if beyond {
                items.truncate(room);
            }
            let mut described = pin!(self.described(filter, items));
            while let Some(execution) = described.try_next().await? {
                if executions.len() == limit {
                    return Ok(Found { executions, more: true });
                }
                executions.push(execution);
            }
            token = next;
            if beyond || token.is_none() {
                return Ok(Found { executions, more: beyond });
            }
        }
    }

    /// Finds the newest execution that `text` [names](Execution::is_called). If `text` is an ARN,
    /// the execution may belong to any state machine.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn called(&self, text: &str) -> Result<Option<Execution>, ExecutionsError> {
        if text.starts_with("arn:") {
            return self.one(text).await;
        }
        let mut token = None;
        loop {
            let (items, next) = self.list(None, token, LARGEST_PAGE).await?;
            let named = items.into_iter().find(|(arn, _)| execution::is_called(arn, text));
            if let Some((arn, _)) = named {
                return self.one(&arn).await;
            }
            let Some(next) = next else { return Ok(None) };
            token = Some(next);
        }
    }

    async fn page(
        &self,
        filter: &Filter,
        limit: usize,
        token: Option<String>,
    ) -> Result<ListedPage, ExecutionsError> {
        // One more than `limit`: the additional execution shows that more than `limit` match.
        let wanted = i32::try_from(limit.saturating_add(1)).unwrap_or(LARGEST_PAGE);
        let size = wanted.clamp(1, LARGEST_PAGE);
        let size = if filter.needs_description() { LARGEST_PAGE } else { size };
        let size = if filter.statuses.len() > 1 { size.max(PAGE) } else { size };
        self.list(filter.only_status(), token, size).await
    }
}
