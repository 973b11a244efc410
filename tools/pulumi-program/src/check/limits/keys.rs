//! Checks that a table's attributes, keys and indexes fit together.
//!
//! Rules: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>

use std::collections::BTreeSet;

use crate::check::Checker;
use crate::check::read::{elements, field, text};
use crate::document::Resource;
use crate::expression::{Expression, Kind};

impl Checker<'_> {
    pub(super) fn table_keys(&mut self, table: &Resource) {
        if table.type_token != "aws:dynamodb:Table" {
            return;
        }
        let indexes = elements(field(&table.properties, "globalSecondaryIndexes"));
        let mut keys: BTreeSet<String> = ["hashKey", "rangeKey"]
            .iter()
            .filter_map(|key| field(&table.properties, key).and_then(text))
            .map(str::to_owned)
            .collect();
        let mut names = BTreeSet::new();
        for index in &indexes {
            keys.extend(self.index_keys(index));
            if let Some(name) = name(index, "name")
                && !names.insert(name)
            {
                self.error(&index.place, format!("two indexes are named {name}"));
            }
        }
        self.attributes(table, &keys);
    }

    /// Returns the key attributes of an index, and requires that they are one `HASH` key and at
    /// most one `RANGE` key.
    fn index_keys(&mut self, index: &Expression) -> Vec<String> {
        let Kind::Object(entries) = &index.kind else { return Vec::new() };
        let schemas = elements(field(entries, "keySchemas"));
        if schemas.is_empty() {
            return Vec::new();
        }
        let count = |kind| schemas.iter().filter(|it| name(it, "keyType") == Some(kind)).count();
        if count("HASH") != 1 || count("RANGE") > 1 {
            let message = "an index must have one HASH key, and at most one RANGE key";
            self.error(&index.place.key("keySchemas"), message);
        }
        schemas.iter().filter_map(|it| name(it, "attributeName")).map(str::to_owned).collect()
    }

    /// As `DynamoDB` does, requires that the declared attributes are exactly the keys of the table
    /// and of its indexes.
    fn attributes(&mut self, table: &Resource, keys: &BTreeSet<String>) {
        let written = elements(field(&table.properties, "attributes"));
        let attributes: BTreeSet<String> =
            written.iter().filter_map(|it| name(it, "name")).map(str::to_owned).collect();
        let place = field(&table.properties, "attributes")
            .map_or(&table.properties_place, |attributes| &attributes.place);
        for key in keys.difference(&attributes) {
            self.error(place, format!("the key {key} is not declared as an attribute"));
        }
        for attribute in attributes.difference(keys) {
            self.error(
                place,
                format!("the attribute {attribute} is not a key: only keys are declared"),
            );
        }
    }
}

/// The value of an object's property `key`, if the value is a constant string.
fn name<'e>(expression: &'e Expression, key: &str) -> Option<&'e str> {
    match &expression.kind {
        Kind::Object(entries) => field(entries, key).and_then(text),
        _ => None,
    }
}
