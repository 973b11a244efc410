//! `compare-objects`: finds listed objects that have no record, or the record of another object.
//!
//! This is the first state for each batch of the bucket's listing in a reconciliation. It reads
//! only the table, so an object whose record is correct costs a hundredth of a batch read and
//! nothing more.

mod handler;
mod listing;

use aws_sdk_dynamodb::Client;
use catalog::{Catalog, TableName};
use runtime::Summary;

use crate::listing::Batch;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let catalog = runtime::initialize(|settings| {
        let client = Client::new(&runtime::aws_config());
        let table: TableName = settings.required("TABLE_NAME")?;
        Ok(Catalog::new(client, table, settings.required("SHARDS")?))
    })
    .await;
    runtime::warm_up(Box::pin(catalog.connect_by_batch())).await;
    runtime::run(async |batch: Batch, summary: &mut Summary| {
        handler::compare_objects(&catalog, batch, summary).await
    })
    .await
}
