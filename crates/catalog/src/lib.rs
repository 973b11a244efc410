//! The table of images.
//!
//! One DynamoDB table holds what is known of the bucket, and this crate is the only code that
//! knows how. Four things are done with it:
//!
//! - [`Catalog::record`] writes what an execution observed. It holds every invariant: a write
//!   lands only when its event is newer than the recorded one, and an item and the totals change
//!   together or not at all.
//! - [`Catalog::get`] reads the record of one key.
//! - [`Catalog::overview`] reads largest, smallest and counts at a cost that does not depend on
//!   the number of images.
//! - [`Catalog::list`] reads images in order, at a cost in proportion to the page.
//!
//! A fifth is for repairs, and costs in proportion to the table: [`Catalog::differing`] and
//! [`Catalog::page`] compare it with the bucket, [`Catalog::recount`] its totals with its images.
//!
//! # Items
//! | key `s3objectkey` | what it holds |
//! |---|---|
//! | `uploads/…` | one [`Record`]: an image, a rejection, or the tombstone of a deleted object |
//! | `#totals/<shard>` | the number of images per content type, and their bytes, of one shard; how often they changed |
//!
//! Only images carry the attribute `shard`, so only they are in the indexes `by-size` and `by-key`,
//! whose hash key it is and whose range keys are `size` and `s3objectkey`. A key cannot collide with `#totals/…`, since all keys
//! begin with `uploads/`.

mod catalog;
mod compare;
mod cost;
mod error;
mod item;
mod listing;
mod outcome;
mod overview;
mod plan;
mod record;
mod recount;
mod shard;
mod totals;

pub use catalog::{Catalog, SettingsError};
pub use compare::{KeyPage, ListedObject, Segment, SegmentError};
pub use cost::Cost;
pub use error::CatalogError;
pub use item::{ImageRecord, Record, RecordState};
pub use listing::{ImagePage, ListQuery, Position, Sort};
pub use outcome::{Outcome, Recorded};
pub use overview::Overview;
pub use plan::Order;
pub use recount::{Counted, Recount};
pub use shard::{Shard, Shards, ShardsError};
