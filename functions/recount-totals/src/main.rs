//! `recount-totals`: totals that do not equal the images are made to.
//!
//! The last state of a reconciliation, after the records have been repaired. How a repair stays
//! clear of concurrent recordings is explained in the catalog's `recount.rs`.

mod handler;

use aws_sdk_dynamodb::Client;
use catalog::Catalog;
use runtime::Summary;

use crate::handler::Anything;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let client = Client::new(&runtime::aws_config());
    let catalog = Catalog::from_environment(client)?;
    runtime::run(async |_: Anything, summary: &mut Summary| {
        handler::recount_totals(&catalog, summary).await
    })
    .await
}
