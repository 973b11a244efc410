//! The state of a key before or after a change, reduced to what events contain.

use api::Metadata;
use catalog::{Record, RecordState};
use contract::Sequencer;

use crate::Figures;
use crate::rejected::Rejected;

/// The item of a key, as it was before or after a change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No item, or a tombstone.
    Absent,
    /// An image.
    Image(Box<Image>),
    /// A rejected object.
    Rejected(Rejected),
    /// An item that is not a valid record.
    Invalid,
}

/// An image: the document with which the API describes it, and its [`Figures`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) document: Metadata,
    pub(crate) figures: Figures,
}

impl State {
    /// Reads the item of a key, as it was before or after a change. Also returns the sequencer of
    /// the newest S3 event that the item records.
    pub(crate) fn read(item: serde_dynamo::Item) -> (Self, Option<Sequencer>) {
        if item.is_empty() {
            return (Self::Absent, None);
        }
        match Record::from_stream_item(item) {
            Ok(Record { key, sequencer, state, .. }) => (Self::of(key, state), sequencer),
            Err(_) => (Self::Invalid, None),
        }
    }

    fn of(key: String, state: RecordState) -> Self {
        match state {
            RecordState::Image(image) => {
                let figures = Figures::of(&image);
                let document = Metadata::new(key, image);
                Self::Image(Box::new(Image { document, figures }))
            }
            RecordState::Rejected { object, rejection, .. } => {
                Self::Rejected(Rejected::new(rejection, object))
            }
            RecordState::Absent { .. } => Self::Absent,
        }
    }
}
