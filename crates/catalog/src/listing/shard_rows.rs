//! The rows of one shard, in order.

use std::cmp::Ordering;
use std::collections::VecDeque;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::ListQuery;
use super::position::{Sort, Start};
use crate::item::{Attributes, KEY, Record, RecordState};
use crate::{Catalog, CatalogError, Cost, ImageRecord, Shard};

/// One image of an index.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) record: ImageRecord,
}

/// What is read of one shard, and how it goes on.
#[derive(Debug)]
pub(super) struct ShardRows<'a> {
    shard: Shard,
    query: &'a ListQuery,
    start: Start,
    rows: VecDeque<Row>,
    /// Whether there may be rows that have not been read.
    is_open: bool,
}

impl<'a> ShardRows<'a> {
    pub(super) fn new(shard: Shard, query: &'a ListQuery) -> Self {
        let start = query.after.as_ref().map(|after| after.start(shard)).unwrap_or_default();
        Self { shard, query, start, rows: VecDeque::new(), is_open: true }
    }

    pub(super) fn shard(&self) -> Shard {
        self.shard
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the merge has to wait for this shard.
    pub(super) fn is_starved(&self) -> bool {
        self.is_open && self.rows.is_empty()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        !self.is_open && self.rows.is_empty()
    }

    pub(super) fn first(&self) -> Option<&Row> {
        self.rows.front()
    }

    pub(super) fn take(&mut self) -> Option<Row> {
        self.rows.pop_front()
    }

    /// Which of two shards has the row that comes first.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let (Some(a), Some(b)) = (self.first(), other.first()) else { return Ordering::Equal };
        let by_size = a.record.object.size.cmp(&b.record.object.size);
        match self.query.sort {
            Sort::Key => a.key.cmp(&b.key),
            Sort::SmallestFirst => by_size.then(self.shard.cmp(&other.shard)),
            Sort::LargestFirst => by_size.reverse().then(self.shard.cmp(&other.shard)),
        }
    }

    /// Reads on, unless this many rows are there already.
    pub(super) async fn read_ahead(
        &mut self,
        catalog: &Catalog,
        rows: usize,
    ) -> Result<Cost, CatalogError> {
        let missing = rows.saturating_sub(self.rows.len());
        if !self.is_open || missing == 0 {
            return Ok(Cost::default());
        }
        let limit = i32::try_from(missing).unwrap_or(i32::MAX);
        let answer = self.request(catalog).limit(limit).send().await?;
        let items = answer.items.unwrap_or_default();
        let cost = Cost::request(items.len());
        for item in items {
            self.rows.push_back(row(item)?);
        }
        self.is_open = answer.last_evaluated_key.is_some();
        self.start.after = answer.last_evaluated_key;
        Ok(cost)
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

/// Only images are in the indexes.
fn row(item: Attributes) -> Result<Row, CatalogError> {
    let record = Record::from_attributes(item)?;
    match record.state {
        RecordState::Image(image) => Ok(Row { key: record.key, record: image }),
        RecordState::Rejected { .. } | RecordState::Absent { .. } => {
            let message = "it has a shard, but is no image".to_owned();
            Err(CatalogError::MalformedItem { key: record.key, message })
        }
    }
}
