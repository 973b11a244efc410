//! The steps that `model.rs` takes, drawn at random.

use proptest::prelude::*;

use super::trouble::{Trouble, trouble};

/// One step. `key`, `event`, `execution`, `shard` and `listing` each choose from a list: the number
/// is taken modulo the list's length, so that every sequence of steps is valid and shrinks well. If
/// the list is empty, the step does nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// An object is created, or overwritten; S3 queues an event.
    Put { key: u8, content: Content },
    /// An object is deleted; S3 queues an event.
    Delete { key: u8 },
    /// An object is archived, or its KMS key is disabled: S3 describes the object, but does not
    /// send it.
    Lock { key: u8 },
    /// An object can be read again. This step queues no event: S3 sends none, or one without a
    /// sequencer. An event without a sequencer would have the same effect as
    /// [`Operation::StartByHand`].
    Unlock { key: u8 },
    /// A queued event is delivered and starts an execution, which observes the object. The same
    /// step records the observation.
    Deliver { event: u8 },
    /// A queued event is delivered and starts an execution, which observes the object. A later step
    /// records the observation.
    Start { event: u8 },
    /// Someone starts an execution by hand, without an event. It observes the object. A later step
    /// records the observation.
    StartByHand { key: u8 },
    /// An execution that has observed an object records the observation.
    Record { execution: u8, trouble: Trouble },
    /// An execution that has recorded its observation records it again, as if the response had been
    /// lost.
    RecordAgain { execution: u8, trouble: Trouble },
    /// An event that was delivered is queued again.
    Duplicate { event: u8 },
    /// Someone's edit makes the record of a key invalid.
    Edit { key: u8 },
    /// Someone edits the totals of a shard: adds `by` to `totalBytes` if `bytes` is true, or else
    /// to the number of PNG images.
    Spoil { shard: u8, bytes: bool, by: i8 },
    /// The next part of a recount.
    Recount { trouble: Trouble },
    /// The next page of one of three listings.
    Page { listing: u8, limit: u8 },
    /// The stack gets one more shard.
    RaiseShards,
}

/// The content of an object. The number is its size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Jpeg(u8),
    Png(u8),
    Gif(u8),
    Text(u8),
    /// An object that was encrypted with a key that only the uploader has (SSE-C). S3 does not
    /// describe such an object.
    CustomerKey,
}

/// Random sequences of steps.
pub(crate) fn operations(at_most: usize) -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..=at_most)
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => (any::<u8>(), content()).prop_map(|(key, content)| Operation::Put { key, content }),
        3 => any::<u8>().prop_map(|key| Operation::Delete { key }),
        2 => any::<u8>().prop_map(|key| Operation::Lock { key }),
        2 => any::<u8>().prop_map(|key| Operation::Unlock { key }),
        6 => any::<u8>().prop_map(|event| Operation::Deliver { event }),
        4 => any::<u8>().prop_map(|event| Operation::Start { event }),
        2 => any::<u8>().prop_map(|key| Operation::StartByHand { key }),
        8 => (any::<u8>(), trouble())
            .prop_map(|(execution, trouble)| Operation::Record { execution, trouble }),
        3 => (any::<u8>(), trouble())
            .prop_map(|(execution, trouble)| Operation::RecordAgain { execution, trouble }),
        3 => any::<u8>().prop_map(|event| Operation::Duplicate { event }),
        1 => any::<u8>().prop_map(|key| Operation::Edit { key }),
        1 => (any::<u8>(), any::<bool>(), any::<i8>())
            .prop_map(|(shard, bytes, by)| Operation::Spoil { shard, bytes, by }),
        2 => trouble().prop_map(|trouble| Operation::Recount { trouble }),
        3 => (any::<u8>(), 1..4_u8).prop_map(|(listing, limit)| Operation::Page { listing, limit }),
        1 => Just(Operation::RaiseShards),
    ]
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        any::<u8>().prop_map(Content::Jpeg),
        any::<u8>().prop_map(Content::Png),
        any::<u8>().prop_map(Content::Gif),
        any::<u8>().prop_map(Content::Text),
        Just(Content::CustomerKey),
    ]
}
