//! Listing images, a page at a time.
//!
//! Both indexes are spread over the shards, so a page is merged: each shard is read in the wanted
//! order, a few rows ahead, and the first row of all is taken until the page is full. A
//! [`Position`] is the last row that was looked at. It says where every shard goes on, since rows
//! have one order across shards: by key, or by size, then by shard, then as the index has them.
//! A row that stays keeps its place in that order whatever is written around it, so it is on
//! exactly one page.

mod budget;
mod position;
mod shard_rows;

use futures_util::future::try_join_all;

use crate::{Catalog, CatalogError, Cost, ImageRecord};
use budget::Budget;
pub use position::{Position, Sort};
use shard_rows::{Row, ShardRows};

/// Longest key that S3 takes, in bytes, and as a range key DynamoDB too
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
const MAX_KEY_BYTES: usize = 1024;

/// Bytes of JSON that a page may come to, as a Lambda answer has to stay below 6 MB. Only pages
/// full of very long keys get there.
const MAX_PAGE_BYTES: usize = 4_000_000;

/// Bytes of JSON that a row takes beside its key, generously.
const ROW_BYTES: usize = 800;

/// Which images, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// The order of the images.
    pub sort: Sort,
    /// The most images that a page has; at least 1.
    pub limit: usize,
    /// Only images of this content type.
    pub content_type: Option<String>,
    /// Only images whose key begins so; `uploads/` for all.
    pub prefix: String,
    /// Only images after this position.
    pub after: Option<Position>,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImagePage {
    /// Keys and images. A page may come back short, even empty, when few rows match.
    pub images: Vec<(String, ImageRecord)>,
    /// Where the next page begins; none when this is the last one.
    pub next: Option<Position>,
    /// Requests made and rows read.
    pub cost: Cost,
}

impl ListQuery {
    fn matches(&self, row: &Row) -> bool {
        let wanted = self.content_type.as_ref();
        row.key.starts_with(&self.prefix)
            && wanted.is_none_or(|wanted| *wanted == row.record.image.content_type)
    }
}

impl Catalog {
    /// Reads one page of images.
    ///
    /// It reads at most ten times [`ListQuery::limit`] rows, or one for each shard if that is
    /// more, and says with [`ImagePage::next`] where it stopped.
    ///
    /// # Errors
    /// [`CatalogError`] when the table does not answer, refuses, or holds a foreign item.
    pub async fn list(&self, query: &ListQuery) -> Result<ImagePage, CatalogError> {
        if query.prefix.len() > MAX_KEY_BYTES {
            return Ok(ImagePage::default());
        }
        let shards = self.shards.all().map(|shard| ShardRows::new(shard, query));
        let mut listing = Listing {
            shards: shards.collect(),
            page: ImagePage {
                images: Vec::new(),
                next: query.after.clone(),
                cost: Cost::default(),
            },
            bytes: 0,
            query,
        };
        let mut budget = Budget::new(query.limit, listing.shards.len());
        loop {
            let missing = query.limit - listing.page.images.len();
            let open = listing.shards.iter().filter(|shard| shard.is_open()).count();
            let Some(ahead) = budget.rows_ahead(missing, open) else { break };
            budget.spend(listing.read_ahead(self, ahead).await?);
            if listing.merge() {
                break;
            }
        }
        Ok(listing.finish())
    }
}

/// A page in the making.
struct Listing<'a> {
    query: &'a ListQuery,
    shards: Vec<ShardRows<'a>>,
    page: ImagePage,
    bytes: usize,
}

impl Listing<'_> {
    /// Sees to it that each shard has rows, as far as the shard goes; returns how many were read.
    async fn read_ahead(&mut self, catalog: &Catalog, rows: usize) -> Result<usize, CatalogError> {
        let reads = self.shards.iter_mut().map(|shard| shard.read_ahead(catalog, rows));
        let mut read = 0;
        for cost in try_join_all(reads).await? {
            self.page.cost += cost;
            read += usize::try_from(cost.items).unwrap_or(usize::MAX);
        }
        Ok(read)
    }

    /// Takes row after row, until the page is full (`true`) or a shard has to be read again.
    fn merge(&mut self) -> bool {
        while !self.is_full() {
            if self.shards.iter().any(ShardRows::is_starved) {
                return false;
            }
            let first = self.shards.iter_mut().filter(|shard| shard.first().is_some());
            let Some(shard) = first.min_by(|a, b| a.order(b)) else { return true };
            let Some(row) = shard.take() else { return true };
            self.page.next = Some(Position::of(self.query.sort, shard.shard(), &row));
            if self.query.matches(&row) {
                self.bytes += ROW_BYTES + json_bytes(&row.key);
                self.page.images.push((row.key, row.record));
            }
        }
        true
    }

    fn is_full(&self) -> bool {
        self.page.images.len() >= self.query.limit || self.bytes >= MAX_PAGE_BYTES
    }

    fn finish(mut self) -> ImagePage {
        if self.shards.iter().all(ShardRows::is_exhausted) {
            self.page.next = None;
        }
        self.page
    }
}

/// Bytes of a string in JSON, where a control character takes six.
fn json_bytes(text: &str) -> usize {
    let escaped = text.bytes().filter(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'));
    text.len() + 5 * escaped.count()
}
