//! The name of a bucket.

use std::str::FromStr;

/// Name of an S3 bucket, from the stack's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketName(String);

/// Text that is not the name of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a bucket must have 3 to 63 lowercase letters, digits, dots or hyphens, and must \
     begin and end with a letter or a digit"
)]
pub struct BucketNameError;

impl BucketName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the length and the characters
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>). The other rules
/// of S3 are not checked: two adjacent dots, the form of an IP address, and reserved prefixes and
/// suffixes.
impl FromStr for BucketName {
    type Err = BucketNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let allowed = |byte: u8| alphanumeric(byte) || b".-".contains(&byte);
        let ends = [text.bytes().next(), text.bytes().last()];
        if (3..=63).contains(&text.len())
            && text.bytes().all(allowed)
            && ends.into_iter().flatten().all(alphanumeric)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(BucketNameError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_s3_accepts() {
        let longest = "b".repeat(63);
        for name in ["pixgauge-dev-123456789012-us-east-1", "a.3", &longest] {
            assert_eq!(name.parse::<BucketName>().unwrap().as_str(), name);
        }
        let too_long = "b".repeat(64);
        for name in ["", "ab", "Images", "a bucket", "-images", "images.", &too_long] {
            assert_eq!(name.parse::<BucketName>(), Err(BucketNameError), "{name}");
        }
    }
}
