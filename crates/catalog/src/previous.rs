//! The current item of a key, which a write replaces: a valid record, or an invalid item.

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Sequencer;

use crate::item::{Attributes, REVISION, Record, RecordState, text};
use crate::totals::CountedImage;

/// The current item of a key.
///
/// Another program may have written an item that is not a valid record. The next recording of the
/// key treats such an item like a record: it compares the item's revision or sequencer, replaces
/// the item, and subtracts the item's counted image from the totals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Previous {
    /// A record.
    Record(Box<Record>),
    /// An item that is not a valid record.
    Invalid {
        /// The item's attribute `revision`, whatever its type; `None` if the item has none.
        revision: Option<AttributeValue>,
        /// Sequencer of the item; `None` if it is missing or invalid.
        sequencer: Option<Sequencer>,
        /// The image that a recount counts for the item; `None` if a recount leaves the item out.
        counted: Option<CountedImage>,
    },
}

/// The condition of a write: the state of the item that the write replaces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Replaced {
    /// There is no item.
    Nothing,
    /// The item has this revision.
    Revision(AttributeValue),
    /// There is an item, and it has no revision.
    WithoutRevision,
}

impl Previous {
    pub(crate) fn read(item: Attributes) -> Self {
        let invalid = Self::Invalid {
            revision: item.get(REVISION).cloned(),
            sequencer: Sequencer::parse(&text(&item, "sequencer")).ok(),
            counted: CountedImage::read(&item),
        };
        Record::from_attributes(item).map_or(invalid, |record| Self::Record(Box::new(record)))
    }

    /// The revision, if it is a string; `None` if it is missing or of another type. It is compared
    /// with the revision that the state machine has read, and the state machine reads only strings.
    pub(crate) fn revision(&self) -> Option<&str> {
        match self {
            Self::Record(record) => Some(&record.revision),
            Self::Invalid { revision, .. } => {
                revision.as_ref().and_then(|value| value.as_s().ok()).map(String::as_str)
            }
        }
    }

    /// Sequencer of the newest recorded event; `None` if there is none, or if it is invalid.
    pub(crate) fn sequencer(&self) -> Option<&Sequencer> {
        match self {
            Self::Record(record) => record.sequencer.as_ref(),
            Self::Invalid { sequencer, .. } => sequencer.as_ref(),
        }
    }

    /// The recorded state; `None` if it cannot be read.
    pub(crate) fn state(&self) -> Option<&RecordState> {
        match self {
            Self::Record(record) => Some(&record.state),
            Self::Invalid { .. } => None,
        }
    }

    /// The image that the totals include for this item, if there is one.
    pub(crate) fn counted(&self) -> Option<CountedImage> {
        match self {
            Self::Record(record) => CountedImage::of(&record.state),
            Self::Invalid { counted, .. } => counted.clone(),
        }
    }

    /// The condition of a write that replaces this item.
    pub(crate) fn replaced(&self) -> Replaced {
        match self {
            Self::Record(record) => Replaced::Revision(AttributeValue::S(record.revision.clone())),
            Self::Invalid { revision: Some(revision), .. } => Replaced::Revision(revision.clone()),
            Self::Invalid { revision: None, .. } => Replaced::WithoutRevision,
        }
    }
}

impl From<Record> for Previous {
    fn from(record: Record) -> Self {
        Self::Record(Box::new(record))
    }
}
