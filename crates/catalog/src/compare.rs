//! Comparing the table with the bucket.
//!
//! Both ways are cheap where they agree: objects are listed 1,000 at a time and their records read
//! in batches; records are scanned. What differs is only named here. It is looked at again before
//! anything is written, so reads with eventual consistency will do.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{StoredObject, UPLOADS_PREFIX};

use crate::item::{KEY, Record, RecordState, text};
use crate::{Catalog, CatalogError, Cost};

/// Keys that one batch read takes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
const BATCH: usize = 100;

/// Records on a page: as many as a function can look up in S3 well within its time.
const PAGE: i32 = 500;

/// An object as a listing of the bucket describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// Entity tag without quotes.
    pub etag: String,
    /// When it was written, in seconds since 1970.
    pub last_modified: Option<i64>,
}

/// One of the equal parts of the table that are scanned side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    number: i32,
    total: i32,
}

/// A segment that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a segment is a number from 0 to the number of segments, exclusive; those are at most 1000"
)]
pub struct SegmentError;

impl Segment {
    /// Segment `number` of `total`, from 0.
    ///
    /// # Errors
    /// [`SegmentError`] when `number` is not below `total`, or `total` above 1,000.
    pub fn new(number: i32, total: i32) -> Result<Self, SegmentError> {
        let exists = (0..total).contains(&number) && total <= 1000;
        if exists { Ok(Self { number, total }) } else { Err(SegmentError) }
    }
}

/// Some of the keys that have a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPage {
    /// Keys whose record says that there is an object.
    pub keys: Vec<String>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<String>,
}

impl Catalog {
    /// The keys of those objects that have no record, or one of another object: another ETag, size
    /// or time of writing. A record that cannot be read is another one too.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn differing(
        &self,
        listed: &[ListedObject],
    ) -> Result<(Vec<String>, Cost), CatalogError> {
        let (mut differing, mut cost) = (Vec::new(), Cost::default());
        // A batch with the same key twice would be refused.
        let listed: BTreeMap<&str, _> = listed.iter().map(|it| (it.key.as_str(), it)).collect();
        let listed: Vec<_> = listed.into_values().collect();
        for batch in listed.chunks(BATCH) {
            let (items, read) = self.get_all(batch.iter().map(|object| object.key.clone())).await?;
            cost += read;
            let records = items.into_iter().map(|item| (text(&item, KEY), item));
            let mut records: HashMap<_, _> = records.collect();
            for object in batch {
                let record = records.remove(&object.key).map(Record::from_attributes);
                if !matches!(record, Some(Ok(record)) if describes(&record, object)) {
                    differing.push(object.key.clone());
                }
            }
        }
        Ok((differing, cost))
    }

    /// A page of the keys whose record says that there is an object, from `start` on.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn page(
        &self,
        segment: Segment,
        start: Option<String>,
    ) -> Result<(KeyPage, Cost), CatalogError> {
        let start = start.map(|key| HashMap::from([(KEY.to_owned(), AttributeValue::S(key))]));
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .segment(segment.number)
            .total_segments(segment.total)
            .limit(PAGE)
            .set_exclusive_start_key(start)
            .filter_expression("begins_with(s3objectkey, :prefix) AND #status <> :absent")
            .projection_expression("s3objectkey")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":prefix", AttributeValue::S(UPLOADS_PREFIX.to_owned()))
            .expression_attribute_values(":absent", AttributeValue::S("absent".to_owned()))
            .send()
            .await?;
        let next = answer.last_evaluated_key().map(|key| text(key, KEY));
        let keys: Vec<_> = answer.items().iter().map(|item| text(item, KEY)).collect();
        let cost = Cost::request(keys.len());
        Ok((KeyPage { keys, next }, cost))
    }
}

/// Whether a record is about this very object.
fn describes(record: &Record, listed: &ListedObject) -> bool {
    let (RecordState::Image(crate::ImageRecord { object, .. })
    | RecordState::Rejected { object, .. }) = &record.state
    else {
        return false;
    };
    object.etag == listed.etag
        && object.size == listed.size
        && written_at_once(object, listed.last_modified)
}

/// A listing may round to seconds otherwise than HEAD does; and a time that either does not tell
/// does not differ, or the object would be looked at again for ever.
fn written_at_once(object: &StoredObject, listed: Option<i64>) -> bool {
    let recorded = object.last_modified.as_deref().and_then(|text| {
        DateTime::from_str(text, DateTimeFormat::DateTime).ok().map(|time| time.secs())
    });
    match (recorded, listed) {
        (Some(recorded), Some(listed)) => recorded.abs_diff(listed) <= 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::samples;

    fn record(state: RecordState) -> Record {
        Record { key: "uploads/a".into(), revision: "r".into(), sequencer: None, state }
    }

    fn rejected() -> Record {
        let (object, rejection) = (samples::object(3), samples::rejection());
        record(RecordState::Rejected { object, rejection })
    }

    fn listed() -> ListedObject {
        ListedObject {
            key: "uploads/a".into(),
            size: 3,
            etag: samples::object(3).etag,
            // 2024-05-01T12:00:00Z
            last_modified: Some(1_714_564_800),
        }
    }

    #[test]
    fn a_record_of_this_object_is_told_from_one_of_another() {
        assert!(describes(&rejected(), &listed()));
        assert!(!describes(&rejected(), &ListedObject { size: 4, ..listed() }));
        assert!(!describes(&rejected(), &ListedObject { etag: "other".into(), ..listed() }));
        let later = ListedObject { last_modified: Some(1_714_564_860), ..listed() };
        assert!(!describes(&rejected(), &later));
    }

    #[test]
    fn a_time_that_is_rounded_or_not_told_does_not_differ() {
        for last_modified in [None, Some(1_714_564_801)] {
            assert!(describes(&rejected(), &ListedObject { last_modified, ..listed() }));
        }
    }

    #[test]
    fn a_tombstone_describes_no_object() {
        assert!(!describes(&record(RecordState::Absent { expires_at: 0 }), &listed()));
    }

    #[test]
    fn a_segment_is_one_of_those_that_there_are() {
        assert!(Segment::new(3, 4).is_ok());
        for (number, total) in [(4, 4), (-1, 4), (0, 0), (0, 1001)] {
            assert_eq!(Segment::new(number, total), Err(SegmentError));
        }
    }
}
