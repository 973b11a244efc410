//! A stand-in for DynamoDB that speaks its JSON 1.0 protocol
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>).

use serde_json::{Value, json};

use super::collection::{Collection, Item, string};
use crate::http::Response;

const KEY: &str = "s3objectkey";

/// The response to an operation; `None` for a request that no function makes.
pub(super) fn respond(
    collection: &Collection,
    target: &str,
    body: &[u8],
) -> Option<http::Result<Response>> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let output = match target.strip_prefix("DynamoDB_20120810.")? {
        "GetItem" => get_item(collection, &request),
        "BatchGetItem" => batch_get_item(collection, &request),
        "Query" => query(collection, &request)?,
        "Scan" => scan(collection, &request),
        "PutItem" | "UpdateItem" | "TransactWriteItems" => json!({}),
        _ => return None,
    };
    let response = http::Response::builder()
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amzn-requestid", "AK7GIS2HAHH2EAAA3FH4BVQ1UJVV4KQNSO5AEMVJF66Q9ASUAAJG");
    Some(response.body(output.to_string().into()))
}

fn key(key: &Value) -> &str {
    key[KEY]["S"].as_str().unwrap_or_default()
}

/// Responds to `GetItem`. Without an item, the response has no member `Item`.
fn get_item(collection: &Collection, request: &Value) -> Value {
    let item = collection.item(key(&request["Key"]));
    item.map_or_else(|| json!({}), |item| json!({"Item": item}))
}

fn batch_get_item(collection: &Collection, request: &Value) -> Value {
    let tables = request["RequestItems"].as_object().into_iter().flatten();
    let responses = tables.map(|(table, wanted)| {
        let keys = wanted["Keys"].as_array().into_iter().flatten();
        (table.clone(), keys.filter_map(|wanted| collection.item(key(wanted))).collect::<Value>())
    });
    json!({"Responses": responses.collect::<serde_json::Map<_, _>>(), "UnprocessedKeys": {}})
}

/// Responds to `Query` with a page of one shard's images, in the order of the requested index or in
/// reverse. Returns `None` if the request lacks the shard or the index, or if the index is unknown.
fn query(collection: &Collection, request: &Value) -> Option<Value> {
    let shard = request["ExpressionAttributeValues"][":shard"]["N"].as_str()?;
    let mut rows: Vec<&Item> =
        collection.images.iter().filter(|item| string(item, "shard") == shard).collect();
    match request["IndexName"].as_str()? {
        "by-key" => rows.sort_by_key(|item| string(item, KEY)),
        "by-size" => rows.sort_by_key(|item| string(item, "size").parse::<u64>().ok()),
        _ => return None,
    }
    if request["ScanIndexForward"] == Value::Bool(false) {
        rows.reverse();
    }
    if let Some(start) = request.get("ExclusiveStartKey") {
        let read = rows.iter().take_while(|item| string(item, KEY) != key(start)).count() + 1;
        rows.drain(..read.min(rows.len()));
    }
    Some(page(&rows, request, &[KEY, "shard", "size"]))
}

/// A page of the images of one segment. The totals are left out, because every function that scans
/// the table ignores them.
fn scan(collection: &Collection, request: &Value) -> Value {
    let segment = request["Segment"].as_u64().unwrap_or(0);
    let total = request["TotalSegments"].as_u64().unwrap_or(1);
    let rows = (0..).zip(&collection.images).filter(|(number, _)| number % total == segment);
    page(&rows.map(|(_, item)| item).collect::<Vec<_>>(), request, &[KEY])
}

/// The first `Limit` rows, with the key to continue from if there are more.
fn page(rows: &[&Item], request: &Value, key: &[&str]) -> Value {
    let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let shown = &rows[..limit.unwrap_or(rows.len()).min(rows.len())];
    let items: Value = shown.iter().map(|item| projected(item, request)).collect();
    let mut page = json!({"Items": items, "Count": shown.len(), "ScannedCount": shown.len()});
    if shown.len() < rows.len()
        && let Some(last) = shown.last()
    {
        page["LastEvaluatedKey"] = select(last, key);
    }
    page
}

/// The attributes that `ProjectionExpression` names, or all attributes if the request has no such
/// expression.
fn projected(item: &Item, request: &Value) -> Value {
    let Some(expression) = request["ProjectionExpression"].as_str() else {
        return Value::Object(item.clone());
    };
    let names = expression.split(',').map(str::trim);
    let names =
        names.map(|name| request["ExpressionAttributeNames"][name].as_str().unwrap_or(name));
    select(item, &names.collect::<Vec<_>>())
}

fn select(item: &Item, names: &[&str]) -> Value {
    let attributes = item.iter().filter(|(name, _)| names.contains(&name.as_str()));
    Value::Object(attributes.map(|(name, value)| (name.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(page: &Value) -> Vec<&str> {
        page["Items"].as_array().unwrap().iter().map(key).collect()
    }

    fn by_size(limit: u64, start: Option<&Value>) -> Value {
        let mut request = json!({
            "IndexName": "by-size", "ScanIndexForward": false, "Limit": limit,
            "ProjectionExpression": "s3objectkey, #size",
            "ExpressionAttributeNames": {"#size": "size"},
            "ExpressionAttributeValues": {":shard": {"N": "0"}},
        });
        if let Some(start) = start {
            request["ExclusiveStartKey"] = start.clone();
        }
        query(&Collection::new(), &request).unwrap()
    }

    #[test]
    fn pages_of_an_index_follow_each_other_to_the_end() {
        let first = by_size(3, None);
        assert_eq!(
            keys(&first),
            ["uploads/cat.jpg", "uploads/holiday/008.jpg", "uploads/holiday/016.jpg"]
        );
        let second = by_size(3, Some(&first["LastEvaluatedKey"]));
        assert_eq!(keys(&second), ["uploads/holiday/024.jpg"]);
        assert_eq!(second.get("LastEvaluatedKey"), None);
    }

    #[test]
    fn a_projection_leaves_the_rest_out() {
        let names: Vec<_> =
            by_size(1, None)["Items"][0].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["s3objectkey", "size"]);
    }

    #[test]
    fn a_key_without_an_item_has_none() {
        let request = |key: &str| json!({"Key": {KEY: {"S": key}}});
        let found = get_item(&Collection::new(), &request("uploads/cat.jpg"));
        assert_eq!(key(&found["Item"]), "uploads/cat.jpg");
        assert_eq!(get_item(&Collection::new(), &request("#connect")), json!({}));
    }

    #[test]
    fn segments_hold_every_image_once() {
        let segment = |segment: u64| json!({"Segment": segment, "TotalSegments": 5});
        let scanned = (0..5).map(|it| scan(&Collection::new(), &segment(it)));
        let scanned: usize = scanned.map(|page| keys(&page).len()).sum();
        assert_eq!(scanned, 32);
    }

    #[test]
    fn an_operation_that_no_function_calls_has_no_answer() {
        assert!(respond(&Collection::new(), "DynamoDB_20120810.DeleteTable", b"{}").is_none());
    }
}
