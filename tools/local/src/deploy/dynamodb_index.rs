//! The global secondary indexes of a DynamoDB table, and keys in general.

use aws_sdk_dynamodb::types as sdk;
use serde::Deserialize;

use super::failure::Failure;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Index {
    name: String,
    key_schemas: Vec<KeySchema>,
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    projection_type: String,
    non_key_attributes: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeySchema {
    attribute_name: String,
    /// `HASH` or `RANGE`.
    key_type: String,
}

impl Index {
    pub(super) fn build(&self) -> Result<sdk::GlobalSecondaryIndex, Failure> {
        let keys = self.key_schemas.iter().map(|it| key(&it.attribute_name, &it.key_type));
        let projection = sdk::Projection::builder()
            .projection_type(self.projection_type.as_str().into())
            .set_non_key_attributes(self.non_key_attributes.clone())
            .build();
        Ok(sdk::GlobalSecondaryIndex::builder()
            .index_name(&self.name)
            .set_key_schema(Some(keys.collect::<Result<_, _>>()?))
            .projection(projection)
            .build()?)
    }
}

/// A part of a table's or an index's key. `kind` is `HASH` or `RANGE`.
pub(super) fn key(name: &str, kind: &str) -> Result<sdk::KeySchemaElement, Failure> {
    let element = sdk::KeySchemaElement::builder().attribute_name(name).key_type(kind.into());
    Ok(element.build()?)
}

/// Whether a table has the `wanted` indexes and no others.
pub(super) fn same(
    wanted: &[sdk::GlobalSecondaryIndex],
    found: &[sdk::GlobalSecondaryIndexDescription],
) -> bool {
    let there = |index: &sdk::GlobalSecondaryIndex| {
        found.iter().any(|it| {
            it.index_name() == Some(index.index_name())
                && it.key_schema() == index.key_schema()
                && it.projection() == index.projection()
        })
    };
    wanted.len() == found.len() && wanted.iter().all(there)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn index(projection: &str) -> sdk::GlobalSecondaryIndex {
        let inputs = json!({
            "name": "by-shard", "projectionType": projection,
            "keySchemas": [{"attributeName": "shard", "keyType": "HASH"}],
        });
        serde_json::from_value::<Index>(inputs).unwrap().build().unwrap()
    }

    /// What DynamoDB says of an index that was created as `index`.
    fn described(index: sdk::GlobalSecondaryIndex) -> sdk::GlobalSecondaryIndexDescription {
        sdk::GlobalSecondaryIndexDescription::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .build()
    }

    #[test]
    fn a_table_has_its_own_indexes_and_no_others() {
        assert!(same(&[], &[]));
        assert!(same(&[index("ALL")], &[described(index("ALL"))]));
        assert!(!same(&[index("ALL")], &[described(index("KEYS_ONLY"))]));
        assert!(!same(&[index("ALL")], &[]));
        assert!(!same(&[], &[described(index("ALL"))]));
    }
}
