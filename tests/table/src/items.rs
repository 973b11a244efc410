//! Reads whole tables directly from the database, in a fraction of the time that a client needs.

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{AttributeValue as Stored, Database};

use crate::snapshot::Item;

/// Every item of a table, or of one of its indexes.
pub(crate) fn items(database: &Database, table: &str, index: Option<&str>) -> Vec<Item> {
    let (mut items, mut exclusive_start_key) = (Vec::new(), None);
    loop {
        let request = ScanRequest {
            table_name: table.to_owned(),
            index_name: index.map(str::to_owned),
            exclusive_start_key,
            ..ScanRequest::default()
        };
        let page = database.scan(request).expect("the table can be scanned");
        for item in page.items.unwrap_or_default() {
            items.push(item.into_iter().map(|(name, value)| (name, attribute(value))).collect());
        }
        exclusive_start_key = page.last_evaluated_key;
        if exclusive_start_key.is_none() {
            return items;
        }
    }
}

fn attribute(value: Stored) -> AttributeValue {
    match value {
        Stored::S(text) => AttributeValue::S(text),
        Stored::N(number) => AttributeValue::N(number),
        Stored::BOOL(value) => AttributeValue::Bool(value),
        Stored::M(map) => {
            AttributeValue::M(map.into_iter().map(|(name, it)| (name, attribute(it))).collect())
        }
        other => panic!("{other:?}: items here have no attribute of this type"),
    }
}
