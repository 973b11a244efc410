//! Shards: the distribution of totals and indexes over partitions.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Number of shards, from the stack's configuration.
///
/// One partition accepts 1,000 write units per second, and so does a single item
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>), so a
/// single totals item would cap the throughput of the pipeline.
///
/// The number may be raised: an image keeps the shard it was recorded with until it is recorded
/// again, and reads cover every shard. The number must not be lowered, because listings and the
/// overview would leave out the images of the shards beyond the new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shards(NonZeroU32);

/// Largest number of shards. An overview reads two rows of each shard, and the totals items of all
/// shards in one batch of at most 100 items.
const MAX_SHARDS: u32 = 100;

/// One shard, identified by its number. The first shard has the number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shard(u32);

/// A number of shards that is malformed or out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of shards must be a whole number from 1 to {MAX_SHARDS}")]
pub struct ShardsError;

impl Shards {
    /// This number of shards.
    ///
    /// # Errors
    /// [`ShardsError`] if `number` is not between 1 and 100.
    pub fn new(number: u32) -> Result<Self, ShardsError> {
        NonZeroU32::new(number).filter(|n| n.get() <= MAX_SHARDS).map(Self).ok_or(ShardsError)
    }

    /// The shard of a key: XXH64 of the key, with seed 0, modulo the number of shards.
    ///
    /// Keys that differ in one digit have to spread over the shards. Otherwise, numbered photos
    /// that are uploaded together would crowd a few shards. A checksum such as CRC-32 does not
    /// always spread such keys: it puts `uploads/0.png` to `uploads/9.png` into two of eight
    /// shards.
    pub(crate) fn of(self, key: &str) -> Shard {
        let hash = xxhash_rust::xxh64::xxh64(key.as_bytes(), 0);
        let shard = hash % u64::from(self.0.get());
        Shard(u32::try_from(shard).unwrap_or_default())
    }

    /// The number of shards.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.get()
    }

    pub(crate) fn all(self) -> impl Iterator<Item = Shard> {
        (0..self.0.get()).map(Shard)
    }
}

impl FromStr for Shards {
    type Err = ShardsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map_err(|_| ShardsError).and_then(Self::new)
    }
}

impl Shard {
    /// The shard with this number. The number is not checked: it may be too high for the current
    /// number of shards.
    pub(crate) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// Key of this shard's totals item.
    pub(crate) fn totals_key(self) -> String {
        format!("#totals/{self}")
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shard_of_a_key_never_changes() {
        let shards = Shards::new(8).unwrap();
        // The expected shard was computed by another implementation of XXH64.
        assert_eq!(shards.of("uploads/cat.jpg"), Shard(6));
    }

    #[test]
    fn numbered_keys_spread_evenly() {
        let shards = Shards::new(8).unwrap();
        let mut images = [0; 8];
        for number in 0..1000 {
            images[shards.of(&format!("uploads/IMG_{number:04}.jpg")).0 as usize] += 1;
        }
        assert!(images.iter().all(|images| (100..=150).contains(images)), "{images:?}");
    }

    #[test]
    fn each_number_in_range_has_as_many_shards() {
        for number in [1, 8, 100] {
            let shards: Shards = number.to_string().parse().unwrap();
            assert_eq!((shards.number(), shards.all().count()), (number, number as usize));
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for text in ["0", "101", "-1", "eight", ""] {
            assert_eq!(text.parse::<Shards>(), Err(ShardsError));
        }
    }
}
