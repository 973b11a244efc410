//! The floor: what a Lambda function in Rust costs that does nothing.
//!
//! It is the runtime alone, without a log subscriber, with the features and the profile that the
//! functions are built with. No function of this project can be smaller or start sooner.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        Ok::<_, Error>(json!({"message": "hello, world"}))
    }))
    .await
}
