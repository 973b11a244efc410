//! The totals of a shard, as stored and as counted.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use serde::{Deserialize, Serialize};

use crate::item::{Attributes, KEY, RecordState, as_number, number, text};
use crate::{CatalogError, Shard};

/// Name of the attribute, in a totals item, that contains the total size in bytes. All attributes
/// except this one, the key and [`TOTAL_CHANGES`] are named after a content type, which always
/// contains a slash.
pub(crate) const TOTAL_BYTES: &str = "totalBytes";

/// Name of the attribute that is a totals item's counter of changes. Every write of the item
/// changes the counter: a recording adds 1, a repair adds a large random number.
///
/// A recount uses the counter to notice that the item was written during the recount. The item's
/// sums do not show that: they may change and change back.
pub(crate) const TOTAL_CHANGES: &str = "changes";

/// The absolute value of [`TOTAL_BYTES`] must be below this bound, which is far above the size of
/// any bucket. After one more object is added, the value still fits in the 38 digits of a DynamoDB
/// number.
const MAX_TOTAL_BYTES: i128 = 10_i128.pow(37);

/// Maximum length of a content type, in bytes: a type and a subtype of 127 each, and the slash
/// between them (RFC 6838, section 4.2).
const MAX_CONTENT_TYPE: usize = 255;

/// True if this text can be the content type of an image. In a totals item, the content type is the
/// name of the attribute that counts the images of this type. No other attribute has a slash in its
/// name.
pub(crate) fn is_content_type(text: &str) -> bool {
    text.contains('/') && text.len() <= MAX_CONTENT_TYPE
}

/// An image, reduced to the facts that the totals include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CountedImage {
    /// The shard whose totals include the image.
    pub(crate) shard: Shard,
    /// Content type.
    pub(crate) content_type: String,
    /// Size in bytes.
    pub(crate) size: u64,
}

impl CountedImage {
    /// Reads the three attributes that a recount needs; `None` if a recount does not count the
    /// item. No other attribute matters, so even an item that is not a valid record may be counted.
    pub(crate) fn read(item: &Attributes) -> Option<Self> {
        let content_type = text(item, "contentType");
        let shard = Shard::numbered(item.get("shard").and_then(as_number)?);
        let size = item.get("size").and_then(as_number)?;
        is_content_type(&content_type).then_some(Self { shard, content_type, size })
    }

    /// The image that a recount counts for a record with this state.
    pub(crate) fn of(state: &RecordState) -> Option<Self> {
        let RecordState::Image(record) = state else { return None };
        let (content_type, size) = (record.image.content_type.clone(), record.object.size);
        Some(Self { shard: record.shard, content_type, size })
    }
}

/// Sums over images.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// Images per content type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<String, i64>,
    /// Total size in bytes. In JSON it is a string, because not every reader of JSON keeps all
    /// digits of a number this large.
    #[serde(with = "as_text")]
    bytes: i128,
}

mod as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(number: &i128, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i128, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Totals {
    pub(crate) fn add(&mut self, image: &CountedImage) {
        *self.counts.entry(image.content_type.clone()).or_default() += 1;
        self.bytes += i128::from(image.size);
    }

    /// Number of content types that have images.
    pub(crate) fn content_type_count(&self) -> usize {
        self.counts.len()
    }

    /// Adds the totals of other images.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (content_type, images) in &other.counts {
            *self.counts.entry(content_type.clone()).or_default() += images;
        }
        self.bytes += other.bytes;
    }

    /// Reads a totals item. Content types with 0 images are left out.
    ///
    /// # Errors
    /// [`CatalogError::MalformedItem`] if one of the sums is not a whole number or is out of range.
    pub(crate) fn read(item: &Attributes) -> Result<Self, CatalogError> {
        let mut totals = Self::default();
        for name in item.keys().filter(|name| is_sum(name)) {
            if name == TOTAL_BYTES {
                totals.bytes = number(item, name)?;
                continue;
            }
            let sum = number(item, name)?;
            if sum != 0 {
                totals.counts.insert(name.clone(), sum);
            }
        }
        Ok(totals)
    }

    /// Number of images per content type. Types whose number is 0 or negative are left out.
    pub(crate) fn content_types(&self) -> BTreeMap<String, u64> {
        let counts = self.counts.iter();
        counts
            .filter_map(|(name, images)| Some((name.clone(), u64::try_from(*images).ok()?)))
            .filter(|(_, images)| *images > 0)
            .collect()
    }

    /// Total size in bytes; 0 if the sum is negative.
    pub(crate) fn bytes(&self) -> u128 {
        u128::try_from(self.bytes).unwrap_or_default()
    }
}

