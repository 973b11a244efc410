//! Comparison of the table with the bucket, in both directions.
//!
//! - From the bucket to the table: the caller lists objects, and [`Catalog::differing`] reads their
//!   records in batches and returns the keys that differ.
//! - From the table to the bucket: [`Catalog::page`] scans records, and the caller looks up the
//!   object of each record in S3.
//!
//! This module writes nothing. Each key that differs is examined again before anything is written,
//! so eventually consistent reads are enough.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{ListedObject, StoredObject};

use crate::batch::MAX_KEYS;
use crate::item::{KEY, Record, RecordState, is_internal, text};
use crate::{Catalog, CatalogError, Cost, Remeasure};

/// Maximum number of items that are scanned for a page. A function can look up this many objects
/// in S3 well within its timeout.
const PAGE: i32 = 1000;

/// One of the segments into which a comparison divides all keys. Each key is in exactly one
/// segment, so the segments can be compared in parallel. [`Segment::contains`] divides the keys of
/// listed objects; DynamoDB divides those of scanned records, in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    number: i32,
    total: i32,
}

/// A segment number or a number of segments that is out of range.
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

    /// True if the object with this key belongs to the segment. The comparison of a segment lists
    /// all objects of the stack and skips those of other segments.
    ///
    /// The `number` of a key's segment is the key's XXH64, with seed 1, modulo `total`. Shards use
    /// seed 0, so each segment contains keys of all shards.
    ///
    /// Scans of the table do not use this method: DynamoDB itself divides the table.
    #[must_use]
    pub fn contains(self, key: &str) -> bool {
        let hash = xxhash_rust::xxh64::xxh64(key.as_bytes(), 1);
        i64::try_from(hash % u64::from(self.total.unsigned_abs())) == Ok(self.number.into())
    }
}

/// One page of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPage {
    /// The records that are not tombstones. Some of their keys may be outside the stack's key
    /// prefix, if the stack had another prefix when the records were written.
    pub records: Vec<PageRecord>,
    /// Start of the next page; `None` on the last page.
    pub next: Option<String>,
}

/// One record of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRecord {
    /// Key.
    pub key: String,
    /// True if the item is a valid record. An invalid item has to be replaced, whatever S3 has
    /// under the key.
    pub is_valid: bool,
}

/// Keys of listed objects that have to be examined again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differing {
    /// Keys of objects whose record is missing, malformed or a tombstone, or describes another
    /// object, and of objects that [`Remeasure`] includes.
    pub keys: Vec<String>,
    /// Keys of objects that could not be read when they were recorded, each with the recorded
    /// reason (the message of the rejection). The caller has to ask S3 whether this reason still
    /// applies, because the object may have become readable.
    pub unreadable: HashMap<String, String>,
}

impl Catalog {
    /// Returns the keys of the listed objects that have to be examined again:
    ///
    /// - objects without a record,
    /// - objects whose record is malformed,
    /// - objects whose record is a tombstone,
    /// - objects whose record describes another object: another ETag, size or time of writing,
    /// - objects that `remeasure` includes.
    ///
    /// The keys of objects that could not be read when they were recorded are returned separately,
    /// in [`Differing::unreadable`]. `listed` must not contain a key twice, because DynamoDB
    /// refuses a batch that repeats a key.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn differing(
        &self,
        listed: &[ListedObject],
        remeasure: Remeasure,
    ) -> Result<(Differing, Cost), CatalogError> {
        let (mut differing, mut cost) = (Differing::default(), Cost::default());
        for batch in listed.chunks(MAX_KEYS) {
            let (items, read) = self.get_all(batch.iter().map(|object| object.key.clone())).await?;
            cost += read;
            let records = items.into_iter().map(|item| (text(&item, KEY), item));
            let mut records: HashMap<_, _> = records.collect();
            for object in batch {
                match records.remove(&object.key).map(Record::from_attributes) {
                    Some(Ok(record)) if describes(&record, object) => {
                        if let Some(reason) = record.unreadable_reason() {
                            differing.unreadable.insert(object.key.clone(), reason.to_owned());
                        } else if remeasure.includes(&record) {
                            differing.keys.push(object.key.clone());
                        }
                    }
                    _ => differing.keys.push(object.key.clone()),
                }
            }
        }
        Ok((differing, cost))
    }

    /// Reads a page of records. The page begins after the key `start`: [`RecordPage::next`] of the
    /// previous page, or the key of any record of the segment. The first page has no `start`.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn page(
        &self,
        segment: Segment,
        start: Option<String>,
    ) -> Result<(RecordPage, Cost), CatalogError> {
        let start = start.map(|key| HashMap::from([(KEY.to_owned(), AttributeValue::S(key))]));
        let response = self
            .client
            .scan()
            .table_name(&self.table)
            .segment(segment.number)
            .total_segments(segment.total)
            .limit(PAGE)
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let next = response.last_evaluated_key().map(|key| text(key, KEY));
        let items = response.items.unwrap_or_default();
        let cost = Cost::request(items.len());
        let records = items.into_iter().filter_map(|item| {
            let key = text(&item, KEY);
            if is_internal(&key) {
                return None;
            }
            match Record::from_attributes(item).map(|record| record.state) {
                Ok(RecordState::Absent { .. }) => None,
                read => Some(PageRecord { key, is_valid: read.is_ok() }),
            }
        });
        Ok((RecordPage { records: records.collect(), next }, cost))
    }
}

