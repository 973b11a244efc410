//! Helpers that read and change a stack's bucket and table.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use catalog::{Catalog, Order};
use contract::{Observation, Sequencer, StoredObject};
use futures_util::StreamExt as _;
use harness::faulty::proxy_for;
use harness::proxy::FaultProxy;
use harness::{TestStack, observed, snapshot};

const CONCURRENCY: usize = 16;

/// All items of a table by key. An item's attributes are sorted by name.
pub(super) type Items = BTreeMap<String, BTreeMap<String, AttributeValue>>;

/// The bucket and the table of a stack.
pub(crate) struct Bucket<'a> {
    stack: &'a TestStack,
    pub(super) catalog: Catalog,
}

impl<'a> Bucket<'a> {
    /// The bucket and table of a stack. Changes in the bucket start executions.
    pub(crate) fn of(stack: &'a TestStack) -> Self {
        Self { stack, catalog: stack.catalog() }
    }

    /// The bucket and table of a stack. Changes in the bucket start no executions.
    pub(super) async fn without_events(stack: &'a TestStack) -> Self {
        stack.silence_events().await;
        Self::of(stack)
    }

    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>) {
        self.stack.upload(key, bytes, "image/png").await;
    }

    /// Starts a proxy between the emulator and the functions that read objects in a reconciliation.
    pub(super) async fn proxy(&self) -> FaultProxy {
        let readers = ["head-object", "read-dimensions", "compare-objects", "compare-records"];
        proxy_for(self.stack, readers).await
    }

    /// Uploads the objects, up to `CONCURRENCY` at a time.
    pub(super) async fn put_all(&self, objects: Vec<(String, Vec<u8>)>) {
        futures_util::stream::iter(objects)
            .for_each_concurrent(CONCURRENCY, async |(key, bytes)| self.put(&key, bytes).await)
            .await;
    }

    /// Records the objects as PNG images, up to `CONCURRENCY` at a time.
    pub(super) async fn record_all(&self, objects: Vec<(String, StoredObject)>) {
        futures_util::stream::iter(objects)
            .for_each_concurrent(CONCURRENCY, async |(key, object)| {
                record(&self.catalog, &key, &png(object)).await;
            })
            .await;
    }

    /// A request that updates a key's item directly in the table. The caller adds the update
    /// expression, and sends the request.
    pub(super) fn update(&self, key: &str) -> UpdateItemFluentBuilder {
        let table = &self.stack.stack.outputs.table_name;
        let update = self.stack.stack.aws.dynamodb.update_item().table_name(table);
        update.key("s3objectkey", AttributeValue::S(key.to_owned()))
    }

    /// The objects in the bucket under the key prefix.
    pub(super) async fn list(&self) -> BTreeMap<String, StoredObject> {
        let list = self.stack.stack.aws.s3.list_objects_v2().prefix(self.stack.key(""));
        let list = list.bucket(&self.stack.stack.outputs.bucket_name);
        let mut pages = list.into_paginator().send();
        let mut objects = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for listed in page.unwrap().contents.unwrap_or_default() {
                let described = StoredObject {
                    etag: listed.e_tag.unwrap().trim_matches('"').to_owned(),
                    last_modified: listed.last_modified.map(whole_seconds),
                    ..object(u64::try_from(listed.size.unwrap()).unwrap())
                };
                objects.insert(listed.key.unwrap(), described);
            }
        }
        objects
    }

    /// All items of the table.
    pub(super) async fn items(&self) -> Items {
        let (aws, outputs) = (&self.stack.stack.aws, &self.stack.stack.outputs);
        let items = snapshot::scan(&aws.dynamodb, &outputs.table_name, None).await;
        let with_key = |item: snapshot::Item| {
            (item["s3objectkey"].as_s().unwrap().clone(), item.into_iter().collect())
        };
        items.into_iter().map(with_key).collect()
    }

    /// Checks that each object has its record, and that all other records are absences. Returns the
    /// total size of the images in bytes.
    pub(crate) async fn assert_is_the_catalog(&self) -> u64 {
        let (objects, items) = (self.list().await, self.items().await);
        let mut bytes = 0;
        for (key, object) in &objects {
            let item = &items[key];
            // The record of an unreadable object may lack `etag`, `size` and `lastModified`.
            if item.get("reason").is_some_and(|it| it.as_s().unwrap() == "UnreadableObject") {
                continue;
            }
            assert_eq!(item["etag"].as_s().unwrap(), &object.etag, "{key}");
            assert_eq!(item["size"].as_n().unwrap(), &object.size.to_string(), "{key}");
            assert_eq!(item["lastModified"].as_s().ok(), object.last_modified.as_ref(), "{key}");
            bytes += if item["status"].as_s().unwrap() == "image" { object.size } else { 0 };
        }
        for (key, item) in items.iter().filter(|(key, _)| !catalog::is_internal(key)) {
            let is_absent = item["status"].as_s().unwrap() == "absent";
            assert_eq!(is_absent, !objects.contains_key(key), "{key}");
        }
        bytes
    }

    /// Writes an item that is not a valid record.
    pub(super) async fn put_foreign_item(&self, key: &str) {
        let status = AttributeValue::S("of another program".to_owned());
        self.put_item(key, &[("status", status)]).await;
    }

    /// Denies a role of the stack the permission to read the objects with these keys.
    pub(super) async fn deny(&self, role: &str, keys: &[&str]) {
        let bucket = &self.stack.stack.outputs.bucket_name;
        let resources = keys.iter().map(|key| format!("arn:aws:s3:::{bucket}/{key}"));
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Action": "s3:GetObject", "Resource": resources.collect::<Vec<_>>(),
        }]});
        let put = self.stack.stack.aws.iam.put_role_policy().role_name(self.stack.function(role));
        put.policy_name("deny").policy_document(policy.to_string()).send().await.unwrap();
    }

    /// Writes an item with these attributes directly to the table, without the catalog.
    pub(super) async fn put_item(&self, key: &str, attributes: &[(&str, AttributeValue)]) {
        let put = self.stack.stack.aws.dynamodb.put_item();
        let put = put.table_name(&self.stack.stack.outputs.table_name);
        let put = put.item("s3objectkey", AttributeValue::S(key.to_owned()));
        let put = attributes.iter().fold(put, |put, (name, it)| put.item(*name, it.clone()));
        put.send().await.unwrap();
    }

    /// Makes a shard's totals unusable: replaces the number in `attribute` by a text.
    pub(super) async fn spoil_type(&self, shard: u32, attribute: &str) {
        self.update(&format!("#totals/{shard}"))
            .update_expression("SET #sum = :text")
            .expression_attribute_names("#sum", attribute)
            .expression_attribute_values(":text", AttributeValue::S("many".to_owned()))
            .send()
            .await
            .unwrap();
    }

    pub(super) async fn remove_totals(&self, shard: u32) {
        let delete = self.stack.stack.aws.dynamodb.delete_item();
        let delete = delete.table_name(&self.stack.stack.outputs.table_name);
        let key = AttributeValue::S(format!("#totals/{shard}"));
        delete.key("s3objectkey", key).send().await.unwrap();
    }
}

/// Formats a time like the times in records: in RFC 3339 and in whole seconds, because the response
/// to HEAD states no fractions of a second.
fn whole_seconds(time: DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(DateTimeFormat::DateTime).unwrap()
}

/// Records an observation as one that follows an event with the sequencer `01`. Repeats the write
/// until it succeeds, because it may conflict with another write.
pub(super) async fn record(catalog: &Catalog, key: &str, observation: &Observation) {
    let order = Order::After(Sequencer::parse("01").unwrap());
    while catalog.record(key, &order, observation).await.is_err() {}
}

/// The observation of a PNG with this description of its object.
pub(super) fn png(object: StoredObject) -> Observation {
    Observation::Image { object, image: observed::facts("image/png") }
}

/// The description of an object of `size` bytes, without `claimed_content_type` and
/// `last_modified`.
pub(super) fn object(size: u64) -> StoredObject {
    StoredObject { claimed_content_type: None, last_modified: None, ..observed::object(size) }
}
