//! The event that follows from a change of a key's state.

use crate::detail::{
    Common, Detail, ImageChanged, ImageRecorded, ImageRejected, ImageRemoved, Replaced,
};
use crate::state::{Image, State};

/// Returns the event that a change leads to; `None` if the result stays the same, or if the item
/// after the change is not a valid record.
pub(crate) fn event(before: State, after: State, common: Common) -> Option<Detail> {
    if before == after {
        return None;
    }
    match (before, after) {
        (before, State::Image(image)) => Some(recorded(before, *image, common)),
        (before, State::Rejected(rejection)) => {
            let replaced = replaced(before);
            let rejected = ImageRejected { common, rejection, replaced };
            Some(Detail::ImageRejected(Box::new(rejected)))
        }
        (before, State::Absent) => {
            let replaced = replaced(before);
            Some(Detail::ImageRemoved(Box::new(ImageRemoved { common, replaced })))
        }
        (_, State::Invalid) => None,
    }
}

fn recorded(before: State, Image { document: image, figures }: Image, common: Common) -> Detail {
    match replaced(before) {
        Some(replaced @ Replaced { image: Some(_), .. }) => {
            Detail::ImageChanged(Box::new(ImageChanged { common, image, figures, replaced }))
        }
        replaced => {
            Detail::ImageRecorded(Box::new(ImageRecorded { common, image, figures, replaced }))
        }
    }
}

/// The result that a change replaced; `None` if there was none, or if the item before the change
/// was not a valid record.
fn replaced(before: State) -> Option<Replaced> {
    match before {
        State::Image(image) => Some(Replaced { image: Some(image.document), rejection: None }),
        State::Rejected(rejection) => Some(Replaced { image: None, rejection: Some(rejection) }),
        State::Absent | State::Invalid => None,
    }
}
