//! `compare-objects`: finds objects that have no record, or whose record does not match the object.
//!
//! In a reconciliation, it compares one page of the bucket at a time, in one of four segments of
//! the keys. It lists the bucket and reads the records of those listed objects that belong to the
//! segment. The walk over each segment lists all objects under the key prefix: S3 lists keys only
//! in order, and a segment's keys are spread over the whole listing.
//!
//! An object whose record is correct costs only a hundredth of a batch read and its share of the
//! list requests. An object that is recorded as unreadable also costs a GET request.

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
        let connections =
            join(catalog.connect_by_batch(), storage.connect_by_listing(bucket.as_str()));
        runtime::warm_up(Box::pin(connections)).await;
    }
    runtime::run(async |request: WalkRequest, summary: &mut Summary| {
        handler::compare_objects(&catalog, &storage, request, summary).await
    })
    .await
}
