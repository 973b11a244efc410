//! What the stack configures.

use std::env;
use std::time::Duration;

use api::{CacheSeconds, CacheSecondsError};

/// Where images are, and how long they and URLs to them live.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Name of the bucket (`BUCKET_NAME`).
    pub(crate) bucket: String,
    /// How long a presigned URL can be used (`PRESIGNED_URL_SECONDS`).
    pub(crate) presigned_url_lifetime: Duration,
    /// How long an image may be kept by who has it (`CACHE_SECONDS`).
    pub(crate) cache: CacheSeconds,
}

/// An environment that lacks something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A variable is missing.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The lifetime is no number.
    #[error("the environment variable PRESIGNED_URL_SECONDS is not a whole number of seconds")]
    Lifetime(#[from] std::num::ParseIntError),
    /// The time in caches is missing or no number.
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
