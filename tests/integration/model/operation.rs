//! What can happen to a catalog, in any order.

use proptest::prelude::*;

/// One step. Numbers that choose among what there is are taken modulo its length, so that every
/// sequence means something and shrinks well; where there is nothing to choose from, the step
/// does nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// An object is created, or overwritten; S3 queues an event.
    Put { key: u8, content: Content },
    /// An object is deleted; S3 queues an event.
    Delete { key: u8 },
    /// A queued event, whichever, is delivered: its execution looks at S3 and records at once.
    Deliver { event: u8 },
    /// A queued event is delivered, but its execution only looks at S3: it records later.
    Look { event: u8 },
    /// An execution looks at S3 without an event: it is started by hand, and records later.
    LookByHand { key: u8 },
    /// An execution that has looked records what it saw.
    Record { look: u8 },
    /// An execution that has recorded does so again, as its answer was lost.
    RecordAgain { look: u8 },
    /// An event that was delivered is queued once more.
    Duplicate { event: u8 },
    /// The totals are counted anew; there is nothing to repair.
    Recount,
    /// The stack gets one more shard.
    RaiseShards,
}

/// What an object holds. The number is its size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Jpeg(u8),
    Png(u8),
    Gif(u8),
    Text(u8),
}

/// A sequence of steps.
pub(crate) fn operations(at_most: usize) -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..=at_most)
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => (any::<u8>(), content()).prop_map(|(key, content)| Operation::Put { key, content }),
        3 => any::<u8>().prop_map(|key| Operation::Delete { key }),
        6 => any::<u8>().prop_map(|event| Operation::Deliver { event }),
        4 => any::<u8>().prop_map(|event| Operation::Look { event }),
        2 => any::<u8>().prop_map(|key| Operation::LookByHand { key }),
        6 => any::<u8>().prop_map(|look| Operation::Record { look }),
        3 => any::<u8>().prop_map(|look| Operation::RecordAgain { look }),
        3 => any::<u8>().prop_map(|event| Operation::Duplicate { event }),
        1 => Just(Operation::Recount),
        1 => Just(Operation::RaiseShards),
    ]
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        any::<u8>().prop_map(Content::Jpeg),
        any::<u8>().prop_map(Content::Png),
        any::<u8>().prop_map(Content::Gif),
        any::<u8>().prop_map(Content::Text),
    ]
}
