//! The states of `analyze-image` and `repair-image` that invoke a function, and the calls that the
//! functions make. Both state machines have the same definition.

use harness::{TestStack, picture};
use local::executions::Outcome;

/// A state that invokes a function. Each situation in which the function makes other calls is a
/// variant of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    HeadObject,
    ReadDimensions,
    PutMetadata,
    RecordRejection,
    RecordAbsence,
    /// `RecordRejection` of a key without a record: no totals change, so the write is a plain put.
    FirstRejection,
    /// `RecordAbsence` of a key without a record.
    FirstAbsence,
    /// `PutMetadata` in an execution without a sequencer. Such an execution reads the record first.
    /// No execution of `repair-image` has a sequencer.
    PutUnordered,
    /// `RecordRejection` in an execution without a sequencer.
    RejectUnordered,
    /// `RecordAbsence` in an execution without a sequencer.
    RemoveUnordered,
}

/// Each state that invokes a function, once.
pub(super) const STATES: [State; 5] = [
    State::HeadObject,
    State::ReadDimensions,
    State::PutMetadata,
    State::RecordRejection,
    State::RecordAbsence,
];

/// The variants that are not in [`STATES`]: situations in which `put-metadata` makes other calls.
pub(super) const FURTHER_CALLS: [State; 5] = [
    State::FirstRejection,
    State::FirstAbsence,
    State::PutUnordered,
    State::RejectUnordered,
    State::RemoveUnordered,
];

impl State {
    pub(super) fn name(self) -> String {
        match self {
            Self::FirstRejection | Self::RejectUnordered => Self::RecordRejection.name(),
            Self::FirstAbsence | Self::RemoveUnordered => Self::RecordAbsence.name(),
            Self::PutUnordered => Self::PutMetadata.name(),
            state => format!("{state:?}"),
        }
    }

    pub(super) fn writes(self) -> bool {
        !matches!(self, Self::HeadObject | Self::ReadDimensions)
    }

    /// True if the execution's event has a sequencer.
    pub(super) fn is_ordered(self) -> bool {
        !matches!(self, Self::PutUnordered | Self::RejectUnordered | Self::RemoveUnordered)
    }

    /// True if the state replaces the record of an image and therefore changes the totals.
    pub(super) fn replaces_an_image(self) -> bool {
        !self.is_ordered() || matches!(self, Self::RecordRejection | Self::RecordAbsence)
    }

    /// The call of the state's function into which tests inject a transient fault.
    pub(super) fn operation(self) -> &'static [&'static str] {
        match self {
            Self::HeadObject => &["HeadObject"],
            Self::ReadDimensions => &["GetObject"],
            Self::PutMetadata | Self::RecordRejection | Self::RecordAbsence => {
                &["TransactWriteItems"]
            }
            Self::FirstRejection | Self::FirstAbsence => &["PutItem"],
            Self::PutUnordered | Self::RejectUnordered | Self::RemoveUnordered => &["GetItem"],
        }
    }

    /// The calls into which tests inject a permanent fault, unless the fault cancels a transaction:
    /// then [`operation`](Self::operation). There are two calls where `put-metadata` replaces a
    /// record with a rejection or an absence: `PutItem`, which fails because the key has a record,
    /// and then `TransactWriteItems`.
    pub(super) fn operations(self) -> &'static [&'static str] {
        match self {
            Self::RecordRejection | Self::RecordAbsence => &["PutItem", "TransactWriteItems"],
            state => state.operation(),
        }
    }

    pub(super) fn function(self) -> &'static str {
        match self {
            Self::HeadObject => "head-object",
            Self::ReadDimensions => "read-dimensions",
            _ => "put-metadata",
        }
    }

    /// The error of the state's function if S3 or DynamoDB throttles, fails or does not respond.
    pub(super) fn unavailable(self) -> &'static str {
        if self.writes() { "TableUnavailable" } else { "StorageUnavailable" }
    }

    /// Uploads or deletes the object `key`, so that an execution for it goes through this state. An
    /// uploaded image is `width` pixels wide.
    pub(super) async fn prepare(self, stack: &TestStack, key: &str, width: u32) {
        let bytes = match self.outcome() {
            Outcome::Absent => return stack.delete(key).await,
            Outcome::Rejected(_) => b"text".to_vec(),
            _ => picture::png(width, 4, 20),
        };
        stack.upload(key, bytes, "image/png").await;
    }

    /// The outcome of an execution that goes through the state and succeeds.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::RecordRejection | Self::FirstRejection | Self::RejectUnordered => {
                Outcome::Rejected("UnsupportedImage".into())
            }
            Self::RecordAbsence | Self::FirstAbsence | Self::RemoveUnordered => Outcome::Absent,
            _ => Outcome::Image,
        }
    }
}
