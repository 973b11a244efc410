//! Comparison of the table with the bucket, in both directions.
//!
//! Both are cheap where table and bucket agree: objects are listed 1,000 at a time and their
//! records read in batches; records are scanned. This module only names the keys that differ. Each
//! of them is examined again before anything is written, so eventually consistent reads are enough.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{StoredObject, UPLOADS_PREFIX};

use crate::batch::MAX_KEYS;
use crate::item::{KEY, Record, RecordState, text};
use crate::{Catalog, CatalogError, Cost, Remeasure};

/// Records per page: as many as a function can look up in S3 well within its timeout.
const PAGE: i32 = 500;

/// An object, as described by a listing of the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Key.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// Entity tag, without quotes.
    pub etag: String,
    /// Time of writing, in seconds since 1970; `None` if the listing does not contain it.
    pub last_modified: Option<i64>,
}

/// One segment of a parallel scan of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    number: i32,
    total: i32,
}

/// A segment number, or a number of segments, out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the segment must be from 0 to one less than the number of segments, which is at most 1000"
)]
pub struct SegmentError;

impl Segment {
    /// Segment `number`, counted from 0, of `total` segments.
    ///
    /// # Errors
    /// [`SegmentError`] unless 0 ≤ `number` < `total` ≤ 1,000.
    pub fn new(number: i32, total: i32) -> Result<Self, SegmentError> {
        let valid = (0..total).contains(&number) && total <= 1000;
        if valid { Ok(Self { number, total }) } else { Err(SegmentError) }
    }
}

/// One page of the keys that have a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPage {
    /// Keys whose record is an image or a rejection.
    pub keys: Vec<String>,
    /// Start of the next page; `None` on the last one.
    pub next: Option<String>,
}

impl Catalog {
    /// Returns the keys of objects that have no record, or a record of another object: another
    /// ETag, size or time of writing. A malformed record counts as one of another object. Keys of
    /// objects that are to be measured again are returned, too.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn differing(
        &self,
        listed: &[ListedObject],
        remeasure: Remeasure,
    ) -> Result<(Vec<String>, Cost), CatalogError> {
        let (mut differing, mut cost) = (Vec::new(), Cost::default());
        // DynamoDB refuses a batch that contains a key twice.
        let listed: BTreeMap<&str, _> = listed.iter().map(|it| (it.key.as_str(), it)).collect();
        let listed: Vec<_> = listed.into_values().collect();
        for batch in listed.chunks(MAX_KEYS) {
            let (items, read) = self.get_all(batch.iter().map(|object| object.key.clone())).await?;
            cost += read;
            let records = items.into_iter().map(|item| (text(&item, KEY), item));
            let mut records: HashMap<_, _> = records.collect();
            for object in batch {
                let record = records.remove(&object.key).map(Record::from_attributes);
                let is_same =
                    |record: &Record| describes(record, object) && !remeasure.includes(record);
                if !matches!(record, Some(Ok(record)) if is_same(&record)) {
                    differing.push(object.key.clone());
                }
            }
        }
        Ok((differing, cost))
    }

    /// Reads a page of the keys whose record is an image or a rejection. `start` is
    /// [`KeyPage::next`] of the previous page.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn page(
        &self,
        segment: Segment,
        start: Option<String>,
    ) -> Result<(KeyPage, Cost), CatalogError> {
        let start = start.map(|key| HashMap::from([(KEY.to_owned(), AttributeValue::S(key))]));
        let response = self
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
        let next = response.last_evaluated_key().map(|key| text(key, KEY));
        let keys: Vec<_> = response.items().iter().map(|item| text(item, KEY)).collect();
        let cost = Cost::request(keys.len());
        Ok((KeyPage { keys, next }, cost))
    }
}

/// True if a record describes exactly this object.
fn describes(record: &Record, listed: &ListedObject) -> bool {
    let (RecordState::Image(crate::ImageRecord { object, .. })
    | RecordState::Rejected { object, .. }) = &record.state
    else {
        return false;
    };
    object.etag == listed.etag
        && object.size == listed.size
        && same_time(object, listed.last_modified)
}

/// Compares the times of writing, with a tolerance of one second: a listing may round differently
/// from HEAD. A missing time counts as equal; otherwise every run would examine the object again.
fn same_time(object: &StoredObject, listed: Option<i64>) -> bool {
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
        record(RecordState::Rejected { object, rejection, measuring: None })
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
    fn a_record_of_another_object_differs() {
        assert!(describes(&rejected(), &listed()));
        assert!(!describes(&rejected(), &ListedObject { size: 4, ..listed() }));
        assert!(!describes(&rejected(), &ListedObject { etag: "other".into(), ..listed() }));
        let later = ListedObject { last_modified: Some(1_714_564_860), ..listed() };
        assert!(!describes(&rejected(), &later));
    }

    #[test]
    fn a_rounded_or_missing_time_does_not_differ() {
        for last_modified in [None, Some(1_714_564_801)] {
            assert!(describes(&rejected(), &ListedObject { last_modified, ..listed() }));
        }
    }

    #[test]
    fn a_tombstone_describes_no_object() {
        assert!(!describes(&record(RecordState::Absent { expires_at: 0 }), &listed()));
    }

    #[test]
    fn a_segment_out_of_range_is_refused() {
        assert!(Segment::new(3, 4).is_ok());
        for (number, total) in [(4, 4), (-1, 4), (0, 0), (0, 1001)] {
            assert_eq!(Segment::new(number, total), Err(SegmentError));
        }
    }
}
