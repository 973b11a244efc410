//! `compare-records`: finds the records whose object is gone or outside the key prefix, and the
//! items that are not valid records.
//!
//! In a reconciliation, it compares one page of the table at a time, in one of four segments. It
//! scans the page and sends a HEAD request to S3 for each valid record under the key prefix. It
//! does not check whether a record describes the current object. `compare-objects` does that, with
//! the bucket's listing.

mod handler;

use aws_sdk_dynamodb::config::Builder as DynamoDb;
use aws_sdk_s3::config::Builder as S3;
use catalog::{Catalog, TableName};
use contract::WalkRequest;
use futures_util::future::join;
use runtime::Summary;
use storage::{BucketName, Storage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let config = runtime::aws_config();
    let (catalog, storage, bucket) = runtime::initialize(|settings| {
        let table: TableName = settings.required("TABLE_NAME")?;
        let catalog = Catalog::new(DynamoDb::from(&config), table, settings.required("SHARDS")?);
        let storage = Storage::new(S3::from(&config), settings.required("KEY_PREFIX")?);
        Ok((catalog, storage, settings.optional::<BucketName>("BUCKET_NAME")?))
    })
    .await;
    // Opens connections in advance: to the table, and to the bucket that every request of a
    // reconciliation names.
    if let Some(bucket) = bucket {
        let connections = join(catalog.connect_by_scan(), storage.connect(bucket.as_str()));
        runtime::warm_up(Box::pin(connections)).await;
    }
    runtime::run(async |request: WalkRequest, summary: &mut Summary| {
        handler::compare_records(&catalog, &storage, request, summary).await
    })
    .await
}
