//! The choice of recorded objects that a reconciliation measures again.

use contract::MEASURING;

use crate::item::{Record, RecordState};

/// Objects that a reconciliation measures again although they have not changed since they were
/// recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remeasure {
    /// No objects.
    #[default]
    Nothing,
    /// Objects measured by a version of the measuring code that is older than
    /// [`contract::MEASURING`], or before the measuring code had versions.
    Older,
}

impl Remeasure {
    /// True if the object of this record is to be measured again.
    ///
    /// A record that a newer version of the measuring code wrote is left alone. A deployment
    /// replaces one function after the other, and meanwhile a function of the older version must
    /// not replace what a function of the newer version has recorded.
    pub(crate) fn includes(self, record: &Record) -> bool {
        let measuring = match &record.state {
            RecordState::Image(record) => record.image.measuring,
            RecordState::Rejected { measuring, .. } => *measuring,
            RecordState::Absent { .. } => return false,
        };
        self == Self::Older && measuring.is_none_or(|version| version < MEASURING)
    }
}

impl From<bool> for Remeasure {
    /// [`Remeasure::Older`] if `older` is true. `older` is the value of `remeasure` in the input of
    /// a reconciliation.
    fn from(older: bool) -> Self {
        if older { Self::Older } else { Self::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use test_table::observed;

    use super::*;
    use crate::item::ImageRecord;
    use crate::item::samples::{record, rejection};

    /// An image and a rejection, both measured by the version `measuring` of the measuring code.
    fn states(measuring: Option<u32>) -> [RecordState; 2] {
        let (object, mut image) = (observed::object(3), observed::facts("image/png"));
        image.measuring = measuring;
        let shard = crate::Shard::numbered(0);
        [
            RecordState::Image(ImageRecord { object: object.clone(), image, shard }),
            RecordState::Rejected { object: Some(object), rejection: rejection(), measuring },
        ]
    }

    #[test]
    fn images_and_rejections_of_an_older_version_are_measured_again() {
        for (measuring, is_older) in [
            (None, true),
            (Some(0), true),
            (Some(MEASURING - 1), true),
            (Some(MEASURING), false),
            (Some(MEASURING + 1), false),
        ] {
            for record in states(measuring).map(record) {
                assert_eq!(Remeasure::from(true).includes(&record), is_older, "{measuring:?}");
                assert!(!Remeasure::from(false).includes(&record), "{measuring:?}");
            }
        }
        let tombstone = record(RecordState::Absent { expires_at: 0 });
        assert!(!Remeasure::Older.includes(&tombstone));
    }
}
