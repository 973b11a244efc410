//! Requests for the rows of one shard.

use aws_sdk_dynamodb::types::AttributeValue;

use super::position::{Sort, Start};
use super::query::ListQuery;
use crate::item::{Attributes, KEY, Record, stored_bytes};
use crate::{Catalog, CatalogError, ImageRecord, Shard};

/// One row of an index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) record: ImageRecord,
}

/// One request for rows of a shard.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    pub(super) shard: Shard,
    pub(super) start: Start,
    /// Maximum number of rows.
    pub(super) limit: usize,
}

/// Response to a [`Read`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    /// Bytes that the rows take in the table.
    pub(super) bytes: usize,
    /// Key attributes of the last row that was read, if there may be more rows.
    pub(super) last: Option<Attributes>,
}

/// Condition on the key attributes of an index, with the names and values that it uses.
struct KeyCondition {
    expression: String,
    names: Vec<(&'static str, &'static str)>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl KeyCondition {
    /// The condition that selects the rows of one shard. A listing by key selects only rows with
    /// the query's key prefix. A listing by size selects only rows that meet [`Start::size`], if it
    /// is set.
    fn of(query: &ListQuery, read: &Read) -> Self {
        let mut condition = Self {
            expression: "#shard = :shard".to_owned(),
            names: vec![("#shard", "shard")],
            values: vec![(":shard", AttributeValue::N(read.shard.to_string()))],
        };
        if query.sort == Sort::Key {
            let prefix = AttributeValue::S(query.prefix.clone());
            condition.and("begins_with(#key, :prefix)", ("#key", KEY), (":prefix", prefix));
        }
        if let Some((comparison, size)) = read.start.size {
            let size = AttributeValue::N(size.to_string());
            let further = format!("#size {comparison} :size");
            condition.and(&further, ("#size", "size"), (":size", size));
        }
        condition
    }

    fn and(
        &mut self,
        further: &str,
        name: (&'static str, &'static str),
        value: (&'static str, AttributeValue),
    ) {
        self.expression = format!("{} AND {further}", self.expression);
        self.names.push(name);
        self.values.push(value);
    }
}

impl Page {
    /// The page that a response contains.
    ///
    /// # Errors
    /// [`CatalogError::MalformedItem`] if a row is not a valid image.
    fn of(items: Vec<Attributes>, last: Option<Attributes>) -> Result<Self, CatalogError> {
        let bytes = items.iter().map(stored_bytes).sum();
        let rows = items.into_iter().map(|item| {
            let (key, record) = Record::from_attributes(item)?.into_image()?;
            Ok::<_, CatalogError>(Row { key, record })
        });
        Ok(Self { rows: rows.collect::<Result<_, _>>()?, bytes, last })
    }
}

impl Catalog {
    /// Reads rows of one shard.
    pub(super) async fn read(&self, query: &ListQuery, read: &Read) -> Result<Page, CatalogError> {
        let KeyCondition { expression, names, values } = KeyCondition::of(query, read);
        let mut request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(query.sort.index())
            .key_condition_expression(expression)
            .scan_index_forward(query.sort.is_ascending())
            .set_exclusive_start_key(read.start.after.clone())
            .limit(i32::try_from(read.limit).unwrap_or(i32::MAX));
        for (name, attribute) in names {
            request = request.expression_attribute_names(name, attribute);
        }
        for (name, value) in values {
            request = request.expression_attribute_values(name, value);
        }
        let response = request.send().await?;
        Page::of(response.items.unwrap_or_default(), response.last_evaluated_key)
    }
}
