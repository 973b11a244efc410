//! The states that invoke a function.

use local::executions::Outcome;

/// A state with a function, into whose calls faults are injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    HeadObject,
    ReadDimensions,
    PutMetadata,
    RecordRejection,
    RecordAbsence,
}

pub(super) const STATES: [State; 5] = [
    State::HeadObject,
    State::ReadDimensions,
    State::PutMetadata,
    State::RecordRejection,
    State::RecordAbsence,
];

impl State {
    pub(super) fn name(self) -> String {
        format!("{self:?}")
    }

    pub(super) fn writes(self) -> bool {
        matches!(self, Self::PutMetadata | Self::RecordRejection | Self::RecordAbsence)
    }

    /// The call that the state's function always makes.
    pub(super) fn operation(self) -> &'static [&'static str] {
        match self {
            Self::HeadObject => &["HeadObject"],
            Self::ReadDimensions => &["GetObject"],
            _ => &["TransactWriteItems"],
        }
    }

    /// All calls that the state's function may make. If there is a record, the first write fails
    /// its condition and returns that record, which a second write then replaces.
    pub(super) fn operations(self) -> &'static [&'static str] {
        if self.writes() { &["PutItem", "TransactWriteItems"] } else { self.operation() }
    }

    pub(super) fn function(self) -> &'static str {
        match self {
            Self::HeadObject => "head-object",
            Self::ReadDimensions => "read-dimensions",
            _ => "put-metadata",
        }
    }

    /// The error of the state's function if a service does not respond.
    pub(super) fn unavailable(self) -> &'static str {
        if self.writes() { "TableUnavailable" } else { "StorageUnavailable" }
    }

    /// The outcome of an execution that succeeds.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::RecordRejection => Outcome::Rejected("UnsupportedImage".into()),
            Self::RecordAbsence => Outcome::Absent,
            _ => Outcome::Image,
        }
    }
}
