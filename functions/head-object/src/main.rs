//! `head-object`: what S3 holds under the key of an event.
//!
//! The first state of an execution. Its input is the S3 event as EventBridge delivers it, so each
//! file of S3 events in `events/` is one; its output is a [`contract::Head`].

mod handler;

use aws_sdk_s3::Client;
use contract::ObjectEvent;
use runtime::Summary;
use storage::Storage;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let storage = Storage::new(Client::new(&runtime::aws_config()));
    // The bucket that nearly all events are of.
    if let Ok(bucket) = std::env::var("BUCKET_NAME") {
        runtime::warm_up(Box::pin(storage.connect(&bucket))).await;
    }
    runtime::run(async |event: ObjectEvent, summary: &mut Summary| {
        handler::head_object(&storage, event, summary).await
    })
    .await
}
