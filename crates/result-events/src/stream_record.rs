//! Records of the table's stream.

use aws_lambda_events::dynamodb::EventRecord;
use catalog::{KEY, is_internal};

use crate::detail::{Common, ResultEvent, VERSION};
use crate::state::State;
use crate::transition::event;
use crate::{Order, OrderError};

/// Result of [`publish`]: the event that follows from a record of the stream, if any.
#[derive(Debug, PartialEq, Eq)]
pub enum Published {
    /// An event.
    Event(Box<ResultEvent>),
    /// No event: no result has changed.
    Nothing,
    /// No event yet: another program has written an item that is not a valid record. An event
    /// follows when a reconciliation has repaired the item.
    Invalid {
        /// Key of the item.
        key: String,
    },
}

/// A record that the stream of the catalog's table never contains.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The record has no key `s3objectkey`, or the key is not a string.
    #[error("record {event_id}: the key {KEY} is missing or not a string; is it another table's?")]
    Key {
        /// The record's `eventID`.
        event_id: String,
    },
    /// The record has no sequence number, or a malformed one.
    #[error("record {event_id}: SequenceNumber: {error}")]
    Order {
        /// The record's `eventID`.
        event_id: String,
        /// The error in the sequence number.
        error: OrderError,
    },
}

/// Decides which event, if any, follows from a record of the table's stream. `bucket` is the name
/// of the bucket with the images; the event states it.
///
/// The record must have the item before and after the change: the stream's view type is
/// `NEW_AND_OLD_IMAGES`.
///
/// # Errors
/// [`RecordError`] if the record cannot be from the stream of the catalog's table.
pub fn publish(record: EventRecord, bucket: &str) -> Result<Published, RecordError> {
    let EventRecord { event_id, change, .. } = record;
    let Some(serde_dynamo::AttributeValue::S(key)) = change.keys.get(KEY) else {
        return Err(RecordError::Key { event_id });
    };
    if is_internal(key) {
        return Ok(Published::Nothing);
    }
    let key = key.clone();
    let order = match Order::parse(change.sequence_number.as_deref().unwrap_or_default()) {
        Ok(order) => order,
        Err(error) => return Err(RecordError::Order { event_id, error }),
    };
    let (before, _) = State::read(change.old_image);
    let (after, sequencer) = State::read(change.new_image);
    if after == State::Invalid {
        return Ok(Published::Invalid { key });
    }
    let sequencer = sequencer.map(String::from);
    let bucket = bucket.to_owned();
    let common = Common { version: VERSION, event_id, order, bucket, key, sequencer };
    let time = change.approximate_creation_date_time.timestamp();
    let time = (time > 0).then_some(time);
    Ok(match event(before, after, common) {
        Some(detail) => Published::Event(Box::new(ResultEvent { time, detail })),
        None => Published::Nothing,
    })
}
