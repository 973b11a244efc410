//! Objects as response bodies.

use std::io::Write as _;

use base64::prelude::BASE64_STANDARD;
use base64::write::EncoderStringWriter;
use storage::{OpenObject, StorageError};

/// Reads an object, or a part of it, and encodes each chunk in base64 as it arrives, so that the
/// whole object and all of its base64 are never in memory together.
///
/// `size` is the expected number of bytes, for which memory is reserved.
pub(crate) async fn base64(mut object: OpenObject, size: u64) -> Result<String, StorageError> {
    let length = usize::try_from(size).unwrap_or_default().div_ceil(3) * 4;
    let text = String::with_capacity(length);
    let mut encoder = EncoderStringWriter::from_consumer(text, &BASE64_STANDARD);
    while let Some(chunk) = object.chunk().await? {
        let written = encoder.write_all(&chunk);
        written.map_err(|error| StorageError::StorageUnavailable(error.to_string()))?;
    }
    Ok(encoder.into_inner())
}
