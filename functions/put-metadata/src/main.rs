//! `put-metadata`: records what an execution observed.
//!
//! The last state of an execution, whatever it saw: an image, an object that is none, or nothing.
//! All rules about what may be written are in [`catalog::Catalog::record`].

mod handler;

use aws_sdk_dynamodb::Client;
use catalog::Catalog;
use runtime::Summary;

use crate::handler::Entry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let client = Client::new(&runtime::aws_config());
    let catalog = Catalog::from_environment(client)?;
    runtime::warm_up(Box::pin(catalog.connect())).await;
    runtime::run(async |entry: Entry, summary: &mut Summary| {
        handler::put_metadata(&catalog, entry, summary).await
    })
    .await
}
