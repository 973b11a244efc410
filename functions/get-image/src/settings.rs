//! Settings of the function.

use std::str::FromStr;
use std::time::Duration;

use api::CacheSeconds;
use storage::BucketName;

/// Settings of the function, from environment variables.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Name of the bucket (`BUCKET_NAME`).
    pub(crate) bucket: BucketName,
    /// Lifetime of a presigned URL (`PRESIGNED_URL_SECONDS`).
    pub(crate) presigned_url_lifetime: UrlLifetime,
    /// Lifetime of an image in caches (`CACHE_SECONDS`).
    pub(crate) cache: CacheSeconds,
}

/// Lifetime of a presigned URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UrlLifetime(Duration);

/// Text that is not a lifetime of a presigned URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the lifetime of a presigned URL must be a whole number of seconds from 1 to {MAX_SECONDS}"
)]
pub(crate) struct UrlLifetimeError;

/// Seven days, the longest lifetime of a presigned URL
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>).
const MAX_SECONDS: u64 = 604_800;

impl Settings {
    pub(crate) fn read(settings: &runtime::Settings<'_>) -> Result<Self, runtime::InvalidSettings> {
        Ok(Self {
            bucket: settings.required("BUCKET_NAME")?,
            presigned_url_lifetime: settings.required("PRESIGNED_URL_SECONDS")?,
            cache: settings.required("CACHE_SECONDS")?,
        })
    }
}

impl UrlLifetime {
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for UrlLifetime {
    type Err = UrlLifetimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().map_err(|_| UrlLifetimeError)?;
        match seconds {
            1..=MAX_SECONDS => Ok(Self(Duration::from_secs(seconds))),
            _ => Err(UrlLifetimeError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_url_lives_for_at_most_seven_days() {
        assert_eq!("300".parse::<UrlLifetime>().unwrap().duration(), Duration::from_mins(5));
        assert!("604800".parse::<UrlLifetime>().is_ok());
        for text in ["", "0", "604801", "five minutes"] {
            assert_eq!(text.parse::<UrlLifetime>(), Err(UrlLifetimeError), "{text}");
        }
    }
}