/// True if the recorded object equals the listed one in ETag, size and time of writing. Also true
/// if the record is the rejection of an unreadable object that HEAD did not describe: there is
/// nothing to compare, and [`Catalog::differing`] returns the key in [`Differing::unreadable`].
fn describes(record: &Record, listed: &ListedObject) -> bool {
    let object = match &record.state {
        RecordState::Image(image) => &image.object,
        RecordState::Rejected { object: Some(object), .. } => object,
        RecordState::Rejected { object: None, .. } => return record.unreadable_reason().is_some(),
        RecordState::Absent { .. } => return false,
    };
    object.etag == listed.etag
        && object.size == listed.size
        && same_time(object, listed.last_modified)
}

/// Compares the times of writing, with a tolerance of one second: a listing may round differently
/// from HEAD. A missing time counts as equal. If it counted as different, every reconciliation
/// would examine the object again.
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
    use test_table::observed;

    use super::*;
    use crate::item::samples::{record, rejection};

    #[test]
    fn a_record_describes_one_object_whose_time_may_be_rounded_or_missing() {
        let rejected =
            |object, rejection| RecordState::Rejected { object, rejection, measuring: None };
        let of_object = rejected(Some(observed::object(3)), rejection());
        let listed = ListedObject {
            key: "uploads/a".into(),
            size: 3,
            etag: observed::object(3).etag,
            // 2024-05-01T12:00:00Z
            last_modified: Some(1_714_564_800),
        };
        let at = |last_modified| ListedObject { last_modified, ..listed.clone() };
        for (state, listed, expected) in [
            (&of_object, listed.clone(), true),
            (&of_object, ListedObject { size: 4, ..listed.clone() }, false),
            (&of_object, ListedObject { etag: "other".into(), ..listed.clone() }, false),
            (&of_object, at(Some(1_714_564_860)), false),
            (&of_object, at(Some(1_714_564_801)), true),
            (&of_object, at(None), true),
            // S3 did not describe the unreadable object, so its record fits any listed object.
            (&rejected(None, contract::Rejection::unreadable("SSE-C")), listed.clone(), true),
            (&rejected(None, rejection()), listed.clone(), false),
            (&RecordState::Absent { expires_at: 0 }, listed.clone(), false),
        ] {
            assert_eq!(
                describes(&record(state.clone()), &listed),
                expected,
                "{state:?} {listed:?}"
            );
        }
    }

    #[test]
    fn each_key_is_in_one_segment_and_each_segment_has_keys_of_all_shards() {
        let segments: Vec<_> = (0..4).map(|number| Segment::new(number, 4).unwrap()).collect();
        let mut met = std::collections::BTreeSet::new();
        for number in 0..2000 {
            let key = format!("uploads/{number}.jpg");
            let of: Vec<_> = (0..4).filter(|it| segments[*it].contains(&key)).collect();
            assert_eq!(of.len(), 1, "{key}: {of:?}");
            met.insert((of[0], crate::Shards::new(8).unwrap().of(&key)));
        }
        assert_eq!(met.len(), 4 * 8);
    }

    #[test]
    fn a_segment_out_of_range_is_refused() {
        assert!(Segment::new(3, 4).is_ok());
        for (number, total) in [(4, 4), (-1, 4), (0, 0), (0, 1001)] {
            assert_eq!(Segment::new(number, total), Err(SegmentError));
        }
    }
}
