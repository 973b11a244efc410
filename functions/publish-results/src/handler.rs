//! Publishes the result events that follow from a batch of stream records.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use result_events::{Published, publish};
use runtime::Summary;

use crate::batch::{Entry, MAX_BYTES, bytes, fitting};
use crate::bus::{Bus, Refused};
use crate::error::PublishError;

/// Publishes the events that follow from the records, in order.
///
/// The response names the records whose events are not on the bus. Lambda delivers the batch again
/// from the first of these records on, so nothing is lost
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>). Later
/// events that are already on the bus will arrive twice. After [`Refused`], the function sends
/// nothing more of the batch, so that few events arrive twice.
///
/// # Errors
/// [`PublishError`] if nothing was published although there was something to publish. Such an
/// invocation counts as an error of the function. Repeated errors raise the alarm `publish-errors`.
pub(crate) async fn publish_results(
    bus: &Bus,
    bucket: &str,
    event: Event,
    summary: &mut Summary,
) -> Result<DynamoDbEventResponse, PublishError> {
    summary.records = Some(event.records.len() as u64);
    let entries: Vec<_> =
        event.records.into_iter().filter_map(|record| entry(bus, bucket, record)).collect();
    let mut rest = entries.as_slice();
    let mut response = DynamoDbEventResponse::default();
    while !rest.is_empty() {
        let (request, further) = rest.split_at(fitting(rest));
        let Err(Refused { entries: refused, error }) = bus.put(request).await else {
            rest = further;
            continue;
        };
        let unpublished = refused.len() + further.len();
        let published = entries.len() - unpublished;
        summary.published = Some(published as u64);
        if published == 0 {
            return Err(error);
        }
        summary.outcome = Some("refused");
        summary.reason = Some(error.to_string());
        let failed = refused.into_iter().chain(further.iter().cloned());
        response.batch_item_failures = failed.map(failure).collect();
        return Ok(response);
    }
    summary.published = Some(entries.len() as u64);
    summary.outcome = Some(if entries.is_empty() { "nothing" } else { "published" });
    Ok(response)
}

/// Reports an unpublished entry to Lambda, by the sequence number of the entry's record.
fn failure(entry: Entry) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = Some(entry.sequence_number);
    failure
}

/// The entry of the event that follows from a record of the stream; `None` if no event follows, or
/// if the event cannot be published.
///
/// A record whose event can never be published is logged as an error and skipped. Otherwise Lambda
/// would deliver the record again for hours, while all later records of its shard wait. pixgauge
/// itself never causes such a record.
///
/// If another program has made a key's item invalid, a warning is logged, and no event follows.
fn entry(bus: &Bus, bucket: &str, record: EventRecord) -> Option<Entry> {
    let sequence_number = record.change.sequence_number.clone().unwrap_or_default();
    let event = match publish(record, bucket) {
        Ok(Published::Event(event)) => event,
        Ok(Published::Nothing) => return None,
        Ok(Published::Invalid { key }) => {
            tracing::warn!(key, sequence_number, "the item is not a valid record: reconcile");
            return None;
        }
        Err(error) => {
            tracing::error!(%error, sequence_number, "cannot publish");
            return None;
        }
    };
    let entry = match bus.entry(&event) {
        Ok(entry) => entry,
        Err(error) => {
            tracing::error!(%error, sequence_number, "cannot publish");
            return None;
        }
    };
    let size = bytes(&entry);
    if size > MAX_BYTES {
        tracing::error!(size, sequence_number, "cannot publish: larger than EventBridge accepts");
        return None;
    }
    Some(Entry { sequence_number, entry })
}
