//! Conditions on executions.

use super::{Execution, Outcome, Status};

/// Conditions that an execution must meet. The default filter has no conditions, so it matches
/// every execution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Statuses, one of which the execution must have; any if empty.
    pub statuses: Vec<Status>,
    /// Kind of outcome that the execution must have; any if `None`.
    pub outcome: Option<OutcomeKind>,
    /// Text by which to select executions: a part of the key, in upper or lower case, or a text
    /// that [names](Execution::is_called) the execution. If empty, every execution meets this
    /// condition.
    pub text: String,
}

/// Kind of an [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The object is an image.
    Image,
    /// The object is not an image that can be measured.
    Rejected,
    /// There is no object with the key.
    Absent,
    /// The observation was not recorded, because it was stale: see [`Execution::is_stale`].
    Stale,
    /// The execution ended without success.
    Failed,
}

impl OutcomeKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Image, Self::Rejected, Self::Absent, Self::Stale, Self::Failed];

    /// Name of the kind, in lowercase.
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

impl Filter {
    /// True if the execution meets the conditions.
    #[must_use]
    pub fn matches(&self, execution: &Execution) -> bool {
        self.allows(execution.status)
            && self.outcome.is_none_or(|outcome| outcome.is_of(execution))
            && self.has_text(execution)
    }

    /// True if there are no conditions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True if an execution of this status can meet the conditions.
    pub(super) fn allows(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// The status to pass to `ListExecutions`, which accepts only one. `None` if the filter names
    /// no status or several.
    pub(super) fn only_status(&self) -> Option<Status> {
        match self.statuses.as_slice() {
            [status] => Some(*status),
            _ => None,
        }
    }

    /// True if the conditions depend on an execution's input or output. `ListExecutions` returns
    /// neither of them, so the execution has to be described.
    pub(super) fn needs_description(&self) -> bool {
        self.outcome.is_some() || !self.text.is_empty()
    }

    fn has_text(&self, execution: &Execution) -> bool {
        let key = execution.key().unwrap_or_default().to_lowercase();
        key.contains(&self.text.to_lowercase()) || execution.is_called(&self.text)
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
    fn text_is_a_part_of_a_key_in_any_case_or_names_an_execution() {
        let arn = "arn:aws:states:us-east-1:0:execution:machine:5f3a9c01-aaaa".to_owned();
        let execution = Execution { arn: arn.clone(), ..Execution::running("uploads/Cat.JPG") };
        let matches =
            |text: &str| Filter { text: text.to_owned(), ..Filter::default() }.matches(&execution);
        for text in ["", "cat", "/CAT.jpg", "5f3a9c01", "5f3a9c01-aaaa", &arn] {
            assert!(matches(text), "{text}");
        }
        for text in ["dog", "5f3a9c0", "aaaa", "5F3A9C01"] {
            assert!(!matches(text), "{text}");
        }
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
        let running = Filter { statuses: vec![Status::Running], ..Filter::default() };
        assert!(running.matches(&Execution::running("uploads/a")) && !running.matches(&image));
        let either = Filter { statuses: vec![Status::Running, Status::Succeeded], ..running };
        assert!(either.matches(&Execution::running("uploads/a")) && either.matches(&image));
        assert!(!either.is_empty() && Filter::default().is_empty());
    }
}
