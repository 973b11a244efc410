//! A table in the test's own process.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, IdentityCache, Region, SharedAsyncSleep, StalledStreamProtectionConfig,
};
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use catalog::{Catalog, Shards};
use dynoxide::Database;
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::connector::{Call, Connector, Hook, execute};
use crate::consumed::{Consumed, Meter};
use crate::fault::Fault;
use crate::schema;
use crate::snapshot::{Item, Snapshot};
use crate::waits::Waits;

/// A DynamoDB in memory with the catalog's table, which is empty at first.
#[derive(Clone)]
pub struct TestTable {
    pub(crate) database: Arc<Database>,
    waits: Waits,
    pub(crate) killed: Arc<Notify>,
    pub(crate) meter: Meter,
}

impl TestTable {
    const NAME: &str = "catalog";

    /// Creates the table as `pulumi/Main.yaml` describes it.
    #[must_use]
    pub fn create() -> Self {
        let database = Arc::new(Database::memory().expect("a database in memory"));
        let (waits, killed, meter) = (Waits::default(), Arc::default(), Meter::default());
        let table = Self { database, waits, killed, meter };
        table.request("CreateTable", schema::create_table(Self::NAME));
        table.request("UpdateTimeToLive", schema::time_to_live(Self::NAME));
        table
    }

    /// A catalog in the table, without faults.
    #[must_use]
    pub fn catalog(&self, shards: u32) -> Catalog {
        self.catalog_with(shards, |_| async { None })
    }

    /// A catalog that calls `hook` before each of its requests, and injects the fault that `hook`
    /// returns.
    pub fn catalog_with<F>(
        &self,
        shards: u32,
        hook: impl Fn(Call) -> F + Send + Sync + 'static,
    ) -> Catalog
    where
        F: Future<Output = Option<Fault>> + Send + 'static,
    {
        let config = self.client(Arc::new(move |call| hook(call).boxed()));
        Catalog::new(config, Self::NAME, number(shards))
    }

    /// A catalog with faults: the first entry of `faults` is injected into its first request, the
    /// second entry into the second, and so on. `None` is no fault. Each attempt of the SDK is a
    /// request.
    pub fn faulty_catalog(&self, shards: u32, faults: impl Into<Vec<Option<Fault>>>) -> Catalog {
        let faults = faults.into();
        self.catalog_with(shards, move |call| {
            std::future::ready(faults.get(call.number).copied().flatten())
        })
    }

    /// A catalog that calls `act` before each of its requests. `act` gets the request, and a second
    /// catalog of the same table, with which it can write as a rival. Before requests of the second
    /// catalog, `act` is not called.
    pub fn catalog_with_rival<F>(
        &self,
        shards: u32,
        act: impl Fn(Call, Catalog) -> F + Send + Sync + 'static,
    ) -> Catalog
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let rival = self.catalog(shards);
        self.catalog_with(shards, move |call| act(call, rival.clone()).map(|()| None))
    }

    /// Awaits `call`, and returns its result. `None` if a fault kills the calling process before
    /// `call` is done.
    pub async fn unless_killed<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        // Clear the notification that an earlier kill may have left.
        let _ = self.killed.notified().now_or_never();
        match select(Box::pin(call), Box::pin(self.killed.notified())).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        }
    }

    /// The lengths of the waits that clients have asked for since the last call of this method. No
    /// client has really waited.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        self.waits.take()
    }

    /// Returns the round trips, items and units of all catalogs' requests since the last call of
    /// this method.
    #[must_use]
    pub fn consumed(&self) -> Consumed {
        self.meter.take()
    }

    /// The item under `key`, as DynamoDB's JSON (`{"size": {"N": "7"}}`); null if there is none.
    #[must_use]
    pub fn item(&self, key: &str) -> Value {
        let key = json!({"s3objectkey": {"S": key}});
        self.request("GetItem", json!({"TableName": Self::NAME, "Key": key}))["Item"].take()
    }

    /// Sets an attribute of an item to a value in DynamoDB's JSON, as another program might.
    /// Creates the item if there is none.
    pub fn set(&self, key: &str, attribute: &str, value: &Value) {
        self.update(key, "SET #attribute = :value", attribute, value);
    }

    /// Makes a sum in the totals of a shard wrong, as another program might: adds `by` to the sum.
    pub fn spoil(&self, shard: u32, sum: &str, by: i64) {
        let by = json!({"N": by.to_string()});
        self.update(&format!("#totals/{shard}"), "ADD #attribute :value", sum, &by);
    }

    /// The whole table and its index `by-size`. Records may be invalid.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.scan(None), &self.scan(Some("by-size")))
    }

    /// Takes a [`Self::snapshot`]. Checks that all records are valid, that the totals equal a
    /// recount, and that the index contains exactly the images.
    #[must_use]
    #[track_caller]
    pub fn sound_snapshot(&self) -> Snapshot {
        let snapshot = self.snapshot();
        assert!(snapshot.invalid.is_empty(), "not valid: {:?}", snapshot.invalid);
        snapshot.assert_totals_are_a_recount();
        snapshot.assert_index_holds_the_images();
        snapshot
    }

    /// Deletes the items whose time to live has passed, as DynamoDB does sooner or later. Returns
    /// their number.
    #[must_use]
    pub fn expire(&self) -> usize {
        self.database.sweep_ttl().expect("the table has a time to live")
    }

    fn update(&self, key: &str, expression: &str, attribute: &str, value: &Value) {
        let body = json!({
            "TableName": Self::NAME, "Key": {"s3objectkey": {"S": key}},
            "UpdateExpression": expression, "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": {":value": value},
        });
        self.request("UpdateItem", body);
    }

    /// Every item of the table, or of one of its indexes.
    fn scan(&self, index: Option<&str>) -> Vec<Item> {
        let (mut items, mut start) = (Vec::<serde_dynamo::Item>::new(), Value::Null);
        loop {
            let body = json!({
                "TableName": Self::NAME, "IndexName": index, "ExclusiveStartKey": start,
            });
            let mut page = self.request("Scan", body);
            let read: Vec<_> = serde_json::from_value(page["Items"].take()).expect("items");
            items.extend(read);
            start = page["LastEvaluatedKey"].take();
            if start.is_null() {
                return items.into_iter().map(Item::from).collect();
            }
        }
    }

    fn client(&self, hook: Hook) -> aws_sdk_dynamodb::config::Builder {
        // All clients of one retry partition share the tokens that limit retries. Each client of a
        // test gets a partition of its own.
        static CLIENTS: AtomicUsize = AtomicUsize::new(0);
        let partition = format!("client {}", CLIENTS.fetch_add(1, Ordering::Relaxed));
        let connector = Connector { table: self.clone(), hook, calls: Arc::default() };
        let connector = SharedHttpConnector::new(connector);
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .allow_no_auth()
            .identity_cache(IdentityCache::no_cache())
            // Retries are configured as in `runtime::aws_config`. There are no timeouts, because
            // no time passes while the client waits.
            .retry_config(RetryConfig::standard())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_partition(RetryPartition::new(partition))
            .timeout_config(TimeoutConfig::disabled())
            .sleep_impl(SharedAsyncSleep::new(self.waits.clone()))
            .http_client(http_client_fn(move |_, _| connector.clone()))
    }

    /// Executes a request directly on the database, without an injected fault.
    fn request(&self, operation: &str, body: Value) -> Value {
        let (status, answer) = execute(&self.database, operation, body);
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }
}
fn number(shards: u32) -> Shards {
    Shards::new(shards).expect("from 1 to 100 shards")
}
