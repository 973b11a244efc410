//! The table as `pulumi/Main.yaml` describes it.

use std::path::Path;
use std::sync::LazyLock;

use pulumi_program::{Program, Stack, offline};
use serde_json::{Value, json};

/// The properties of the table in the Pulumi program.
static TABLE: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = Program::load(&root).expect("a valid program");
    let stack = Stack::load(&root, &program, "dev").expect("a valid stack");
    let deployment = offline::evaluate(&program, &stack).expect("a program that can be evaluated");
    let [table] = deployment.of_type("aws:dynamodb:Table").collect::<Vec<_>>()[..] else {
        panic!("the program has more than one table, or none")
    };
    assert!(table.inputs.get("rangeKey").or(table.inputs.get("localSecondaryIndexes")).is_none());
    table.inputs.clone().into()
});

/// The body of the request `CreateTable`.
pub(crate) fn create_table(name: &str) -> Value {
    let attributes = list(&TABLE["attributes"])
        .map(|it| json!({"AttributeName": it["name"], "AttributeType": it["type"]}));
    let indexes = list(&TABLE["globalSecondaryIndexes"]).map(|it| {
        let keys = list(&it["keySchemas"])
            .map(|key| json!({"AttributeName": key["attributeName"], "KeyType": key["keyType"]}));
        json!({
            "IndexName": it["name"], "KeySchema": keys.collect::<Value>(),
            "Projection": {"ProjectionType": it["projectionType"]},
        })
    });
    json!({
        "TableName": name, "BillingMode": TABLE["billingMode"],
        "KeySchema": [{"AttributeName": TABLE["hashKey"], "KeyType": "HASH"}],
        "AttributeDefinitions": attributes.collect::<Value>(),
        "GlobalSecondaryIndexes": indexes.collect::<Value>(),
    })
}

/// The body of the request `UpdateTimeToLive`, which names the attribute that states when an item
/// expires.
pub(crate) fn time_to_live(name: &str) -> Value {
    let (attribute, enabled) = (&TABLE["ttl"]["attributeName"], &TABLE["ttl"]["enabled"]);
    let specification = json!({"AttributeName": attribute, "Enabled": enabled});
    json!({"TableName": name, "TimeToLiveSpecification": specification})
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}
