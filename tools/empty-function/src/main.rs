//! A Lambda function that does nothing: it returns its input.
//!
//! The function is never deployed to AWS. `cargo benchmark` compares the size, start and
//! invocations of this project's functions with those of this function, since no function in Rust
//! can do less. `cargo local load` compares the analysis of an image with a state machine of three
//! such functions.

use std::io::Write as _;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|event| async { echo(event) })).await
}

/// Logs one line, as every function of this project does, and returns the input. Without the line,
/// the emulator would hold the response back while it waits for the first line of the invocation.
fn echo(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = event;
    writeln!(std::io::stdout(), "{{\"request\":\"{}\"}}", context.request_id)?;
    Ok(payload)
}
