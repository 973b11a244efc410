//! The rows of one shard, in order.

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::position::{Position, Sort, Start};
use super::read::{Page, Read, Row};
use crate::Shard;

/// Rows of one shard that have been read ahead, and the start of its unread rows.
#[derive(Debug)]
pub(super) struct ShardRows {
    shard: Shard,
    sort: Sort,
    start: Start,
    rows: VecDeque<Row>,
    /// True if there may be rows that have not been read.
    is_open: bool,
}

impl ShardRows {
    /// The rows of `shard` after the position `after`, or all of its rows. No row has been
    /// read yet.
    pub(super) fn new(shard: Shard, sort: Sort, after: Option<&Position>) -> Self {
        let start = after.map(|after| after.start(shard)).unwrap_or_default();
        Self { shard, sort, start, rows: VecDeque::new(), is_open: true }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// True if more rows of this shard have to be read before the listing can take its next row.
    pub(super) fn is_starved(&self) -> bool {
        self.is_open && self.rows.is_empty()
    }

    /// True if all rows have been read and taken.
    pub(super) fn is_exhausted(&self) -> bool {
        !self.is_open && self.rows.is_empty()
    }

    pub(super) fn first(&self) -> Option<&Row> {
        self.rows.front()
    }

    /// Takes the first row, with the position after it.
    pub(super) fn take(&mut self) -> Option<(Position, Row)> {
        let row = self.rows.pop_front()?;
        let position = Position {
            sort: self.sort,
            shard: self.shard.number(),
            size: row.record.object.size,
            key: row.key.clone(),
        };
        Some((position, row))
    }

    /// Compares two shards by their first rows.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let (Some(a), Some(b)) = (self.first(), other.first()) else { return Ordering::Equal };
        let by_size = a.record.object.size.cmp(&b.record.object.size);
        match self.sort {
            Sort::Key => a.key.cmp(&b.key),
            Sort::SmallestFirst => by_size.then(self.shard.cmp(&other.shard)),
            Sort::LargestFirst => by_size.reverse().then(self.shard.cmp(&other.shard)),
        }
    }

    /// The request that fills `self.rows` up to `rows` rows. `None` if `self.rows` has that many,
    /// or if the shard has no further rows.
    pub(super) fn read_ahead(&self, rows: usize) -> Option<Read> {
        let missing = rows.saturating_sub(self.rows.len());
        let is_needed = self.is_open && missing > 0;
        is_needed.then(|| Read { shard: self.shard, start: self.start.clone(), limit: missing })
    }

    /// Adds the rows of `page`. If there may be more, the next request continues after `page`.
    pub(super) fn accept(&mut self, page: Page) {
        self.rows.extend(page.rows);
        self.is_open = page.last.is_some();
        self.start.after = page.last;
    }
}
