//! A table in the test's own process.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, IdentityCache, Region, SharedAsyncSleep, StalledStreamProtectionConfig,
};
use aws_sdk_dynamodb::{Client, Config};
use catalog::{Catalog, Shards};
use dynoxide::Database;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, select};
use tokio::sync::Notify;

use crate::connector::{Call, Connector, Hook};
use crate::fault::Fault;
use crate::items;
use crate::schema;
use crate::snapshot::Snapshot;
use crate::waits::Waits;

/// A DynamoDB in memory with the catalog's table, which is empty at first.
#[derive(Clone)]
pub struct TestTable {
    database: Arc<Database>,
    client: Client,
    waits: Waits,
    killed: Arc<Notify>,
}

impl TestTable {
    /// Name of the table.
    pub const NAME: &str = "catalog";

    /// Creates the table as `pulumi/Main.yaml` describes it.
    pub async fn create() -> Self {
        let database = Arc::new(Database::memory().expect("a database in memory"));
        let (waits, killed) = (Waits::default(), Arc::new(Notify::new()));
        let client = client(&database, no_faults(), &waits, &killed);
        let table = Self { database, client, waits, killed };
        let result = schema::create(&table.client, Self::NAME).await;
        result.unwrap_or_else(|error| panic!("{error:?}"));
        table
    }

    /// A client of the table, without faults.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A catalog in the table, without faults.
    #[must_use]
    pub fn catalog(&self, shards: u32) -> Catalog {
        Catalog::new(self.client.config().to_builder(), Self::NAME, number(shards))
    }

    /// A client that calls `hook` before each request, and injects the fault that it returns.
    pub fn client_with(
        &self,
        hook: impl Fn(Call) -> BoxFuture<'static, Option<Fault>> + Send + Sync + 'static,
    ) -> Client {
        client(&self.database, Arc::new(hook), &self.waits, &self.killed)
    }

    /// A catalog with one entry of `faults` for each of its first requests; `None` is no fault.
    /// Each attempt of the SDK is a request.
    pub fn faulty_catalog(&self, shards: u32, faults: impl Into<Vec<Option<Fault>>>) -> Catalog {
        let faults = faults.into();
        let client = self.client_with(move |call| {
            let fault = faults.get(call.number).copied().flatten();
            async move { fault }.boxed()
        });
        Catalog::new(client.config().to_builder(), Self::NAME, number(shards))
    }

    /// Runs a call to its end, and returns its result. `None` if a fault kills the calling process
    /// first.
    pub async fn unless_killed<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        // Forget processes that were killed before.
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

    /// The whole table and its index, read without a client. Records may be invalid.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let items = |index| items::items(&self.database, Self::NAME, index);
        Snapshot::of(items(None), &items(Some("by-size")))
    }

    /// Deletes the items whose time to live has passed, as DynamoDB does sooner or later. Returns
    /// their number.
    #[must_use]
    pub fn expire(&self) -> usize {
        self.database.sweep_ttl().expect("the table has a time to live")
    }
}

fn number(shards: u32) -> Shards {
    Shards::new(shards).expect("from 1 to 100 shards")
}

fn no_faults() -> Hook {
    Arc::new(|_| std::future::ready(None).boxed())
}

fn client(database: &Arc<Database>, hook: Hook, waits: &Waits, killed: &Arc<Notify>) -> Client {
    // All clients of one retry partition share the tokens that limit retries. Each client of a test
    // gets a partition of its own.
    static CLIENTS: AtomicUsize = AtomicUsize::new(0);
    let partition = format!("client {}", CLIENTS.fetch_add(1, Ordering::Relaxed));
    let connector = Connector {
        database: Arc::clone(database),
        hook,
        killed: Arc::clone(killed),
        calls: Arc::default(),
    };
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .allow_no_auth()
        .identity_cache(IdentityCache::no_cache())
        // Retries as `runtime::aws_config` sets them. There are no timeouts, since no time passes.
        .retry_config(RetryConfig::standard())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_partition(RetryPartition::new(partition))
        .timeout_config(TimeoutConfig::disabled())
        .sleep_impl(SharedAsyncSleep::new(waits.clone()))
        .http_client(connector)
        .build();
    Client::from_conf(config)
}
