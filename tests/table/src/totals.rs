//! Makes totals wrong, as something other than the catalog could.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

/// Adds `by` to an attribute of a shard's totals, directly in the table.
pub async fn add(client: &Client, table: &str, shard: u32, attribute: &str, by: i64) {
    let update = client.update_item().table_name(table);
    let updated = update
        .key("s3objectkey", AttributeValue::S(format!("#totals/{shard}")))
        .update_expression("ADD #sum :by")
        .expression_attribute_names("#sum", attribute)
        .expression_attribute_values(":by", AttributeValue::N(by.to_string()))
        .send()
        .await;
    updated.unwrap_or_else(|error| panic!("{error:?}"));
}
