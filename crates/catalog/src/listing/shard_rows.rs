//! The rows of one shard, in order.

use std::cmp::Ordering;
use std::collections::VecDeque;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::budget::Read;
use super::position::{Position, Sort, Start};
use super::query::ListQuery;
use crate::item::{Attributes, KEY, Record, stored_bytes};
use crate::{Catalog, CatalogError, ImageRecord, Shard};

/// One row of an index.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) record: ImageRecord,
}

/// Rows of one shard that have been read ahead, and the start of those that have not.
#[derive(Debug)]
pub(super) struct ShardRows<'a> {
    shard: Shard,
    query: &'a ListQuery,
    start: Start,
    rows: VecDeque<Row>,
    /// True if there may be rows that have not been read.
    is_open: bool,
}

impl<'a> ShardRows<'a> {
    pub(super) fn new(shard: Shard, query: &'a ListQuery) -> Self {
        let start = query.after.as_ref().map(|after| after.start(shard)).unwrap_or_default();
        Self { shard, query, start, rows: VecDeque::new(), is_open: true }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// True if the merge cannot continue before this shard is read further.
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
            sort: self.query.sort,
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
        match self.query.sort {
            Sort::Key => a.key.cmp(&b.key),
            Sort::SmallestFirst => by_size.then(self.shard.cmp(&other.shard)),
            Sort::LargestFirst => by_size.reverse().then(self.shard.cmp(&other.shard)),
        }
    }

    /// Reads until this many rows are ahead, in one request; makes none, and returns `None`, if
    /// they already are.
    pub(super) async fn read_ahead(
        &mut self,
        catalog: &Catalog,
        rows: usize,
    ) -> Result<Option<Read>, CatalogError> {
        let missing = rows.saturating_sub(self.rows.len());
        if !self.is_open || missing == 0 {
            return Ok(None);
        }
        let limit = i32::try_from(missing).unwrap_or(i32::MAX);
        let response = self.request(catalog).limit(limit).send().await?;
        let items = response.items.unwrap_or_default();
        let read = Read { rows: items.len(), bytes: items.iter().map(stored_bytes).sum() };
        for item in items {
            self.rows.push_back(row(item)?);
        }
        self.is_open = response.last_evaluated_key.is_some();
        self.start.after = response.last_evaluated_key;
        Ok(Some(read))
    }

    fn request(&self, catalog: &Catalog) -> QueryFluentBuilder {
        let sort = self.query.sort;
        let mut request = catalog
            .client
            .query()
            .table_name(&catalog.table)
            .index_name(sort.index())
            .expression_attribute_names("#shard", "shard")
            .expression_attribute_values(":shard", AttributeValue::N(self.shard.to_string()))
            .scan_index_forward(sort.is_ascending())
            .set_exclusive_start_key(self.start.after.clone());
        let mut condition = "#shard = :shard".to_owned();
        if sort == Sort::Key {
            condition.push_str(" AND begins_with(#key, :prefix)");
            request = request.expression_attribute_names("#key", KEY).expression_attribute_values(
                ":prefix",
                AttributeValue::S(self.query.prefix.clone()),
            );
        }
        if let Some((comparison, size)) = self.start.size {
            condition = format!("{condition} AND #size {comparison} :size");
            request = request
                .expression_attribute_names("#size", "size")
                .expression_attribute_values(":size", AttributeValue::N(size.to_string()));
        }
        request.key_condition_expression(condition)
    }
}

fn row(item: Attributes) -> Result<Row, CatalogError> {
    let (key, record) = Record::from_attributes(item)?.into_image()?;
    Ok(Row { key, record })
}
