//! The list of executions, a page at a time.

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};

use super::{CONCURRENCY, Execution, Executions, ExecutionsError, Filter, Status};

/// A call of [`Executions::listing`] ends once it has listed this many executions.
const LARGEST_SEARCH: usize = 500;

/// A page of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The executions that match the filter, in the order of Step Functions: the most recent first.
    pub executions: Vec<Execution>,
    /// Cursor of the next page; `None` on the last page.
    pub next: Option<String>,
    /// Number of executions that were listed to find the matching ones.
    pub examined: usize,
}

/// ARN and status of each execution on a page of the list, and the cursor of the next page.
pub(super) type ListedPage = (Vec<(String, Status)>, Option<String>);

fn page_size(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

impl Executions {
    /// Reads a page of the list: about `limit` executions that match `filter`, from `cursor` on.
    ///
    /// Without a filter, or with a filter on a single status only, makes one `ListExecutions` call.
    /// Also makes one `DescribeExecution` call for each listed execution that is not known to have
    /// ended.
    ///
    /// With any other filter, repeats these calls until at least `limit` executions match,
    /// `LARGEST_SEARCH` executions have been listed, or the list ends. The result may have more or
    /// fewer executions than `limit`. It may be empty even if more pages follow.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn listing(
        &self,
        filter: &Filter,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Listing, ExecutionsError> {
        let size = page_size(limit);
        let mut page = Listing { executions: Vec::new(), next: cursor, examined: 0 };
        loop {
            let (listed, next) = self.list(filter.only_status(), page.next.take(), size).await?;
            page.examined += listed.len();
            let described: Vec<_> = self.described(filter, listed).try_collect().await?;
            page.executions.extend(described);
            page.next = next;
            let is_full = page.executions.len() >= limit || page.examined >= LARGEST_SEARCH;
            let is_whole = !filter.needs_description() && filter.statuses.len() < 2;
            if is_full || is_whole || page.next.is_none() {
                return Ok(page);
            }
        }
    }

    /// Lists the ARN and status of each of the most recent executions, at most `limit`. Makes no
    /// `DescribeExecution` call.
    ///
    /// # Errors
    /// If the call to Step Functions fails.
    pub async fn newest(&self, limit: usize) -> Result<Vec<(String, Status)>, ExecutionsError> {
        Ok(self.list(None, None, page_size(limit)).await?.0)
    }

    /// Returns the listed executions that match the filter, in the order of `listed`. Describes
    /// only those whose status the filter allows.
    pub(super) fn described(
        &self,
        filter: &Filter,
        mut listed: Vec<(String, Status)>,
    ) -> impl Stream<Item = Result<Execution, ExecutionsError>> {
        listed.retain(|(_, status)| filter.allows(*status));
        futures_util::stream::iter(listed)
            .map(move |(arn, _)| async move { self.one(&arn).await })
            .buffered(CONCURRENCY)
            .try_filter_map(async move |execution| Ok(execution.filter(|it| filter.matches(it))))
    }

    /// Lists one page of executions: those with `status`, or all if it is `None` or
    /// [`Status::Unknown`].
    pub(super) async fn list(
        &self,
        status: Option<Status>,
        cursor: Option<String>,
        size: i32,
    ) -> Result<ListedPage, ExecutionsError> {
        let page = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine)
            .set_status_filter(status.and_then(Status::filter))
            .set_next_token(cursor)
            .max_results(size)
            .send()
            .await
            .map_err(|error| ExecutionsError::call("ListExecutions")(&error))?;
        let executions = page.executions.into_iter();
        let listed = executions.map(|it| (it.execution_arn, Status::from(&it.status)));
        Ok((listed.collect(), page.next_token))
    }
}
