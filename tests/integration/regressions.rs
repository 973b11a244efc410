//! Bugs that the model once found, each as the fewest steps that showed it.

use harness::{TestStack, run};

use crate::model::{Content, Operation, follow};

fn holds(name: &str, operations: &[Operation]) {
    run(async {
        let stack = TestStack::own(name).await;
        follow(&stack, operations).await.unwrap();
    });
}

/// The outcome used to be `Unchanged`, although the record had been written after the execution had
/// read the object's state.
#[test]
fn an_absence_that_was_seen_before_a_record_was_written_is_stale() {
    holds(
        "stale-absence",
        &[
            Operation::LookByHand { key: 0 },
            Operation::Put { key: 0, content: Content::Jpeg(1) },
            Operation::Deliver { event: 0 },
            Operation::Record { look: 0 },
        ],
    );
}