/// Returns those attributes of a totals item whose values the catalog never writes. Another program
/// must have written them.
///
/// DynamoDB cannot add to some of these values: they are not numbers, or the sum would exceed the
/// 38 digits of a DynamoDB number
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
/// The others are numbers that are not whole or are out of range.
pub(crate) fn spoiled(item: &Attributes) -> Attributes {
    let is_sound = |name: &str, value| match name {
        KEY => true,
        TOTAL_CHANGES => as_number::<u64>(value).is_some(),
        TOTAL_BYTES => as_number(value).is_some_and(|it: i128| it.abs() < MAX_TOTAL_BYTES),
        _ => as_number::<i64>(value).is_some(),
    };
    let spoiled = item.iter().filter(|(name, value)| !is_sound(name, value));
    spoiled.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// True if the attribute of this name in a totals item is a sum over images.
fn is_sum(name: &str) -> bool {
    name != KEY && name != TOTAL_CHANGES
}

/// The totals item of a shard, as read at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StoredTotals {
    /// The sums; `None` if the item is malformed: at least one of its attributes is [`spoiled`].
    totals: Option<Totals>,
    /// The counter of changes, unparsed; `None` if the item or its counter does not exist.
    pub(crate) changes: Option<AttributeValue>,
}

impl StoredTotals {
    /// Reads the item; without an item, the sums are zero.
    pub(crate) fn read(item: Option<&Attributes>) -> Self {
        let well_formed = item.is_none_or(|item| spoiled(item).is_empty());
        let totals = item.map_or_else(|| Ok(Totals::default()), Totals::read);
        Self {
            totals: totals.ok().filter(|_| well_formed),
            changes: item.and_then(|item| item.get(TOTAL_CHANGES)).cloned(),
        }
    }

    /// True if the item is well-formed and has the sums of `counted`.
    pub(crate) fn matches(&self, counted: &Totals) -> bool {
        self.totals.as_ref() == Some(counted)
    }

    /// The item that a repair writes in place of this item, with the sums of `counted`. The new
    /// counter of changes is the old counter plus `step`, so that another recount in progress
    /// notices the repair. If the old counter is missing or [`spoiled`], it counts as 0.
    pub(crate) fn corrected(&self, shard: Shard, counted: &Totals, step: u32) -> Attributes {
        let changes: u64 = self.changes.as_ref().and_then(as_number).unwrap_or_default();
        let sums = counted.counts.iter().map(|(name, images)| (name.as_str(), i128::from(*images)));
        let mut item: Attributes = sums
            .chain([(TOTAL_BYTES, counted.bytes)])
            .map(|(name, sum)| (name.to_owned(), AttributeValue::N(sum.to_string())))
            .collect();
        item.insert(
            TOTAL_CHANGES.to_owned(),
            AttributeValue::N((u128::from(changes) + u128::from(step)).to_string()),
        );
        item.insert(KEY.to_owned(), AttributeValue::S(shard.totals_key()));
        item
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

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
        totals.add(&CountedImage {
            shard: Shard::numbered(0),
            content_type: "image/png".into(),
            size: 7,
        });
        totals
    }

    #[test]
    fn zeros_and_the_counter_do_not_count_as_totals() {
        let stored = item(&[
            ("image/png", "1"),
            ("image/gif", "0"),
            (TOTAL_BYTES, "7"),
            (TOTAL_CHANGES, "5"),
        ]);
        assert!(StoredTotals::read(Some(&stored)).matches(&one_png()));
        assert!(StoredTotals::read(None).matches(&Totals::default()));
    }

