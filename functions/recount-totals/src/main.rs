//! `recount-totals`: corrects totals that disagree with the images.
//!
//! A reconciliation invokes it after the records have been repaired, once for each part of the
//! recount. The catalog's `recount.rs` explains why a recount never undoes a concurrent write.

mod handler;

use aws_sdk_dynamodb::config::Builder;
use catalog::{Catalog, TableName};
use runtime::Summary;

use crate::handler::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let catalog = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let table: TableName = settings.required("TABLE_NAME")?;
        Ok(Catalog::new(config, table, settings.required("SHARDS")?))
    })
    .await;
    runtime::run(async |request: Request, summary: &mut Summary| {
        handler::recount_totals(&catalog, request, summary).await
    })
    .await
}
