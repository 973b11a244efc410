//! `put-metadata`: records an execution's observation.
//!
//! The last states of `analyze-image.asl.json` invoke the function, whether the execution observed
//! an image, a rejected object, or no object. [`catalog::Catalog::record`] decides what may be
//! written.

mod handler;

use aws_sdk_dynamodb::config::Builder;
use catalog::{Catalog, TableName};
use runtime::Summary;

use crate::handler::Entry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let catalog = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let table: TableName = settings.required("TABLE_NAME")?;
        Ok(Catalog::new(config, table, settings.required("SHARDS")?))
    })
    .await;
    runtime::warm_up(Box::pin(catalog.connect())).await;
    runtime::run(async |entry: Entry, summary: &mut Summary| {
        handler::put_metadata(&catalog, entry, summary).await
    })
    .await
}
