//! `info-images`: answers `GET /images/info`.

mod handler;

use api::Request;
use aws_sdk_dynamodb::Client;
use catalog::Catalog;
use runtime::Summary;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let client = Client::new(&runtime::aws_config().await);
    let catalog = Catalog::from_environment(client)?;
    api::serve(async |_: Request, summary: &mut Summary| {
        handler::info_images(&catalog, summary).await
    })
    .await
}
