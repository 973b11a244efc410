//! The overview: largest, smallest and counts.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::{try_join, try_join_all};

use crate::item::{Attributes, KEY, text};
use crate::record::{TOTAL_BYTES, TOTAL_CHANGES};
use crate::{Catalog, CatalogError, Cost, Shard};

/// Name of the index from `shard` and `size` to images.
const BY_SIZE: &str = "by-size";

/// Batches that are asked for before the answer is given up.
const MAX_BATCHES: u32 = 5;

/// What the catalog holds as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Key of the largest image; none when there are no images.
    pub largest: Option<String>,
    /// Key of the smallest image.
    pub smallest: Option<String>,
    /// Number of images per content type; a type without images is left out.
    pub content_types: BTreeMap<String, u64>,
    /// Number of images.
    pub total_images: u64,
    /// Bytes of all images together.
    pub total_bytes: u128,
}

/// One end of the sizes in one shard.
struct Extreme {
    size: u64,
    key: String,
}

impl Catalog {
    /// Reads the overview: two one-row queries for each shard and one batch read of the totals,
    /// all at once, whatever the number of images.
    ///
    /// # Errors
    /// [`CatalogError`] when the table does not answer or refuses.
    pub async fn overview(&self) -> Result<(Overview, Cost), CatalogError> {
        let ((largest, smallest), (totals, read)) =
            try_join(try_join(self.extremes(false), self.extremes(true)), self.totals()).await?;
        let mut cost = read;
        cost += queries(&largest);
        cost += queries(&smallest);
        let mut overview = sum(&totals)?;
        overview.largest = largest
            .into_iter()
            .flatten()
            .max_by(|a, b| a.size.cmp(&b.size).then_with(|| b.key.cmp(&a.key)))
            .map(|extreme| extreme.key);
        overview.smallest = smallest
            .into_iter()
            .flatten()
            .min_by(|a, b| a.size.cmp(&b.size).then_with(|| a.key.cmp(&b.key)))
            .map(|extreme| extreme.key);
        Ok((overview, cost))
    }

    async fn extremes(&self, ascending: bool) -> Result<Vec<Option<Extreme>>, CatalogError> {
        try_join_all(self.shards.all().map(|shard| self.extreme(shard, ascending))).await
    }

    async fn extreme(
        &self,
        shard: Shard,
        ascending: bool,
    ) -> Result<Option<Extreme>, CatalogError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_SIZE)
            .key_condition_expression("#shard = :shard")
            .expression_attribute_values(":shard", AttributeValue::N(shard.to_string()))
            .projection_expression("s3objectkey, #size")
            .expression_attribute_names("#shard", "shard")
            .expression_attribute_names("#size", "size")
            .scan_index_forward(ascending)
            .limit(1)
            .send()
            .await?;
        answer.items().first().map(extreme).transpose()
    }

    /// The totals items of all shards.
    async fn totals(&self) -> Result<(Vec<Attributes>, Cost), CatalogError> {
        self.get_all(self.shards.all().map(Shard::totals_key)).await
    }

    /// The items with these keys, 100 at the most. DynamoDB may leave some of a batch unread; those
    /// are asked for again.
    pub(crate) async fn get_all(
        &self,
        keys: impl Iterator<Item = String>,
    ) -> Result<(Vec<Attributes>, Cost), CatalogError> {
        let keys = keys.map(|key| Attributes::from([(KEY.to_owned(), AttributeValue::S(key))]));
        let mut wanted = Some(keys.collect::<Vec<_>>());
        let (mut read, mut cost) = (Vec::new(), Cost::default());
        for attempt in 0..MAX_BATCHES {
            let Some(keys) = wanted.take() else { return Ok((read, cost)) };
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(25 << attempt)).await;
            }
            let (items, unread) = self.batch(keys).await?;
            cost += Cost::request(items.len());
            read.extend(items);
            wanted = unread;
        }
        match wanted {
            None => Ok((read, cost)),
            Some(_) => Err(CatalogError::TableUnavailable("items were left unread".into())),
        }
    }

    async fn batch(
        &self,
        keys: Vec<Attributes>,
    ) -> Result<(Vec<Attributes>, Option<Vec<Attributes>>), CatalogError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .build()
            .map_err(|error| CatalogError::TableRefused(error.to_string()))?;
        let answer =
            self.client.batch_get_item().request_items(&self.table, request).send().await?;
        let items = answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default();
        let unread = answer.unprocessed_keys.and_then(|mut unread| unread.remove(&self.table));
        Ok((items, unread.map(|unread| unread.keys)))
    }
}

