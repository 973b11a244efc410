//! How long answers may be kept.

use std::env;
use std::num::ParseIntError;

/// Seconds for which a browser or a proxy may use an answer without asking again, as the stack
/// configures.
///
/// The header says neither `public` nor `private`, since HTTP's own rule fits: a shared cache
/// keeps answers to requests without `Authorization`, and no others (RFC 9111, section 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheSeconds(u32);

/// A `CACHE_SECONDS` that is missing or no number.
#[derive(Debug, thiserror::Error)]
pub enum CacheSecondsError {
    /// It is not set.
    #[error("the environment variable CACHE_SECONDS is not set")]
    Missing,
    /// It is no number.
    #[error("the environment variable CACHE_SECONDS is not a whole number of seconds")]
    Malformed(#[from] ParseIntError),
}

impl CacheSeconds {
    /// This many seconds; with 0, every use has to be confirmed first, which costs a request but
    /// mostly no bytes.
    #[must_use]
    pub fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// What the environment variable `CACHE_SECONDS` says.
    ///
    /// # Errors
    /// [`CacheSecondsError`] when it is missing or malformed.
    pub fn from_environment() -> Result<Self, CacheSecondsError> {
        let seconds = env::var("CACHE_SECONDS").map_err(|_| CacheSecondsError::Missing)?;
        Ok(Self(seconds.parse()?))
    }

    /// The value of `Cache-Control`.
    #[must_use]
    pub fn control(self) -> String {
        match self.0 {
            0 => "no-cache".to_owned(),
            seconds => format!("max-age={seconds}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_used_unconfirmed_without_a_time() {
        assert_eq!(CacheSeconds::new(0).control(), "no-cache");
        assert_eq!(CacheSeconds::new(60).control(), "max-age=60");
    }
}
