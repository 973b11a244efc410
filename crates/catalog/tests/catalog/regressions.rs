//! Bugs that the model once found, each as the fewest steps that showed it.

use crate::model::{Content, Operation, Trouble, follow};

/// The outcome used to be `Unchanged`, although the record had been written after the execution had
/// observed the object.
#[tokio::test]
async fn an_absence_that_was_seen_before_a_record_was_written_is_stale() {
    let steps = [
        Operation::StartByHand { key: 0 },
        Operation::Put { key: 0, content: Content::Jpeg(1) },
        Operation::Deliver { event: 0 },
        Operation::Record { execution: 0, trouble: Trouble::None },
    ];
    follow(&steps).await.unwrap();
}
