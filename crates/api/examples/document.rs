//! Prints the OpenAPI document of a stack. The arguments are the stack's authorization, `NONE` or
//! `AWS_IAM`, and its key prefix.
//!
//! ```text
//! cargo run --package api --example document -- AWS_IAM photos/2026/
//! ```
//!
//! `tests/clients/run` prints the documents of two stacks with this program and checks them with
//! linters.

use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [authorization, prefix] = &arguments[..] else {
        return Err("usage: document NONE|AWS_IAM PREFIX".into());
    };
    let document = api::openapi(authorization.parse()?, &prefix.parse()?);
    Ok(std::io::stdout().write_all(document.as_bytes())?)
}
