//! Request units by DynamoDB's rules
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).
//! The emulator does not compute them.

use std::collections::BTreeMap;

use harness::proxy::Call;
use harness::snapshot::Item;
use serde_json::Value;

/// Write units that a call takes from the table. A write takes one unit, or two in a transaction,
/// even if its condition fails. Every item is below 1 KB: the test in `write_cost.rs` of
/// `crates/catalog` would notice a larger one.
pub(super) fn writes(call: &Call) -> f64 {
    match call.operation.as_str() {
        "TransactWriteItems" => 2.0 * items(&json(&call.request)["TransactItems"]),
        "PutItem" | "UpdateItem" | "DeleteItem" => 1.0,
        _ => 0.0,
    }
}

/// Read units that a call takes: one for each 4 KB or part of 4 KB. A query is charged for the
/// total size of its items, a batch for each item separately. Eventual consistency halves the
/// units, and a transaction doubles them.
pub(super) fn reads(call: &Call) -> f64 {
    let (request, response) = (json(&call.request), json(&call.response));
    match call.operation.as_str() {
        "GetItem" => consistency(&request) * blocks(item_bytes(&response["Item"])),
        "Query" => {
            let all = response["Items"].as_array().map(|items| items.iter().map(item_bytes).sum());
            consistency(&request) * blocks(all.unwrap_or_default())
        }
        "BatchGetItem" => tables(&request).map(|of| consistency(of) * items(&of["Keys"])).sum(),
        "TransactGetItems" => 2.0 * items(&request["TransactItems"]),
        _ => 0.0,
    }
}

/// Number of rounds in which a function of the API sent `calls`. All calls of a round are sent at
/// the same time. A round has at most one `BatchGetItem`, and at most one query for each pair of
/// shard and sort order. So the queries for each pair are counted, and also the `BatchGetItem`
/// calls. The largest count is the number of rounds.
pub(super) fn rounds(calls: &[Call]) -> u32 {
    let mut rounds: BTreeMap<String, u32> = BTreeMap::new();
    for call in calls {
        let request = json(&call.request);
        let shard = &request["ExpressionAttributeValues"][":shard"];
        *rounds.entry(format!("{shard} {}", request["ScanIndexForward"])).or_default() += 1;
    }
    rounds.into_values().max().unwrap_or_default()
}

/// Write units of the indexes `by-size` and `by-key`: one for each entry that is added, deleted or
/// updated. A change of an entry's keys takes two, because the old entry is deleted and a new one
/// is added. An entry whose keys stay the same is updated by every change of the item, because both
/// indexes project the revision.
pub(super) fn index_writes(before: Option<&Item>, after: Option<&Item>) -> f64 {
    let entry = |item: Option<&Item>, sort: &str| {
        item.and_then(|item| Some((item.get("shard")?.clone(), item.get(sort)?.clone())))
    };
    let entries = |sort| match (entry(before, sort), entry(after, sort)) {
        (None, None) => 0.0,
        (Some(old), Some(new)) if old != new => 2.0,
        (Some(_), Some(_)) if before == after => 0.0,
        _ => 1.0,
    };
    entries("size") + entries("s3objectkey")
}

fn consistency(request: &Value) -> f64 {
    if request["ConsistentRead"] == true { 1.0 } else { 0.5 }
}

fn tables(request: &Value) -> impl Iterator<Item = &Value> {
    request["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values())
}

fn items(list: &Value) -> f64 {
    let items = list.as_array().map_or(0, Vec::len);
    f64::from(u32::try_from(items).unwrap())
}

fn blocks(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes.div_ceil(4096).max(1)).unwrap())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// The size that DynamoDB bills for an item: the names and values of its attributes. A string takes
/// its length in UTF-8 bytes. A number takes one byte for every two digits, plus one byte
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
/// `item` is in DynamoDB's JSON.
pub(super) fn item_bytes(item: &Value) -> u64 {
    let value = |value: &Value| match (value["S"].as_str(), value["N"].as_str()) {
        (Some(text), _) => text.len(),
        (_, Some(digits)) => digits.len().div_ceil(2) + 1,
        _ if value["BOOL"].is_boolean() => 1,
        _ => panic!("{value}: items here have no attribute of this type"),
    };
    let attributes = item.as_object().into_iter().flatten();
    attributes.map(|(name, it)| (name.len() + value(it)) as u64).sum()
}
