//! Finds executions, newest first, without describing more of them than it has to.

use futures_util::StreamExt as _;

use super::listing::ListedPage;
use super::{CONCURRENCY, Execution, Executions, ExecutionsError, LARGEST_PAGE, PAGE, Status};

/// Conditions that an execution must meet.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Statuses, one of which the execution must have; any if empty.
    pub statuses: Vec<Status>,
    /// Text that the execution's key contains, or that its ARN or name begins with; any if `None`.
    pub text: Option<String>,
}

/// Executions that a [`Search`] has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// At most as many as asked for, newest first.
    pub executions: Vec<Execution>,
    /// True if there are more, which were not described.
    pub more: bool,
}

impl Search {
    /// True if an execution of this status can meet the conditions.
    fn allows(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// True if the execution meets the conditions.
    #[must_use]
    pub fn matches(&self, execution: &Execution) -> bool {
        let Some(text) = &self.text else { return self.allows(execution.status) };
        let key = execution.key().is_some_and(|key| key.contains(text.as_str()));
        self.allows(execution.status) && (key || execution.is_called(text))
    }
}

impl Executions {
    /// Finds at most `limit` executions, newest first.
    ///
    /// Lists a page of executions at a time, describes those whose status allows it, and stops at
    /// the first that it does not return. So a search for the newest costs one page and one
    /// description for each execution it returns, however many there are.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn search(&self, search: &Search, limit: usize) -> Result<Found, ExecutionsError> {
        let (mut executions, mut token) = (Vec::new(), None);
        loop {
            let (mut items, next) = self.page(search, limit, token).await?;
            items.retain(|(_, status)| search.allows(*status));
            // Without a text, the list alone decides.
            let room = limit - executions.len();
            let beyond = search.text.is_none() && items.len() > room;
            if search.text.is_none() {
                items.truncate(room);
            }
            let mut described = futures_util::stream::iter(items)
                .map(|(arn, _)| self.describe(arn))
                .buffered(CONCURRENCY);
            while let Some(execution) = described.next().await {
                let Some(execution) = execution?.filter(|it| search.matches(it)) else { continue };
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

    /// Lists a page of executions. If the search has exactly one status, Step Functions selects by
    /// it.
    async fn page(
        &self,
        search: &Search,
        limit: usize,
        token: Option<String>,
    ) -> Result<ListedPage, ExecutionsError> {
        // One more than the limit tells whether there are more.
        let wanted = i32::try_from(limit.saturating_add(1)).unwrap_or(LARGEST_PAGE);
        let size = if search.text.is_some() { LARGEST_PAGE } else { wanted.clamp(1, LARGEST_PAGE) };
        let size = if search.statuses.len() > 1 { size.max(PAGE) } else { size };
        let status = match search.statuses.as_slice() {
            [status] => Some(*status),
            _ => None,
        };
        self.list(status, token, size).await
    }
}
