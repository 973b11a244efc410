//! `get-metadata`: responds to `GET /images/metadata/{s3objectkey}`, to `GET /images/metadata` with
//! the key as a query parameter, and to `POST /images/metadata`, which looks up many keys.

mod handler;

use api::Request;
use aws_sdk_dynamodb::config::Builder;
use catalog::{Catalog, TableName};
use runtime::Summary;

use crate::handler::GetMetadata;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let function = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let table: TableName = settings.required("TABLE_NAME")?;
        let catalog = Catalog::new(config, table, settings.required("SHARDS")?);
        Ok(GetMetadata {
            catalog,
            prefix: settings.required("KEY_PREFIX")?,
            cache: settings.required("CACHE_SECONDS")?,
            shows_execution: settings.required("SHOW_EXECUTION")?,
        })
    })
    .await;
    runtime::warm_up(Box::pin(function.catalog.connect())).await;
    api::serve(async |request: &Request, summary: &mut Summary| {
        function.respond(request, summary).await
    })
    .await
}
