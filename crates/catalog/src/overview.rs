//! The overview: largest image, smallest image, and counts.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{try_join, try_join_all};

use crate::item::{Attributes, BY_SIZE, KEY, number, text};
use crate::totals::Totals;
use crate::{Catalog, CatalogError, Cost, Shard};

/// Aggregates over all images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Key of the largest image; `None` if there are no images.
    pub largest: Option<String>,
    /// Key of the smallest image; `None` if there are no images.
    pub smallest: Option<String>,
    /// Number of images per content type, without the types that have none.
    pub content_types: BTreeMap<String, u64>,
    /// Number of images.
    pub total_images: u64,
    /// Total size of all images, in bytes.
    pub total_bytes: u128,
}

/// The smallest or largest image of a shard.
struct Extreme {
    size: u64,
    key: String,
}

impl Catalog {
    /// Reads the overview with two one-row queries per shard and one batch read of the totals, all
    /// in parallel. The cost does not depend on the number of images.
    ///
    /// # Errors
    /// [`CatalogError`] if the table is unavailable, refuses a request, or has a malformed item.
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

    /// The smallest (`ascending`) or largest image of each shard; `None` for an empty shard.
    async fn extremes(&self, ascending: bool) -> Result<Vec<Option<Extreme>>, CatalogError> {
        try_join_all(self.shards.all().map(|shard| self.extreme(shard, ascending))).await
    }

    async fn extreme(
        &self,
        shard: Shard,
        ascending: bool,
    ) -> Result<Option<Extreme>, CatalogError> {
        let response = self
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
        response.items().first().map(extreme).transpose()
    }

    /// The totals items of all shards.
    async fn totals(&self) -> Result<(Vec<Attributes>, Cost), CatalogError> {
        self.get_all(self.shards.all().map(Shard::totals_key)).await
    }
}

/// Cost of the queries that returned `extremes`. There is one query for each shard.
fn queries(extremes: &[Option<Extreme>]) -> Cost {
    Cost { round_trips: extremes.len() as u64, items: extremes.iter().flatten().count() as u64 }
}

fn extreme(item: &Attributes) -> Result<Extreme, CatalogError> {
    Ok(Extreme { size: number(item, "size")?, key: text(item, KEY) })
}

/// Adds up the totals items of all shards.
fn sum(items: &[Attributes]) -> Result<Overview, CatalogError> {
    let mut totals = Totals::default();
    for item in items {
        totals.merge(&Totals::read(item)?);
    }
    let content_types = totals.content_types();
    let total_images = content_types.values().sum();
    let total_bytes = totals.bytes();
    Ok(Overview { content_types, total_images, total_bytes, ..Overview::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totals::{TOTAL_BYTES, TOTAL_CHANGES};

    fn totals(shard: &str, counts: &[(&str, i64)]) -> Attributes {
        let mut item =
            Attributes::from([(KEY.to_owned(), AttributeValue::S(format!("#totals/{shard}")))]);
        for (name, value) in counts {
            item.insert((*name).to_owned(), AttributeValue::N(value.to_string()));
        }
        item
    }

    #[test]
    fn shards_are_added_up_and_types_without_images_are_left_out() {
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

    /// Another program has spoiled the totals: the sums of the two shards cancel out
    /// (`image/jpeg`), or a sum is below zero (`image/gif` and the bytes).
    #[test]
    fn types_that_add_up_to_nothing_are_left_out() {
        let spoiled = [
            totals("0", &[("image/jpeg", 3), ("image/gif", -2), (TOTAL_BYTES, -9)]),
            totals("1", &[("image/jpeg", -3), ("image/png", 1), (TOTAL_BYTES, 4)]),
        ];
        let overview = sum(&spoiled).unwrap();
        assert_eq!(overview.content_types, BTreeMap::from([("image/png".into(), 1)]));
        assert_eq!((overview.total_images, overview.total_bytes), (1, 0));
    }

    #[test]
    fn the_error_of_a_malformed_sum_names_item_and_attribute() {
        let mut item = totals("0", &[]);
        item.insert("image/png".into(), AttributeValue::S("many".into()));
        let error = sum(&[item]).unwrap_err().to_string();
        assert!(error.contains("#totals/0") && error.contains("image/png"), "{error}");
    }
}
