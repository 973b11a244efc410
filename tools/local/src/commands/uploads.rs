//! Uploads and the executions that they start, for `cargo local demo` and `cargo local upload`.
//!
//! `files` collects the files to upload, `process` uploads them and follows their executions, and
//! `report` queries the API and formats the result.

pub(super) mod files;
pub(super) mod process;
pub(super) mod report;

use self::files::{Body, File};
use crate::samples::{self, Sample, SampleError};

/// The sample objects, ready to upload.
///
/// # Errors
/// If a sample cannot be encoded.
pub(super) fn samples() -> Result<Vec<File>, SampleError> {
    Ok(samples::samples()?.into_iter().map(sample).collect())
}

/// A sample object, ready to upload.
pub(super) fn sample(sample: Sample) -> File {
    File { name: sample.name.to_owned(), body: Body::Bytes(sample.bytes) }
}
