//! `read-dimensions`: format and dimensions from the header of an object.
//!
//! It never downloads an object. The probe says which range it needs next; each is read with the
//! ETag that `head-object` saw, so that an object that changes in between is noticed
//! (`ObjectChanged`) instead of measured half and half.

mod handler;
mod measurement;

use aws_sdk_s3::Client;
use runtime::Summary;
use storage::Storage;

use crate::measurement::Target;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let storage = Storage::new(Client::new(&runtime::aws_config()));
    // The bucket that nearly all events are of.
    if let Ok(bucket) = std::env::var("BUCKET_NAME") {
        runtime::warm_up(Box::pin(storage.connect(&bucket))).await;
    }
    runtime::run(async |target: Target, summary: &mut Summary| {
        handler::read_dimensions(&storage, target, summary).await
    })
    .await
}
