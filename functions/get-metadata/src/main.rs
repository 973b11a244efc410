//! `get-metadata`: responds to `GET /images/metadata/{s3objectkey}`.

mod handler;

use api::{CacheSeconds, Request};
use aws_sdk_dynamodb::Client;
use catalog::Catalog;
use runtime::Summary;

use crate::handler::GetMetadata;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let client = Client::new(&runtime::aws_config());
    let function = GetMetadata {
        catalog: Catalog::from_environment(client)?,
        cache: CacheSeconds::from_environment()?,
    };
    runtime::warm_up(Box::pin(function.catalog.connect())).await;
    api::serve(async |request: &Request, summary: &mut Summary| {
        function.respond(request, summary).await
    })
    .await
}
