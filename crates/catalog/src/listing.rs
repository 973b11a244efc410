//! Listings: images in order, a page at a time.
//!
//! The rows of an index are spread over the shards, so a page is merged from all shards. A few rows
//! of each shard are read ahead, in the requested order. Then the page takes rows one by one,
//! always the first of all that are left, until it is full.
//!
//! Every page except the last one ends with a [`Position`]: the place of the last row that was
//! taken. Every shard can continue from that position, because a listing has one order for the rows
//! of all shards. A listing by key orders them by key. A listing by size orders them by size, then
//! by shard, then in the order of the index. A row that does not change keeps its place in that
//! order, whatever other rows are written, so it is on exactly one page.

mod budget;
mod position;
mod query;
mod read;
mod shard_rows;
#[cfg(test)]
mod simulation;

use contract::MAX_KEY_BYTES;
use futures_util::future::try_join_all;

use self::budget::Budget;
pub use self::position::{Position, Sort};
pub use self::query::ListQuery;
use self::read::{Page, Read};
use self::shard_rows::ShardRows;
use crate::{Catalog, CatalogError, Cost, ImageRecord, Shards};

/// Bytes of JSON after which a page is full: a Lambda response has to stay below 6 MB. Pages
/// reach this size only if their keys are long and full of characters that JSON escapes.
const MAX_PAGE_BYTES: usize = 4_000_000;

/// Generous estimate of the bytes of JSON that a row takes in addition to its key.
const ROW_BYTES: usize = 800;

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImagePage {
    /// Keys and images. If few rows match the query, a page may be short or even empty although
    /// `next` is set.
    pub images: Vec<(String, ImageRecord)>,
    /// Position where the next page starts; `None` on the last page.
    pub next: Option<Position>,
    /// Requests made and rows read.
    pub cost: Cost,
}

impl Catalog {
    /// Reads one page of images.
    ///
    /// A page costs at most 250 read units. It reads at most ten rows for each image that
    /// [`ListQuery::limit`] allows, or one row per shard if that is more. [`ImagePage::next`] is
    /// the position at which the page stopped.
    ///
    /// # Errors
    /// [`CatalogError`] if the table is unavailable, refuses a request, or has a malformed item.
    pub async fn list(&self, query: &ListQuery) -> Result<ImagePage, CatalogError> {
        // A prefix longer than any key matches no key, and DynamoDB refuses it as the value of a
        // range key.
        if query.prefix.len() > MAX_KEY_BYTES {
            return Ok(ImagePage::default());
        }
        let mut listing = Listing::new(query, self.shards);
        while let Some(reads) = listing.reads() {
            let pages = try_join_all(reads.iter().map(|read| self.read(query, read))).await?;
            listing.accept(&reads, pages);
        }
        Ok(listing.finish())
    }
}

/// A page under construction: [`Listing::reads`] says which rows to read, and [`Listing::accept`]
/// adds them.
struct Listing<'a> {
    query: &'a ListQuery,
    /// The rows of each shard, in the order of the shards' numbers.
    shards: Vec<ShardRows>,
    budget: Budget,
    page: ImagePage,
    /// Estimated size of the page as JSON.
    bytes: usize,
    /// True if no further row belongs on the page.
    is_complete: bool,
}

impl<'a> Listing<'a> {
    fn new(query: &'a ListQuery, shards: Shards) -> Self {
        let after = query.after.as_ref();
        let shards: Vec<_> =
            shards.all().map(|shard| ShardRows::new(shard, query.sort, after)).collect();
        let next = query.after.clone();
        Self {
            query,
            budget: Budget::new(query.limit, shards.len()),
            shards,
            page: ImagePage { images: Vec::new(), next, cost: Cost::default() },
            bytes: 0,
            is_complete: false,
        }
    }

    /// The requests to make next, at most one for each shard; `None` if the page is complete or
    /// its budget is spent.
    fn reads(&mut self) -> Option<Vec<Read>> {
        if self.is_complete {
            return None;
        }
        let missing = self.query.limit - self.page.images.len();
        let open = self.shards.iter().filter(|shard| shard.is_open()).count();
        let ahead = self.budget.rows_ahead(missing, open)?;
        Some(self.shards.iter().filter_map(|shard| shard.read_ahead(ahead)).collect())
    }

    /// Adds the rows of `pages`, which are the responses to `reads`, in the same order.
    fn accept(&mut self, reads: &[Read], pages: Vec<Page>) {
        for (read, page) in reads.iter().zip(pages) {
            self.page.cost += Cost::request(page.rows.len());
            self.budget.spend(page.rows.len(), page.bytes);
            if let Some(shard) = self.shards.get_mut(read.shard.number() as usize) {
                shard.accept(page);
            }
        }
        self.is_complete = self.merge();
    }

    /// Takes rows in order, until the page is complete or more rows of a shard have to be read.
    /// Returns true if the page is complete.
    fn merge(&mut self) -> bool {
        while !self.is_full() {
            if self.shards.iter().any(ShardRows::is_starved) {
                return false;
            }
            let nonempty = self.shards.iter_mut().filter(|shard| shard.first().is_some());
            let Some(shard) = nonempty.min_by(|a, b| a.order(b)) else { return true };
            let Some((position, row)) = shard.take() else { return true };
            self.page.next = Some(position);
            if self.query.matches(&row.key, &row.record) {
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

/// Size in bytes of `text` as a JSON string, without the quotes. Assumes six bytes for each
/// character that has to be escaped.
fn json_bytes(text: &str) -> usize {
    let escaped = text.bytes().filter(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'));
    text.len() + 5 * escaped.count()
}
