//! Orders, and places in them.

use aws_sdk_dynamodb::types::AttributeValue;

use super::shard_rows::Row;
use crate::Shard;
use crate::item::{Attributes, KEY};

/// Name of the index from `shard` and `size` to images.
const BY_SIZE: &str = "by-size";

/// Name of the index from `shard` and `s3objectkey` to images.
const BY_KEY: &str = "by-key";

/// The order of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By key, in the order of its UTF-8 bytes.
    #[default]
    Key,
    /// By size, the smallest first.
    SmallestFirst,
    /// By size, the largest first.
    LargestFirst,
}

/// A place in a listing: after one row, which need not exist any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The order it is a place in.
    pub sort: Sort,
    /// Shard of the row, a number.
    pub shard: u32,
    /// Size of the image, in bytes.
    pub size: u64,
    /// Key of the image.
    pub key: String,
}

/// Where a shard's rows begin.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Start {
    /// A condition on the size, such as `>= 17`.
    pub(super) size: Option<(&'static str, u64)>,
    /// The row to start after.
    pub(super) after: Option<Attributes>,
}

impl Sort {
    pub(super) fn index(self) -> &'static str {
        match self {
            Self::Key => BY_KEY,
            Self::SmallestFirst | Self::LargestFirst => BY_SIZE,
        }
    }

    pub(super) fn is_ascending(self) -> bool {
        self != Self::LargestFirst
    }
}

impl Position {
    pub(super) fn of(sort: Sort, shard: Shard, row: &Row) -> Self {
        let size = row.record.object.size;
        Self { sort, shard: shard.number(), size, key: row.key.clone() }
    }

    /// Where `shard` goes on after this position.
    ///
    /// Rows of one size lie in the order of their shards. So of this very size, the shards before
    /// this position's are done, the shards after it are not, and its own goes on after the row.
    pub(super) fn start(&self, shard: Shard) -> Start {
        let greater = if self.sort.is_ascending() { [">", ">="] } else { ["<", "<="] };
        match (self.sort, shard.number().cmp(&self.shard)) {
            (Sort::Key, _) | (_, std::cmp::Ordering::Equal) => {
                Start { size: None, after: Some(self.row(shard)) }
            }
            (_, std::cmp::Ordering::Less) => {
                Start { size: Some((greater[0], self.size)), after: None }
            }
            (_, std::cmp::Ordering::Greater) => {
                Start { size: Some((greater[1], self.size)), after: None }
            }
        }
    }

    /// The row as DynamoDB's `ExclusiveStartKey` names it, which need not exist.
    fn row(&self, shard: Shard) -> Attributes {
        let mut row = Attributes::from([
            ("shard".to_owned(), AttributeValue::N(shard.to_string())),
            (KEY.to_owned(), AttributeValue::S(self.key.clone())),
        ]);
        if self.sort != Sort::Key {
            row.insert("size".to_owned(), AttributeValue::N(self.size.to_string()));
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shards;

    #[test]
    fn of_one_size_the_shards_before_are_done_and_those_after_are_not() {
        let starts = |sort| {
            let position = Position { sort, shard: 1, size: 7, key: "uploads/a".into() };
            let shards = Shards::new(3).unwrap().all();
            shards.map(|shard| position.start(shard).size).collect::<Vec<_>>()
        };
        assert_eq!(starts(Sort::SmallestFirst), [Some((">", 7)), None, Some((">=", 7))]);
        assert_eq!(starts(Sort::LargestFirst), [Some(("<", 7)), None, Some(("<=", 7))]);
        assert_eq!(starts(Sort::Key), [None, None, None]);
    }
}
