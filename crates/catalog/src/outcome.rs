//! What comes of recording.

use serde::Serialize;

use crate::Cost;

/// What came of recording an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is in the table, by this call or an earlier one with the same revision.
    Recorded,
    /// Something at least as new was there already: a normal outcome.
    Stale,
    /// The table said the same already.
    Unchanged,
}

impl Outcome {
    /// Its name in logs and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Stale => "stale",
            Self::Unchanged => "unchanged",
        }
    }
}

/// The outcome and what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What came of it.
    pub outcome: Outcome,
    /// Requests made and items written or returned.
    pub cost: Cost,
}
