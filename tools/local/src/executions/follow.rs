//! Follows uploads and deletions to the end of the executions that they start.
//!
//! An upload's response does not name its execution, and EventBridge chooses the executions' names.
//! So each new execution is matched with an upload or deletion by the key, the change and the ETag
//! in its event.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Change, Execution, Executions, ExecutionsError};

/// An upload or deletion that is expected to start an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Key of the object.
    pub key: String,
    /// The change to the object.
    pub change: Change,
    /// The ETag in S3's response, without quotes; `None` if the response had no ETag.
    pub etag: Option<String>,
}

impl Expected {
    /// True if this upload or deletion may have started `execution`.
    #[must_use]
    pub fn matches(&self, execution: &Execution) -> bool {
        execution.trigger.as_ref().is_some_and(|trigger| {
            let etags_agree = match (&self.etag, &trigger.etag) {
                (Some(expected), Some(actual)) => expected == actual,
                _ => true,
            };
            trigger.key == self.key && trigger.change == Some(self.change) && etags_agree
        })
    }
}

/// Matches executions with uploads and deletions, one to one.
#[derive(Debug)]
pub struct Follower {
    executions: Arc<Executions>,
    /// ARNs of executions to ignore: they are matched already, or are older than the follower.
    taken: HashSet<String>,
    waiting: Vec<Expected>,
}

impl Follower {
    /// Follows executions that start from now on, and ignores those that exist already.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn start(executions: Arc<Executions>) -> Result<Self, ExecutionsError> {
        let existing = executions.all().await?;
        let taken = existing.into_iter().map(|execution| execution.arn).collect();
        Ok(Self { executions, taken, waiting: Vec::new() })
    }

    /// Adds an upload or deletion. [`Self::ended`] returns it together with its execution, once the
    /// execution has ended.
    pub fn expect(&mut self, expected: Expected) {
        self.waiting.push(expected);
    }

    /// Returns the uploads and deletions that [`Self::ended`] has not returned yet.
    #[must_use]
    pub fn waiting(&self) -> &[Expected] {
        &self.waiting
    }

    /// Returns the executions that have ended and match an expected upload or deletion, each
    /// together with this upload or deletion. Returns no execution twice.
    ///
    /// # Errors
    /// If a call to Step Functions fails.
    pub async fn ended(&mut self) -> Result<Vec<(Expected, Execution)>, ExecutionsError> {
        // Oldest first: if the same bytes are uploaded twice under one key, both executions match
        // both uploads. The older execution is then matched with the first upload.
        let mut executions = self.executions.all().await?;
        executions.reverse();
        Ok(self.take(executions))
    }

    fn take(&mut self, executions: Vec<Execution>) -> Vec<(Expected, Execution)> {
        let mut ended = Vec::new();
        for execution in executions {
            if !execution.has_ended() || self.taken.contains(&execution.arn) {
                continue;
            }
            if let Some(index) = self.waiting.iter().position(|it| it.matches(&execution)) {
                self.taken.insert(execution.arn.clone());
                ended.push((self.waiting.remove(index), execution));
            }
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccessKey;
    use crate::aws::Aws;
    use crate::executions::Status;

    fn execution(arn: &str, status: Status, change: Change, etag: Option<&str>) -> Execution {
        let mut execution = Execution::running("uploads/a");
        if let Some(trigger) = &mut execution.trigger {
            trigger.change = Some(change);
            trigger.etag = etag.map(str::to_owned);
        }
        Execution { arn: arn.to_owned(), status, ..execution }
    }

    fn follower(waiting: &[Expected]) -> Follower {
        let aws = Aws::connect("http://127.0.0.1:1", AccessKey::from_environment());
        Follower {
            executions: Arc::new(Executions::new(aws.sfn, "arn")),
            taken: HashSet::new(),
            waiting: waiting.to_vec(),
        }
    }

    fn created(etag: &str) -> Expected {
        let etag = Some(etag.to_owned());
        Expected { key: "uploads/a".to_owned(), change: Change::Created, etag }
    }

    #[test]
    fn overwrite_is_distinguished_from_the_first_upload() {
        let mut follower = follower(&[created("new")]);
        let old = execution("1", Status::Succeeded, Change::Created, Some("old"));
        assert!(follower.take(vec![old.clone()]).is_empty());
        let new = execution("2", Status::Succeeded, Change::Created, Some("new"));
        let ended = follower.take(vec![old, new.clone()]);
        assert_eq!(ended, [(created("new"), new)]);
        assert!(follower.waiting().is_empty());
    }

    #[test]
    fn one_execution_ends_one_wait_once_it_has_ended() {
        let mut follower = follower(&[created("e"), created("e")]);
        let running = execution("1", Status::Running, Change::Created, Some("e"));
        assert!(follower.take(vec![running.clone()]).is_empty());
        let one = Execution { status: Status::Succeeded, ..running };
        assert_eq!(follower.take(vec![one.clone()]).len(), 1);
        assert!(follower.take(vec![one]).is_empty());
        assert_eq!(follower.waiting().len(), 1);
    }

    #[test]
    fn deletion_has_no_etag() {
        let deleted = Expected { key: "uploads/a".to_owned(), change: Change::Deleted, etag: None };
        assert!(deleted.matches(&execution("1", Status::Succeeded, Change::Deleted, None)));
        assert!(!deleted.matches(&execution("1", Status::Succeeded, Change::Created, None)));
    }
}
