//! Lifetime of responses in caches.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// Seconds for which a browser or a proxy may reuse a response without revalidating it, from the
/// stack's configuration.
///
/// `Cache-Control` contains neither `public` nor `private`, because HTTP's default is right: a
/// shared cache does not store the response to a request with `Authorization` (RFC 9111, section
/// 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheSeconds(u32);

/// The error for text that is not a valid number of cache seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lifetime in caches must be a whole number of seconds from 0 to {}", u32::MAX)]
pub struct CacheSecondsError;

impl CacheSeconds {
    /// A lifetime of this many seconds. With 0, caches have to revalidate before every use, which
    /// costs a request but usually no body.
    #[must_use]
    pub fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// The value of `Expires` in the response to a presigned URL that is made at `now`: the time
    /// after which the response has to be revalidated. Caches ignore `Expires` if `Cache-Control`
    /// has `max-age` (RFC 9111, section 5.3). The URL sets `Expires` nevertheless, because S3
    /// would otherwise send the `Expires` that the uploader stored. A URL can replace this header,
    /// but not remove it.
    #[must_use]
    pub fn expires(self, now: SystemTime) -> SystemTime {
        now.checked_add(Duration::from_secs(self.0.into())).unwrap_or(now)
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

impl FromStr for CacheSeconds {
    type Err = CacheSecondsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| CacheSecondsError)
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

    #[test]
    fn a_response_expires_after_its_lifetime() {
        let expires = |seconds| CacheSeconds::new(seconds).expires(SystemTime::UNIX_EPOCH);
        assert_eq!(expires(0), SystemTime::UNIX_EPOCH);
        assert_eq!(expires(60), SystemTime::UNIX_EPOCH + Duration::from_mins(1));
    }

    #[test]
    fn only_a_whole_number_of_seconds_is_a_lifetime() {
        assert_eq!("60".parse(), Ok(CacheSeconds::new(60)));
        for text in ["", "-1", "1.5", "a minute", "4294967296"] {
            assert_eq!(text.parse::<CacheSeconds>(), Err(CacheSecondsError), "{text}");
        }
    }
}
