//! `list-images`: responds to `GET /images`.

mod handler;

use api::Request;
use aws_sdk_dynamodb::config::Builder;
use catalog::{Catalog, TableName};
use runtime::Summary;

use crate::handler::ListImages;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let function = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let table: TableName = settings.required("TABLE_NAME")?;
        let catalog = Catalog::new(config, table, settings.required("SHARDS")?);
        let (prefix, cache) =
            (settings.required("KEY_PREFIX")?, settings.required("CACHE_SECONDS")?);
        Ok(ListImages { catalog, prefix, cache })
    })
    .await;
    let (request, mut summary) = (Request::default(), Summary::default());
    runtime::warm_up(Box::pin(function.respond(&request, &mut summary))).await;
    api::serve(async |request: &Request, summary: &mut Summary| {
        function.respond(request, summary).await
    })
    .await
}
