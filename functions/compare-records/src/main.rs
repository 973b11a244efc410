//! `compare-records`: which records have no object any more.
//!
//! The first state for each page of the table in a reconciliation: it reads the page's keys and
//! asks S3 for each of them. A record of another object is no matter here; the listing of the
//! bucket shows it to `compare-objects`.

mod handler;
mod page;

use catalog::Catalog;
use futures_util::future::join;
use runtime::Summary;
use storage::Storage;

use crate::page::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let config = runtime::aws_config();
    let catalog = Catalog::from_environment(aws_sdk_dynamodb::Client::new(&config))?;
    let storage = Storage::new(aws_sdk_s3::Client::new(&config));
    // The bucket that the records are of, unless someone asks for another one.
    if let Ok(bucket) = std::env::var("BUCKET_NAME") {
        let connections = join(catalog.connect_by_scan(), storage.connect(&bucket));
        runtime::warm_up(Box::pin(connections)).await;
    }
    runtime::run(async |request: Request, summary: &mut Summary| {
        handler::compare_records(&catalog, &storage, request, summary).await
    })
    .await
}
