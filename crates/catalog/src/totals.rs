//! The totals of one shard, as they are stored and as a count finds them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::Shard;
use crate::item::{Attributes, KEY};
use crate::overview::{is_sum, number};
use crate::record::{TOTAL_BYTES, TOTAL_CHANGES};

/// Sums over the images of one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Images per content type; one without images is left out.
    counts: BTreeMap<String, i128>,
    bytes: i128,
}

impl Totals {
    /// Counts one image in.
    pub(crate) fn add(&mut self, content_type: &str, bytes: u64) {
        *self.counts.entry(content_type.to_owned()).or_default() += 1;
        self.bytes += i128::from(bytes);
    }

    /// Adds the sums of other images of the shard.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (content_type, images) in &other.counts {
            *self.counts.entry(content_type.clone()).or_default() += images;
        }
        self.bytes += other.bytes;
    }

    /// What a totals item says; `None` when it holds anything but numbers.
    fn read(item: &Attributes) -> Option<Self> {
        let mut totals = Self::default();
        for (name, value) in item.iter().filter(|(name, _)| is_sum(name)) {
            let value: i128 = number(Some(value))?;
            if name == TOTAL_BYTES {
                totals.bytes = value;
            } else if value != 0 {
                totals.counts.insert(name.clone(), value);
            }
        }
        Some(totals)
    }
}

/// A shard's totals item as it was at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StoredTotals {
    /// The sums; `None` when the item cannot be read as totals.
    totals: Option<Totals>,
    /// Its counter of changes as it lies there; `None` when there is none, or no item.
    pub(crate) changes: Option<AttributeValue>,
}

impl StoredTotals {
    /// Reads the item; no item says that there are no images.
    pub(crate) fn read(item: Option<&Attributes>) -> Self {
        Self {
            totals: item.map_or_else(|| Some(Totals::default()), Totals::read),
            changes: item.and_then(|item| item.get(TOTAL_CHANGES)).cloned(),
        }
    }

    pub(crate) fn says(&self, counted: &Totals) -> bool {
        self.totals.as_ref() == Some(counted)
    }

    /// The item that takes this one's place: with the sums of `counted`, and a counter that moved,
    /// so that nobody takes it for the one before.
    pub(crate) fn replaced_by(&self, shard: Shard, counted: &Totals) -> Attributes {
        let changes: u128 = number(self.changes.as_ref()).unwrap_or_default();
        let sums = counted.counts.iter().map(|(name, images)| (name.as_str(), *images));
        let mut item: Attributes = sums
            .chain([(TOTAL_BYTES, counted.bytes)])
            .map(|(name, sum)| (name.to_owned(), AttributeValue::N(sum.to_string())))
            .collect();
        item.insert(TOTAL_CHANGES.to_owned(), AttributeValue::N((changes + 1).to_string()));
        item.insert(KEY.to_owned(), AttributeValue::S(shard.totals_key()));
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(attributes: &[(&str, &str)]) -> Attributes {
        let number = |(name, value): &(&str, &str)| {
            ((*name).to_owned(), AttributeValue::N((*value).to_owned()))
        };
        let mut item: Attributes = attributes.iter().map(number).collect();
        item.insert(KEY.to_owned(), AttributeValue::S("#totals/0".to_owned()));
        item
    }

    fn one_png() -> Totals {
        let mut totals = Totals::default();
        totals.add("image/png", 7);
        totals
    }

    #[test]
    fn zeros_and_the_counter_say_nothing_about_images() {
        let stored = item(&[
            ("image/png", "1"),
            ("image/gif", "0"),
            (TOTAL_BYTES, "7"),
            (TOTAL_CHANGES, "5"),
        ]);
        assert!(StoredTotals::read(Some(&stored)).says(&one_png()));
        assert!(StoredTotals::read(None).says(&Totals::default()));
    }

    #[test]
    fn negative_and_unreadable_totals_are_wrong_whatever_was_counted() {
        let negative = item(&[("image/png", "-1"), (TOTAL_BYTES, "7")]);
        assert!(!StoredTotals::read(Some(&negative)).says(&one_png()));
        let mut unreadable = item(&[(TOTAL_BYTES, "0")]);
        unreadable.insert("image/png".into(), AttributeValue::S("many".into()));
        assert!(!StoredTotals::read(Some(&unreadable)).says(&Totals::default()));
    }

    #[test]
    fn what_takes_the_place_says_what_was_counted_and_has_moved() {
        let stored = item(&[("image/gif", "3"), (TOTAL_BYTES, "1"), (TOTAL_CHANGES, "5")]);
        let new = StoredTotals::read(Some(&stored)).replaced_by(Shard::numbered(0), &one_png());
        let expected = item(&[("image/png", "1"), (TOTAL_BYTES, "7"), (TOTAL_CHANGES, "6")]);
        assert_eq!(new, expected);
    }

    #[test]
    fn the_first_counter_is_one() {
        let new = StoredTotals::read(None).replaced_by(Shard::numbered(0), &one_png());
        assert_eq!(new[TOTAL_CHANGES], AttributeValue::N("1".into()));
    }
}
