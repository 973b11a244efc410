//! Results of recording.

use serde::Serialize;

use crate::Cost;

/// Result of recording an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The observation is in the table, written by this call or by an earlier one with the same
    /// revision.
    Recorded,
    /// Nothing was written, because the observation is too old. This is a normal outcome. An
    /// observation that follows an event is too old if that event or a newer one is recorded. An
    /// observation that follows no event is too old if the record has changed since the execution
    /// read it.
    Stale,
    /// Nothing was written, because the observation follows no event and would not change the
    /// recorded state. An absence does not change the state of a key without a record.
    Unchanged,
}

impl Outcome {
    /// Name in logs and in the output of an execution.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Stale => "stale",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Outcome and cost of recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Outcome.
    pub outcome: Outcome,
    /// Requests made and items written or returned.
    pub cost: Cost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_in_the_output_of_an_execution() {
        for outcome in [Outcome::Recorded, Outcome::Stale, Outcome::Unchanged] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
        assert_eq!(Outcome::Recorded.as_str(), "recorded");
    }
}
