//! The catalog: one DynamoDB table that contains what is known about each key of the bucket.
//!
//! The functions know the table's schema only through this crate. Its operations are methods of
//! [`Catalog`]:
//!
//! - [`Catalog::record`] writes what an execution observed, and enforces the invariants of the
//!   table. A write for an event lands only if the event is newer than the recorded one. A write
//!   without an event lands only if the record has not changed since the execution read it. A
//!   record and the totals change together or not at all.
//! - [`Catalog::get`] reads the record of one key, [`Catalog::get_many`] the records of many keys.
//! - [`Catalog::overview`] reads the largest image, the smallest image and the counts, at a cost
//!   that does not depend on the number of images.
//! - [`Catalog::list`] reads images in order, at a cost that grows with the requested length of the
//!   page, not with the number of images.
//! - [`Catalog::differing`] compares objects with their records, [`Catalog::page`] reads records to
//!   compare them with the bucket, and [`Catalog::recount_part`] compares the totals with the
//!   images. A reconciliation calls these three methods. Its cost is proportional to the number of
//!   objects and records.
//!
//! To read the code, start with `plan.rs`, which decides what to write, and `record.rs`, which
//! writes it. `item.rs` defines the record of a key, `totals.rs` the totals of a shard, and
//! `shard.rs` the distribution of totals and indexes over partitions.
//!
//! # Items
//! | key `s3objectkey` | content |
//! |---|---|
//! | key of an object | one [`Record`]: an image, a rejection, or the tombstone of a deleted object |
//! | `#totals/<shard>` | the totals of one shard: images per content type, their bytes, and a counter of changes |
//!
//! No record has a key such as `#totals/0`: a stack's key prefix cannot contain `#`
//! ([`contract::KeyPrefix`]), and nothing is recorded under a key that begins with `#`
//! ([`is_internal`]).
//!
//! The table has two indexes, `by-size` and `by-key`. Both have the hash key `shard`. The range key
//! of `by-size` is `size`, that of `by-key` is `s3objectkey`. Only images have the attribute
//! `shard`, so the indexes contain nothing else.

mod batch;
mod cancellation;
mod catalog;
mod compare;
mod cost;
mod error;
mod item;
mod listing;
mod outcome;
mod overview;
mod plan;
mod previous;
mod record;
mod recount;
mod remeasure;
mod shard;
mod table_name;
mod totals;

pub use catalog::Catalog;
pub use compare::{Differing, PageRecord, RecordPage, Segment, SegmentError};
pub use cost::Cost;
pub use error::CatalogError;
pub use item::{ImageRecord, KEY, Record, RecordState, Written, is_internal};
pub use listing::{ImagePage, ListQuery, Position, Sort};
pub use outcome::{Outcome, Recorded};
pub use overview::Overview;
pub use plan::Order;
pub use recount::{Progress, Recount, RecountPart};
pub use remeasure::Remeasure;
pub use shard::{Shard, Shards, ShardsError};
pub use table_name::{TableName, TableNameError};
