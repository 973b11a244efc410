//! Access to the table: connections, and reads of one record.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{AsyncSleep as _, Builder};
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemError;
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::scan::ScanError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{RetryTransient, Service};

use crate::item::{Attributes, KEY, Record};
use crate::{CatalogError, Cost, Shards};

/// Key for reads that only open a connection. No item has this key: the key of a record never
/// begins with `#`, and the keys of all other items begin with `#totals/`.
const NO_IMAGE: &str = "#connect";

/// Error code of a put that DynamoDB refuses because a transaction is writing the item.
const PUT_CONFLICT: &str = "TransactionConflictException";

/// The catalog in one DynamoDB table.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) shards: Shards,
}

impl Catalog {
    /// A catalog in `table`, with totals and indexes spread over `shards`, through a client with
    /// this configuration.
    ///
    /// The client retries every transient failure except two, which [`Catalog::record_once`]
    /// retries itself: the conflict of a put with a transaction, and a transaction that DynamoDB
    /// canceled for a transient reason.
    pub fn new(config: Builder, table: impl Into<String>, shards: Shards) -> Self {
        let service = Service::DynamoDb;
        let config = config
            .retry_classifier(RetryTransient::<BatchGetItemError>::new(service))
            .retry_classifier(RetryTransient::<GetItemError>::new(service))
            // [`Catalog::record_once`] retries a conflict itself, after a shorter wait than the
            // SDK's.
            .retry_classifier(RetryTransient::<PutItemError>::new(service).except(PUT_CONFLICT))
            .retry_classifier(RetryTransient::<QueryError>::new(service))
            .retry_classifier(RetryTransient::<ScanError>::new(service))
            .retry_classifier(RetryTransient::<TransactWriteItemsError>::new(service));
        Self { client: Client::from_conf(config.build()), table: table.into(), shards }
    }

    /// Number of shards that the totals and the indexes are spread over.
    #[must_use]
    pub fn shards(&self) -> Shards {
        self.shards
    }

    /// Opens a connection by reading an item that does not exist (half a read unit).
    ///
    /// # Errors
    /// The errors of [`Catalog::get`].
    pub async fn connect(&self) -> Result<(), CatalogError> {
        self.get(NO_IMAGE).await.map(drop)
    }

    /// Opens a connection by a batch read of an item that does not exist (half a read unit), for
    /// functions whose role allows only batch reads.
    ///
    /// # Errors
    /// The errors of [`Catalog::differing`].
    pub async fn connect_by_batch(&self) -> Result<(), CatalogError> {
        self.get_all([NO_IMAGE.to_owned()].into_iter()).await.map(drop)
    }

    /// Opens a connection by scanning one item (half a read unit), for functions whose role allows
    /// only scans.
    ///
    /// # Errors
    /// The errors of [`Catalog::page`].
    pub async fn connect_by_scan(&self) -> Result<(), CatalogError> {
        let scan = self.client.scan().table_name(&self.table).limit(1);
        Ok(scan.projection_expression(KEY).send().await.map(drop)?)
    }

    /// Reads the record of a key with eventual consistency: the result may lag by about a second.
    ///
    /// # Errors
    /// [`CatalogError`] if the table is unavailable, refuses the request, or has a malformed
    /// item.
    pub async fn get(&self, key: &str) -> Result<(Option<Record>, Cost), CatalogError> {
        let (item, cost) = self.item(key, false).await?;
        Ok((item.map(Record::from_attributes).transpose()?, cost))
    }

    /// Reads an item, whether it is a valid record or not.
    pub(crate) async fn item(
        &self,
        key: &str,
        consistent: bool,
    ) -> Result<(Option<Attributes>, Cost), CatalogError> {
        let response = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .consistent_read(consistent)
            .send()
            .await?;
        let cost = Cost::request(usize::from(response.item.is_some()));
        Ok((response.item, cost))
    }

    /// Waits with the sleep function that the client uses between its attempts. In tests, neither
    /// the client nor this function really waits.
    pub(crate) async fn wait(&self, time: Duration) {
        match self.client.config().sleep_impl() {
            Some(sleep) => sleep.sleep(time).await,
            None => tokio::time::sleep(time).await,
        }
    }
}
