//! The least that a Lambda function in Rust can do: it answers with its input.
//!
//! It is never deployed to AWS. Its size, its start and its invocations are the floor that the
//! functions of this project are measured against, and a state machine of three of it is what
//! `cargo local load` compares an analysis with.

use std::io::Write as _;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|event| async { echo(event) })).await
}

/// Answers with the input, after one line of log, as each function of this project writes one: the
/// emulator holds an answer back while it waits for the first line of an invocation.
fn echo(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = event;
    writeln!(std::io::stdout(), "{{\"request\":\"{}\"}}", context.request_id)?;
    Ok(payload)
}
