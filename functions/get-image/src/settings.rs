//! What the stack configures.

use std::env;
use std::time::Duration;

/// Where images are, and how long a URL to one lives.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Name of the bucket (`BUCKET_NAME`).
    pub(crate) bucket: String,
    /// How long a presigned URL can be used (`PRESIGNED_URL_SECONDS`).
    pub(crate) presigned_url_lifetime: Duration,
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
}

impl Settings {
    pub(crate) fn from_environment() -> Result<Self, SettingsError> {
        let bucket = variable("BUCKET_NAME")?;
        let seconds = variable("PRESIGNED_URL_SECONDS")?.parse()?;
        Ok(Self { bucket, presigned_url_lifetime: Duration::from_secs(seconds) })
    }
}

fn variable(name: &'static str) -> Result<String, SettingsError> {
    env::var(name).map_err(|_| SettingsError::Missing(name))
}
