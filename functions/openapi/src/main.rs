//! `openapi`: responds to `GET /openapi.json`, and to every request that matches no other route.

mod handler;

use api::Request;
use contract::KeyPrefix;
use runtime::Summary;

use crate::handler::OpenApi;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let function = runtime::initialize(|settings| {
        let prefix: KeyPrefix = settings.required("KEY_PREFIX")?;
        let document = api::openapi(settings.required("AUTHORIZATION")?, &prefix);
        Ok(OpenApi { cache: settings.required("CACHE_SECONDS")?, document })
    })
    .await;
    api::serve(async |request: &Request, summary: &mut Summary| function.respond(request, summary))
        .await
}
