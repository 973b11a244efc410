//! `read-dimensions`: reads format, dimensions and other facts from the header of an object.
//!
//! The function reads only the ranges that the probe needs, not the whole object. Each range is
//! read on the condition that the object still has the ETag that `head-object` saw. So if the
//! object changes in the meantime, the function fails with `ObjectChanged` instead of measuring a
//! mix of two versions.

mod handler;
mod measurement;

use aws_sdk_s3::config::Builder;
use runtime::Summary;
use storage::{BucketName, Storage};

use crate::measurement::Target;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let (storage, bucket, record_location) = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let storage = Storage::new(config, settings.required("KEY_PREFIX")?);
        let bucket: Option<BucketName> = settings.optional("BUCKET_NAME")?;
        Ok((storage, bucket, settings.optional("RECORD_LOCATION")?.unwrap_or(false)))
    })
    .await;
    // Executions measure only objects of this bucket, so a connection to it is opened in advance.
    if let Some(bucket) = bucket {
        runtime::warm_up(Box::pin(storage.connect(bucket.as_str()))).await;
    }
    runtime::run(async |target: Target, summary: &mut Summary| {
        handler::read_dimensions(&storage, record_location, target, summary).await
    })
    .await
}
