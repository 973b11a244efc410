//! `head-object`: reads the current state of an event's key from S3.
//!
//! The first state of `analyze-image.asl.json` invokes it. Its input is an S3 event as EventBridge
//! delivers it, such as the samples `events/s3-*.json`; its output is a [`contract::Head`].

mod handler;

use aws_sdk_s3::config::Builder;
use contract::ObjectEvent;
use runtime::Summary;
use storage::{BucketName, Storage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let (storage, bucket) = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let storage = Storage::new(config, settings.required("KEY_PREFIX")?);
        Ok((storage, settings.optional::<BucketName>("BUCKET_NAME")?))
    })
    .await;
    // Only events about this bucket are accepted, so a connection to it is opened in advance.
    if let Some(bucket) = &bucket {
        runtime::warm_up(Box::pin(storage.connect(bucket.as_str()))).await;
    }
    runtime::run(async |event: ObjectEvent, summary: &mut Summary| {
        handler::head_object(&storage, bucket.as_ref(), event, summary).await
    })
    .await
}
