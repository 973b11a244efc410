//! The states that call a function.

use local::executions::Outcome;

/// A state whose function is met by a fault.
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

    /// The call that its function cannot do without.
    pub(super) fn operation(self) -> &'static [&'static str] {
        match self {
            Self::HeadObject => &["HeadObject"],
            Self::ReadDimensions => &["GetObject"],
            _ => &["TransactWriteItems"],
        }
    }

    /// Every call that its function makes: of an overwrite, the first finds what is there.
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

    /// What its function calls an answer that did not come.
    pub(super) fn unavailable(self) -> &'static str {
        if self.writes() { "TableUnavailable" } else { "StorageUnavailable" }
    }

    /// What the execution finds when it gets through.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::RecordRejection => Outcome::Rejected("UnsupportedImage".into()),
            Self::RecordAbsence => Outcome::Absent,
            _ => Outcome::Image,
        }
    }
}
