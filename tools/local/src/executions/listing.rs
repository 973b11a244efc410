//! The list of executions, a page at a time.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{CONCURRENCY, Execution, Executions, ExecutionsError, Outcome, Status};

/// Number of executions that one call of [`Executions::listing`] describes at most while it looks
/// for those that match.
const LARGEST_SEARCH: usize = 500;

/// Conditions on the executions of a [`Listing`].
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Status. Step Functions itself selects by status, so this condition costs no further calls.
    pub status: Option<Status>,
    /// Kind of outcome.
    pub outcome: Option<OutcomeKind>,
    /// Part of the object's key, in upper or lower case; empty for all.
    pub key: String,
}

/// Kind of an [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The object is an image.
    Image,
    /// The object is not an image that can be measured.
    Rejected,
    /// The key holds no object.
    Absent,
    /// The observation was older than the record, which was kept.
    Stale,
    /// The execution did not succeed.
    Failed,
}

impl OutcomeKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Image, Self::Rejected, Self::Absent, Self::Stale, Self::Failed];

    /// Name in lowercase.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Rejected => "rejected",
            Self::Absent => "absent",
            Self::Stale => "stale",
            Self::Failed => "failed",
        }
    }

    fn is_of(self, execution: &Execution) -> bool {
        match (self, execution.outcome()) {
            (Self::Stale, _) => execution.is_stale(),
            (Self::Image, Outcome::Image)
            | (Self::Rejected, Outcome::Rejected(_))
            | (Self::Absent, Outcome::Absent)
            | (Self::Failed, Outcome::Failed(_)) => true,
            _ => false,
        }
    }
}

impl Selection {
    /// True if the execution meets the conditions.
    #[must_use]
    pub fn matches(&self, execution: &Execution) -> bool {
        let key = execution.key().unwrap_or_default().to_lowercase();
        self.status.is_none_or(|status| status == execution.status)
            && self.outcome.is_none_or(|outcome| outcome.is_of(execution))
            && key.contains(&self.key.to_lowercase())
    }

    /// True if a page of the list may contain executions that do not match.
    fn searches(&self) -> bool {
        self.outcome.is_some() || !self.key.is_empty()
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The executions that match, in the order of Step Functions: the most recent first.
    pub executions: Vec<Execution>,
    /// Cursor of the next page; `None` if this is the last one.
    pub next: Option<String>,
    /// Number of executions that were examined.
    pub examined: usize,
}

/// ARN and status of each execution on a page of the list, and the cursor of the next page.
pub(super) type ListedPage = (Vec<(String, Status)>, Option<String>);

fn page_size(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

impl Executions {
    /// Reads a page of the list: about `limit` executions that match, from `cursor` on.
    ///
    /// Without a condition on outcome or key, this is one `ListExecutions` and one
    /// `DescribeExecution` for each execution that is not known to have ended. With such a
    /// condition, the call reads on until enough executions match. A page may then have more or
    /// fewer executions, or none, and still be followed by another page.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn listing(
        &self,
        selection: &Selection,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Listing, ExecutionsError> {
        let size = page_size(limit);
        let mut page = Listing { executions: Vec::new(), next: cursor, examined: 0 };
        loop {
            let (listed, next) = self.list(selection.status, page.next.take(), size).await?;
            page.examined += listed.len();
            let described: Vec<Option<Execution>> = futures_util::stream::iter(listed)
                .map(|(arn, _)| async move { self.one(&arn).await })
                .buffered(CONCURRENCY)
                .try_collect()
                .await?;
            // An execution may have ended since it was listed, so its status is not checked again.
            let selection = Selection { status: None, ..selection.clone() };
            let matching = described.into_iter().flatten().filter(|it| selection.matches(it));
            page.executions.extend(matching);
            page.next = next;
            let is_full = page.executions.len() >= limit || page.examined >= LARGEST_SEARCH;
            if is_full || !selection.searches() || page.next.is_none() {
                return Ok(page);
            }
        }
    }

    /// Lists the most recent executions: ARN and status of at most `limit`, without describing
    /// them.
    ///
    /// # Errors
    /// If the call to Step Functions fails.
    pub async fn newest(&self, limit: usize) -> Result<Vec<(String, Status)>, ExecutionsError> {
        Ok(self.list(None, None, page_size(limit)).await?.0)
    }

    /// Lists one page of executions, of which Step Functions selects those of a status.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(output: serde_json::Value) -> Execution {
        Execution {
            status: Status::Succeeded,
            output: Some(output),
            ..Execution::running("uploads/Cat.JPG")
        }
    }

    #[test]
    fn part_of_a_key_is_found_in_any_case() {
        let matches = |key: &str| {
            Selection { key: key.to_owned(), ..Selection::default() }
                .matches(&Execution::running("uploads/Cat.JPG"))
        };
        assert!(matches("") && matches("cat") && matches("/CAT.jpg"));
        assert!(!matches("dog"));
    }

    #[test]
    fn outcome_and_status_are_conditions() {
        let image = ended(json!({"status": "image", "outcome": "stale"}));
        let kinds = |execution: &Execution| {
            let kinds = OutcomeKind::ALL.into_iter();
            kinds.filter(|kind| kind.is_of(execution)).map(OutcomeKind::name).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&image), ["image", "stale"]);
        assert_eq!(kinds(&ended(json!({"status": "rejected"}))), ["rejected"]);
        assert_eq!(kinds(&ended(json!({"status": "absent"}))), ["absent"]);
        let timed_out = Execution { status: Status::TimedOut, output: None, ..image.clone() };
        assert_eq!(kinds(&timed_out), ["failed"]);
        let running = Selection { status: Some(Status::Running), ..Selection::default() };
        assert!(running.matches(&Execution::running("uploads/a")) && !running.matches(&image));
    }
}