    #[test]
    fn negative_and_malformed_totals_are_always_wrong() {
        let negative = item(&[("image/png", "-1"), (TOTAL_BYTES, "7")]);
        assert!(!StoredTotals::read(Some(&negative)).matches(&one_png()));
        let mut malformed = item(&[(TOTAL_BYTES, "0")]);
        malformed.insert("image/png".into(), AttributeValue::S("many".into()));
        assert!(!StoredTotals::read(Some(&malformed)).matches(&Totals::default()));
    }

    #[test]
    fn totals_with_an_attribute_that_nothing_can_be_added_to_are_wrong_and_replaced() {
        let sound = item(&[("image/png", "1"), (TOTAL_BYTES, "7"), (TOTAL_CHANGES, "5")]);
        assert_eq!(spoiled(&sound), Attributes::new());
        let most = item(&[(TOTAL_BYTES, &"9".repeat(37))]);
        assert_eq!(spoiled(&most), Attributes::new());
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        let largest = format!("1{}", "0".repeat(37));
        for (name, value) in [
            (TOTAL_CHANGES, AttributeValue::S("5".into())),
            (TOTAL_CHANGES, AttributeValue::M(HashMap::new())),
            (TOTAL_CHANGES, AttributeValue::Ns(vec!["5".into()])),
            (TOTAL_CHANGES, AttributeValue::Null(true)),
            (TOTAL_CHANGES, number("-5")),
            (TOTAL_CHANGES, number("1.5")),
            (TOTAL_CHANGES, number(&largest)),
            (TOTAL_BYTES, AttributeValue::Bool(true)),
            (TOTAL_BYTES, number(&largest)),
            ("image/png", AttributeValue::L(vec![number("1")])),
            ("image/png", number("1.5")),
            ("image/gif", AttributeValue::S("many".into())),
            ("note", AttributeValue::S("of someone".into())),
        ] {
            let mut stored = sound.clone();
            stored.insert(name.to_owned(), value.clone());
            let expected = Attributes::from([(name.to_owned(), value.clone())]);
            assert_eq!(spoiled(&stored), expected);
            let stored = StoredTotals::read(Some(&stored));
            assert!(!stored.matches(&one_png()), "{name} {value:?}");
            let new = stored.corrected(Shard::numbered(0), &one_png(), 9);
            assert!(StoredTotals::read(Some(&new)).matches(&one_png()), "{new:?}");
        }
    }

    #[test]
    fn an_item_without_a_sum_to_add_to_is_not_counted() {
        let sound = item(&[("shard", "1"), ("size", "7")]);
        let with = |name: &str, value| {
            let mut item = sound.clone();
            item.insert("contentType".into(), AttributeValue::S("image/png".into()));
            item.insert(name.into(), value);
            CountedImage::read(&item)
        };
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |number: &str| AttributeValue::N(number.to_owned());
        assert!(with("size", number("7")).is_some());
        let long = format!("image/{}", "x".repeat(300));
        for (name, value) in [
            ("contentType", text("")),
            ("contentType", text("changes")),
            ("contentType", text(&long)),
            ("contentType", number("1")),
            ("size", number("-1")),
            ("size", text("7")),
            ("shard", number("1.5")),
        ] {
            assert_eq!(with(name, value.clone()), None, "{name} {value:?}");
        }
    }

    #[test]
    fn sums_survive_json_exactly() {
        let mut totals = one_png();
        totals.bytes = i128::from(u64::MAX) * 100;
        let text = serde_json::to_string(&totals).unwrap();
        assert_eq!(serde_json::from_str::<Totals>(&text).unwrap(), totals);
    }

    #[test]
    fn the_corrected_item_has_the_counted_sums_and_a_raised_counter() {
        let stored = item(&[("image/gif", "3"), (TOTAL_BYTES, "1"), (TOTAL_CHANGES, "5")]);
        for (stored, changes) in [(Some(&stored), "14"), (None, "9")] {
            let new = StoredTotals::read(stored).corrected(Shard::numbered(0), &one_png(), 9);
            let sums = [("image/png", "1"), (TOTAL_BYTES, "7"), (TOTAL_CHANGES, changes)];
            assert_eq!(new, item(&sums));
        }
    }
}
