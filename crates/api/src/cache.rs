//! Lifetime of responses in caches.

use std::env;
use std::num::ParseIntError;

/// Seconds for which a browser or a proxy may reuse a response without revalidating it, from the
/// stack's configuration.
///
/// The header says neither `public` nor `private`, because HTTP's default is right: a shared cache
/// stores responses only to requests without `Authorization` (RFC 9111, section 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheSeconds(u32);

/// The environment variable `CACHE_SECONDS` is missing or malformed.
#[derive(Debug, thiserror::Error)]
pub enum CacheSecondsError {
    /// The variable is not set.
    #[error("the environment variable CACHE_SECONDS is not set")]
    Missing,
    /// The variable is not a whole number of seconds.
    #[error("the environment variable CACHE_SECONDS is not a whole number of seconds")]
    Malformed(#[from] ParseIntError),
}

impl CacheSeconds {
    /// This many seconds. With 0, caches have to revalidate before every use, which costs a request
    /// but usually no body.
    #[must_use]
    pub fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Reads the environment variable `CACHE_SECONDS`.
    ///
    /// # Errors
    /// [`CacheSecondsError`] if it is missing or malformed.
    pub fn from_environment() -> Result<Self, CacheSecondsError> {
        let seconds = env::var("CACHE_SECONDS").map_err(|_| CacheSecondsError::Missing)?;
        Ok(Self(seconds.parse()?))
    }

    /// Value of the `Cache-Control` header.
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
    fn zero_seconds_require_revalidation() {
        assert_eq!(CacheSeconds::new(0).control(), "no-cache");
        assert_eq!(CacheSeconds::new(60).control(), "max-age=60");
    }
}
