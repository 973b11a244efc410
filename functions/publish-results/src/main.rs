//! `publish-results`: publishes committed results as events.
//!
//! An event source mapping invokes this function with batches of records from the table's stream.
//! The crate `result-events` decides which event a record leads to; the function puts the events on
//! the stack's bus.

mod batch;
mod bus;
mod bus_name;
mod error;
mod handler;

use aws_lambda_events::dynamodb::Event;
use aws_sdk_eventbridge::config::Builder;
use runtime::Summary;
use storage::BucketName;

use crate::bus::Bus;
use crate::bus_name::BusName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let (bus, bucket) = runtime::initialize(|settings| {
        let config = Builder::from(&runtime::aws_config());
        let bus: BusName = settings.required("EVENT_BUS_NAME")?;
        let bucket: BucketName = settings.required("BUCKET_NAME")?;
        Ok((Bus::new(config, bus), bucket))
    })
    .await;
    runtime::run(async |event: Event, summary: &mut Summary| {
        handler::publish_results(&bus, bucket.as_str(), event, summary).await
    })
    .await
}
