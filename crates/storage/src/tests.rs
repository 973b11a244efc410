//! Tests of the crate as its callers use it: with the SDK's client, and with a stand-in for S3 in
//! this process.

mod describing;
mod listing;
mod presigning;
mod reading;
mod refusals;
mod s3;

use contract::NamedError as _;

use self::s3::{Fault, S3};
use crate::{Location, StorageError};

const BUCKET: &str = "photos";
/// The stack measures the objects under this key prefix.
const PREFIX: &str = "uploads/";
const KEY: &str = "uploads/a.png";

fn at(key: &str) -> Location<'_> {
    Location { bucket: BUCKET, key }
}

/// Name of the error; empty if there is none.
fn name<T>(result: Result<T, StorageError>) -> &'static str {
    result.err().map_or("", |error| error.name())
}

/// Runs the requests of one case of a property test.
fn run<T>(requests: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(requests)
}