fn queries(answers: &[Option<Extreme>]) -> Cost {
    Cost { round_trips: answers.len() as u64, items: answers.iter().flatten().count() as u64 }
}

fn extreme(item: &Attributes) -> Result<Extreme, CatalogError> {
    let key = text(item, KEY);
    let size = number(item.get("size")).ok_or_else(|| malformed(&key, "size"))?;
    Ok(Extreme { size, key })
}

/// Adds the totals of all shards up.
fn sum(totals: &[Attributes]) -> Result<Overview, CatalogError> {
    let mut overview = Overview::default();
    let mut counts = BTreeMap::<String, i128>::new();
    let mut bytes = 0_i128;
    for item in totals {
        for (name, value) in item.iter().filter(|(name, _)| is_sum(name)) {
            let value: i128 =
                number(Some(value)).ok_or_else(|| malformed(&text(item, KEY), name))?;
            if name == TOTAL_BYTES {
                bytes += value;
            } else {
                *counts.entry(name.clone()).or_default() += value;
            }
        }
    }
    overview.content_types = counts
        .into_iter()
        .filter_map(|(name, images)| u64::try_from(images).ok().map(|images| (name, images)))
        .filter(|(_, images)| *images > 0)
        .collect();
    overview.total_images = overview.content_types.values().sum();
    overview.total_bytes = u128::try_from(bytes).unwrap_or_default();
    Ok(overview)
}

/// Whether an attribute of a totals item is a sum over images.
pub(crate) fn is_sum(name: &str) -> bool {
    name != KEY && name != TOTAL_CHANGES
}

pub(crate) fn number<N: std::str::FromStr>(value: Option<&AttributeValue>) -> Option<N> {
    value?.as_n().ok()?.parse().ok()
}

pub(crate) fn malformed(key: &str, attribute: &str) -> CatalogError {
    CatalogError::MalformedItem {
        key: key.to_owned(),
        message: format!("{attribute} is not a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(shard: &str, counts: &[(&str, i64)]) -> Attributes {
        let mut item =
            Attributes::from([(KEY.to_owned(), AttributeValue::S(format!("#totals/{shard}")))]);
        for (name, value) in counts {
            item.insert((*name).to_owned(), AttributeValue::N(value.to_string()));
        }
        item
    }

    #[test]
    fn shards_are_added_up_and_types_without_images_left_out() {
        let overview = sum(&[
            totals(
                "0",
                &[("image/jpeg", 3), ("image/png", 1), (TOTAL_BYTES, 400), (TOTAL_CHANGES, 9)],
            ),
            totals("5", &[("image/jpeg", 1), ("image/gif", 0), (TOTAL_BYTES, 60)]),
        ])
        .unwrap();
        let expected = BTreeMap::from([("image/jpeg".into(), 4), ("image/png".into(), 1)]);
        assert_eq!(overview.content_types, expected);
        assert_eq!((overview.total_images, overview.total_bytes), (5, 460));
    }

    #[test]
    fn an_attribute_that_is_no_number_is_an_error_that_names_it() {
        let mut item = totals("0", &[]);
        item.insert("image/png".into(), AttributeValue::S("many".into()));
        let error = sum(&[item]).unwrap_err().to_string();
        assert!(error.contains("#totals/0") && error.contains("image/png"), "{error}");
    }
}
