//! Prints the OpenAPI document of a stack with this authorization, `NONE` or `AWS_IAM`.
//!
//! ```text
//! cargo run --package api --example document -- AWS_IAM
//! ```
//!
//! `tests/clients/run` checks the documents of both authorizations with linters.

use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let authorization = std::env::args().nth(1).ok_or("usage: document NONE|AWS_IAM")?;
    let document = api::openapi(authorization.parse()?);
    Ok(std::io::stdout().write_all(document.as_bytes())?)
}
