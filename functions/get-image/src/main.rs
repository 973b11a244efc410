//! `get-image`: responds to `GET /images/file/{s3objectkey}`.
//!
//! An image that fits into a Lambda response is sent directly. For a larger image, the response is
//! a redirect to a presigned URL of S3, from which the client downloads the image.

mod body;
mod handler;
mod headers;
mod settings;

use api::Request;
use aws_sdk_dynamodb::config::Builder as DynamoDb;
use aws_sdk_s3::config::Builder as S3;
use catalog::{Catalog, TableName};
use futures_util::future::join;
use runtime::Summary;
use storage::Storage;

use crate::handler::GetImage;
use crate::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let config = runtime::aws_config();
    let function = runtime::initialize(|settings| {
        let table: TableName = settings.required("TABLE_NAME")?;
        Ok(GetImage {
            catalog: Catalog::new(DynamoDb::from(&config), table, settings.required("SHARDS")?),
            storage: Storage::new(S3::from(&config), settings.required("KEY_PREFIX")?),
            settings: Settings::read(settings)?,
        })
    })
    .await;
    let bucket = function.settings.bucket.as_str();
    let connections = join(function.catalog.connect(), function.storage.connect(bucket));
    runtime::warm_up(Box::pin(connections)).await;
    api::serve(async |request: &Request, summary: &mut Summary| {
        function.respond(request, summary).await
    })
    .await
}
