//! `info-images`: responds to `GET /images/info`.

mod handler;

use api::{CacheSeconds, Request};
use aws_sdk_dynamodb::Client;
use catalog::Catalog;
use runtime::Summary;

use crate::handler::InfoImages;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let client = Client::new(&runtime::aws_config());
    let function = InfoImages {
        catalog: Catalog::from_environment(client)?,
        cache: CacheSeconds::from_environment()?,
    };
    let (request, mut summary) = (Request::default(), Summary::default());
    runtime::warm_up(Box::pin(function.respond(&request, &mut summary))).await;
    api::serve(async |request: &Request, summary: &mut Summary| {
        function.respond(request, summary).await
    })
    .await
}
