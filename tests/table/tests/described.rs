//! Checks that the table in a test's process is the one that `pulumi/Main.yaml` describes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test helper that cannot continue panics")]

use std::path::Path;

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, TableDescription};
use pulumi_program::{Program, Stack, offline};
use serde_json::{Value, json};
use test_table::TestTable;

/// The table's properties in the Pulumi program that decide what a request does. All other
/// properties are about billing, backups and deletion.
const PROPERTIES: [&str; 4] = ["attributes", "globalSecondaryIndexes", "hashKey", "ttl"];

fn described() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = Program::load(&root).unwrap();
    let stack = Stack::load(&root, &program, "dev").unwrap();
    let deployment = offline::evaluate(&program, &stack).unwrap();
    let [table] = deployment.of_type("aws:dynamodb:Table").collect::<Vec<_>>()[..] else {
        panic!("the program has more than one table, or none")
    };
    let inputs = &table.inputs;
    assert!(inputs.get("rangeKey").or(inputs.get("localSecondaryIndexes")).is_none());
    PROPERTIES.iter().map(|name| ((*name).to_owned(), inputs[*name].clone())).collect()
}

fn attributes(table: &TableDescription) -> Value {
    let attributes = table.attribute_definitions().iter();
    attributes
        .map(|it| json!({"name": it.attribute_name, "type": it.attribute_type.as_str()}))
        .collect()
}

fn key(schema: &[KeySchemaElement]) -> Value {
    let key = |it: &KeySchemaElement| json!({"attributeName": it.attribute_name, "keyType": it.key_type.as_str()});
    schema.iter().map(key).collect()
}

fn indexes(table: &TableDescription) -> Value {
    let indexes = table.global_secondary_indexes().iter().map(|index| {
        let projection = index.projection.as_ref().unwrap().projection_type.as_ref().unwrap();
        json!({
            "name": index.index_name, "keySchemas": key(index.key_schema()),
            "projectionType": projection.as_str(),
        })
    });
    indexes.collect()
}

/// Sorts an array of objects by their `name`.
fn by_name(value: &mut Value) {
    let array = value.as_array_mut().unwrap();
    array.sort_by_key(|it| it["name"].as_str().unwrap().to_owned());
}

#[tokio::test]
async fn the_table_is_the_one_that_the_program_describes() {
    let table = TestTable::create().await;
    let described = described();
    let response = table.client().describe_table().table_name(TestTable::NAME).send().await;
    let here = response.unwrap().table.unwrap();
    let [hash] = here.key_schema() else { panic!("{:?}", here.key_schema()) };
    assert_eq!(hash.key_type, KeyType::Hash);
    let ttl = table.client().describe_time_to_live().table_name(TestTable::NAME).send().await;
    let ttl = ttl.unwrap().time_to_live_description.unwrap();
    let mut actual = json!({
        "attributes": attributes(&here),
        "globalSecondaryIndexes": indexes(&here),
        "hashKey": hash.attribute_name,
        "ttl": {"attributeName": ttl.attribute_name, "enabled": true},
    });
    let mut expected = described;
    for value in [&mut actual, &mut expected] {
        by_name(&mut value["attributes"]);
        by_name(&mut value["globalSecondaryIndexes"]);
    }
    assert_eq!(actual, expected);
    assert_eq!(ttl.time_to_live_status.unwrap().as_str(), "ENABLED");
}
