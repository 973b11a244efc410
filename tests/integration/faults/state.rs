//! The states that invoke a function.

use local::executions::Outcome;

/// A state at whose function faults are injected.
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

    /// The call that its function always makes.
    pub(super) fn operation(self) -> &'static [&'static str] {
        match self {
            Self::HeadObject => &["HeadObject"],
            Self::ReadDimensions => &["GetObject"],
            _ => &["TransactWriteItems"],
        }
    }

    /// All calls that its function may make. The first write of an overwrite fails its condition,
    /// and returns the record to replace.
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

    /// Its function's error if a service does not respond.
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
