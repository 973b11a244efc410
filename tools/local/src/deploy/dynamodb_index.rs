//! Global secondary indexes of a DynamoDB table, and the keys of tables and indexes.

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

/// One attribute of the key of a table or an index. `kind` is `HASH` or `RANGE`.
pub(super) fn key(name: &str, kind: &str) -> Result<sdk::KeySchemaElement, Failure> {
    let element = sdk::KeySchemaElement::builder().attribute_name(name).key_type(kind.into());
    Ok(element.build()?)
}

/// Returns true if a table has the `wanted` indexes and no others.
pub(super) fn same_indexes(
    wanted: &[sdk::GlobalSecondaryIndex],
    found: &[sdk::GlobalSecondaryIndexDescription],
) -> bool {
    let exists = |index: &sdk::GlobalSecondaryIndex| {
        found.iter().any(|it| {
            it.index_name() == Some(index.index_name())
                && it.key_schema() == index.key_schema()
                && it.projection() == index.projection()
        })
    };
    wanted.len() == found.len() && wanted.iter().all(exists)
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

    /// The description of `index` that DynamoDB returns.
    fn described(index: sdk::GlobalSecondaryIndex) -> sdk::GlobalSecondaryIndexDescription {
        sdk::GlobalSecondaryIndexDescription::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .build()
    }

    #[test]
    fn a_table_has_its_own_indexes_and_no_others() {
        assert!(same_indexes(&[], &[]));
        assert!(same_indexes(&[index("ALL")], &[described(index("ALL"))]));
        assert!(!same_indexes(&[index("ALL")], &[described(index("KEYS_ONLY"))]));
        assert!(!same_indexes(&[index("ALL")], &[]));
        assert!(!same_indexes(&[], &[described(index("ALL"))]));
    }
}
