//! Random numbers that nobody can guess.

use std::fs::File;
use std::io::{self, Read as _};

/// Returns `BYTES` random bytes as lowercase hexadecimal digits.
///
/// # Errors
/// When `/dev/urandom` cannot be read.
pub(crate) fn hex<const BYTES: usize>() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(digits(&bytes))
}

/// Formats bytes as lowercase hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}
