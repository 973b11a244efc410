//! Records that an older version of the measuring code wrote.

use contract::MEASURING;

use crate::item::{Record, RecordState};

/// Objects that a reconciliation measures again although they have not changed since they were
/// recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remeasure {
    /// None.
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
    /// [`Remeasure::Older`] if `older` is true. In the input of a reconciliation, `older` is the
    /// value of `remeasure`.
    fn from(older: bool) -> Self {
        if older { Self::Older } else { Self::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageRecord;
    use crate::item::samples::{self, record};
    use crate::{Shards, plan};

    fn image(measuring: Option<u32>) -> Record {
        let mut image = samples::image("image/png");
        image.measuring = measuring;
        let shard = Shards::new(1).unwrap().of("uploads/a");
        record(RecordState::Image(ImageRecord { object: samples::object(3), image, shard }))
    }

    fn rejected(measuring: Option<u32>) -> Record {
        let (object, rejection) = (Some(samples::object(3)), samples::rejection());
        record(RecordState::Rejected { object, rejection, measuring })
    }

    #[test]
    fn images_and_rejections_of_an_older_version_are_measured_again() {
        for record in [image, rejected] {
            for older in [None, Some(0), Some(MEASURING - 1)] {
                assert!(Remeasure::Older.includes(&record(older)), "{older:?}");
                assert!(!Remeasure::Nothing.includes(&record(older)), "{older:?}");
            }
            for current in [Some(MEASURING), Some(MEASURING + 1)] {
                assert!(!Remeasure::Older.includes(&record(current)), "{current:?}");
            }
        }
        let tombstone = record(RecordState::Absent { expires_at: 0 });
        assert!(!Remeasure::Older.includes(&tombstone));
    }

    #[test]
    fn the_input_of_a_reconciliation_selects_older_versions_or_nothing() {
        assert_eq!(Remeasure::from(true), Remeasure::Older);
        assert_eq!(Remeasure::from(false), Remeasure::Nothing);
    }

    #[test]
    fn what_is_recorded_now_states_this_version() {
        let observations = [
            contract::Observation::Image {
                object: samples::object(3),
                image: samples::image("image/png"),
            },
            contract::Observation::Rejected {
                object: Some(samples::object(3)),
                rejection: samples::rejection(),
            },
        ];
        for observation in observations {
            let entry = plan::Entry {
                key: "uploads/a",
                order: &crate::Order::Unchanged(None),
                observation: &observation,
                revision: "r",
                execution: None,
            };
            let plan::Plan::Write(write) = plan::plan(entry, None, Shards::new(1).unwrap(), 0)
            else {
                panic!("nothing was planned")
            };
            assert!(!Remeasure::Older.includes(&write.record));
        }
    }
}
