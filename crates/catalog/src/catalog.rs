//! The table and how to reach it.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::{KEY, Record};
use crate::{CatalogError, Cost, Shards};

/// A key that no item has: those of images begin with `uploads/`.
const NO_IMAGE: &str = "#connect";

/// The catalog in one DynamoDB table.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) shards: Shards,
}

/// An environment that does not say where the catalog is.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable is missing.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// `SHARDS` is out of range.
    #[error("the environment variable SHARDS: {0}")]
    Shards(#[from] crate::shard::ShardsError),
}

impl Catalog {
    /// The catalog in `table`, whose totals and indexes are spread over `shards`.
    pub fn new(client: Client, table: impl Into<String>, shards: Shards) -> Self {
        Self { client, table: table.into(), shards }
    }

    /// The catalog that the environment variables `TABLE_NAME` and `SHARDS` name.
    ///
    /// # Errors
    /// [`SettingsError`] when one of them is missing or malformed.
    pub fn from_environment(client: Client) -> Result<Self, SettingsError> {
        let table = variable("TABLE_NAME")?;
        let shards = variable("SHARDS")?.parse()?;
        Ok(Self::new(client, table, shards))
    }

    /// Over how many shards the totals and the indexes are spread.
    #[must_use]
    pub fn shards(&self) -> Shards {
        self.shards
    }

    /// Opens a connection to the table by a read of an item that does not exist (half a read unit).
    ///
    /// # Errors
    /// Those of [`Catalog::get`], which an invocation would meet as well.
    pub async fn connect(&self) -> Result<(), CatalogError> {
        self.get(NO_IMAGE).await.map(drop)
    }

    /// Opens a connection to the table by a batch that reads an item which does not exist, for
    /// whoever may read in batches only (half a read unit).
    ///
    /// # Errors
    /// Those of [`Catalog::differing`], which an invocation would meet as well.
    pub async fn connect_by_batch(&self) -> Result<(), CatalogError> {
        self.get_all([NO_IMAGE.to_owned()].into_iter()).await.map(drop)
    }

    /// Opens a connection to the table by a scan of one item, for whoever may only scan (half a
    /// read unit).
    ///
    /// # Errors
    /// Those of [`Catalog::page`], which an invocation would meet as well.
    pub async fn connect_by_scan(&self) -> Result<(), CatalogError> {
        let scan = self.client.scan().table_name(&self.table).limit(1);
        Ok(scan.projection_expression(KEY).send().await.map(drop)?)
    }

    /// What is recorded about a key, read with eventual consistency: as of about a second ago.
    ///
    /// # Errors
    /// [`CatalogError`] when the table does not answer, refuses, or holds a foreign item.
    pub async fn get(&self, key: &str) -> Result<(Option<Record>, Cost), CatalogError> {
        self.read(key, false).await
    }

    pub(crate) async fn read(
        &self,
        key: &str,
        consistent: bool,
    ) -> Result<(Option<Record>, Cost), CatalogError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .consistent_read(consistent)
            .send()
            .await?;
        let record = answer.item.map(Record::from_attributes).transpose()?;
        let cost = Cost::request(usize::from(record.is_some()));
        Ok((record, cost))
    }
}

fn variable(name: &'static str) -> Result<String, SettingsError> {
    env::var(name).map_err(|_| SettingsError::Missing(name))
}
