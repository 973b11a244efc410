//! An object as the body of an answer.

use std::io::Write as _;

use base64::prelude::BASE64_STANDARD;
use base64::write::EncoderStringWriter;
use storage::{OpenObject, StorageError};

/// The object in base64, encoded as it arrives: it is never in memory as a whole besides.
///
/// `size` is how many bytes it is expected to have.
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
