//! The table as `pulumi/Main.yaml` describes it; the test `described.rs` compares the two.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
};
use aws_sdk_dynamodb::{Client, Error, error::BuildError};

/// Attributes of the keys of table and indexes.
const ATTRIBUTES: [(&str, ScalarAttributeType); 3] = [
    ("s3objectkey", ScalarAttributeType::S),
    ("shard", ScalarAttributeType::N),
    ("size", ScalarAttributeType::N),
];

/// Indexes, each with its hash and its range key.
const INDEXES: [(&str, &str, &str); 2] =
    [("by-size", "shard", "size"), ("by-key", "shard", "s3objectkey")];

/// Creates the table, and sets the attribute that states when an item expires.
pub(crate) async fn create(client: &Client, name: &str) -> Result<(), Error> {
    let mut request = client.create_table().table_name(name);
    request = request
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("s3objectkey", KeyType::Hash)?);
    for (attribute, kind) in ATTRIBUTES {
        let attribute = AttributeDefinition::builder().attribute_name(attribute);
        request = request.attribute_definitions(attribute.attribute_type(kind).build()?);
    }
    for (index, hash, range) in INDEXES {
        let all = Projection::builder().projection_type(ProjectionType::All).build();
        let index = GlobalSecondaryIndex::builder().index_name(index).projection(all);
        let index = index.key_schema(key(hash, KeyType::Hash)?);
        let index = index.key_schema(key(range, KeyType::Range)?);
        request = request.global_secondary_indexes(index.build()?);
    }
    request.send().await?;
    let ttl = TimeToLiveSpecification::builder().attribute_name("expiresAt").enabled(true);
    let request = client.update_time_to_live().table_name(name);
    request.time_to_live_specification(ttl.build()?).send().await?;
    Ok(())
}

fn key(attribute: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder().attribute_name(attribute).key_type(kind).build()
}
