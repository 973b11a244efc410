//! Settings from the environment, which the stack configures.

use std::env;
use std::time::Duration;

use api::{CacheSeconds, CacheSecondsError};

/// Settings of the function.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Name of the bucket (`BUCKET_NAME`).
    pub(crate) bucket: String,
    /// Lifetime of a presigned URL (`PRESIGNED_URL_SECONDS`).
    pub(crate) presigned_url_lifetime: Duration,
    /// Lifetime of an image in caches (`CACHE_SECONDS`).
    pub(crate) cache: CacheSeconds,
}

/// Environment variables that are missing or malformed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The lifetime of presigned URLs is not a number.
    #[error("the environment variable PRESIGNED_URL_SECONDS is not a whole number of seconds")]
    Lifetime(#[from] std::num::ParseIntError),
    /// The lifetime in caches is missing or not a number.
    #[error(transparent)]
    Cache(#[from] CacheSecondsError),
}

impl Settings {
    pub(crate) fn from_environment() -> Result<Self, SettingsError> {
        let bucket = variable("BUCKET_NAME")?;
        let seconds = variable("PRESIGNED_URL_SECONDS")?.parse()?;
        Ok(Self {
            bucket,
            presigned_url_lifetime: Duration::from_secs(seconds),
            cache: CacheSeconds::from_environment()?,
        })
    }
}

fn variable(name: &'static str) -> Result<String, SettingsError> {
    env::var(name).map_err(|_| SettingsError::Missing(name))
}
