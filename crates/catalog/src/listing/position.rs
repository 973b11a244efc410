//! Sort orders, and positions in them.

use std::cmp::Ordering;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::Shard;
use crate::item::{Attributes, BY_KEY, BY_SIZE, KEY};

/// Order of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By key, comparing UTF-8 bytes.
    #[default]
    Key,
    /// By size, smallest first.
    SmallestFirst,
    /// By size, largest first.
    LargestFirst,
}

/// A position in a listing: directly after one row, which need not exist any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The order of the listing.
    pub sort: Sort,
    /// Shard number of the row.
    pub shard: u32,
    /// Size of the image, in bytes.
    pub size: u64,
    /// Key of the image.
    pub key: String,
}

/// The place from which the next rows of a shard are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Start {
    /// Condition on the size, such as `>= 17`.
    pub(super) size: Option<(&'static str, u64)>,
    /// `ExclusiveStartKey`: the key attributes of the row after which to start.
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
    /// The start of the rows of `shard` that follow this position.
    ///
    /// In a listing by key, every shard starts after the position's key.
    ///
    /// In a listing by size, rows of the same size are ordered by shard. So shards before the
    /// position's shard start after the rows of the position's size, and shards after it start with
    /// these rows. The position's shard starts after the position's row.
    pub(super) fn start(&self, shard: Shard) -> Start {
        let greater = if self.sort.is_ascending() { [">", ">="] } else { ["<", "<="] };
        match (self.sort, shard.number().cmp(&self.shard)) {
            (Sort::Key, _) | (_, Ordering::Equal) => {
                Start { size: None, after: Some(self.row(shard)) }
            }
            (_, Ordering::Less) => Start { size: Some((greater[0], self.size)), after: None },
            (_, Ordering::Greater) => Start { size: Some((greater[1], self.size)), after: None },
        }
    }

    /// The position as the `ExclusiveStartKey` of a query for rows of `shard`. A row with this
    /// key need not exist.
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
    fn rows_of_the_same_size_are_passed_in_lower_shards_only() {
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
