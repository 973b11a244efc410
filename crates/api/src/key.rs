//! The key in a path.

use contract::UPLOADS_PREFIX;
use percent_encoding::percent_decode_str;

use crate::{ApiError, Request};

/// Name of the greedy path parameter that holds the key without its prefix.
const PARAMETER: &str = "s3objectkey";

/// Longest key that S3 takes, in bytes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// The keys that a path may mean, likeliest first, each with its `uploads/` prefix.
///
/// How often API Gateway decodes a greedy path parameter is not documented, and it is observed to
/// decode every escape but `%25`. So a path with a percent sign has more than one reading: `%25`
/// decoded once, taken as it is, or decoded as a whole. A path without one, nearly all of them,
/// has one.
///
/// # Errors
/// [`ApiError::BadRequest`] when there is no key in the path, [`ApiError::NotFound`] when it is
/// longer than any key of S3.
pub fn requested_keys(request: &Request) -> Result<Vec<String>, ApiError> {
    let parameter = request
        .path_parameter(PARAMETER)
        .filter(|parameter| !parameter.is_empty())
        .ok_or_else(|| ApiError::BadRequest("the path holds no key".to_owned()))?;
    let decoded = percent_decode_str(parameter).decode_utf8().ok();
    let mut keys = Vec::with_capacity(1);
    let readings = [Some(parameter.replace("%25", "%")), Some(parameter.to_owned())];
    for reading in readings.into_iter().chain([decoded.map(Into::into)]).flatten() {
        let key = format!("{UPLOADS_PREFIX}{reading}");
        if key.len() <= MAX_KEY_BYTES && !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        let key = format!("{UPLOADS_PREFIX}{parameter}");
        return Err(ApiError::NotFound { key, rejection: None });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::samples::get_key;

    fn keys(parameter: &str) -> Vec<String> {
        requested_keys(&get_key(parameter)).unwrap()
    }

    #[test]
    fn a_path_without_percent_signs_is_one_key() {
        assert_eq!(keys("a b/c+d?#é🦀.jpg"), ["uploads/a b/c+d?#é🦀.jpg"]);
    }

    #[test]
    fn an_escaped_percent_sign_is_read_first_as_one() {
        assert_eq!(keys("100%25.jpg"), ["uploads/100%.jpg", "uploads/100%25.jpg"]);
        assert_eq!(keys("a%252Fb")[0], "uploads/a%2Fb");
    }

    #[test]
    fn a_path_that_was_not_decoded_is_found_too() {
        assert!(keys("a%20b.jpg").contains(&"uploads/a b.jpg".to_owned()));
    }

    #[test]
    fn no_key_is_a_bad_request() {
        assert!(matches!(requested_keys(&Request::default()), Err(ApiError::BadRequest(_))));
    }

    #[test]
    fn a_key_that_s3_would_not_take_is_not_looked_for() {
        assert_eq!(keys(&"k".repeat(1016)).len(), 1);
        let too_long = requested_keys(&get_key(&"k".repeat(1017)));
        assert!(matches!(too_long, Err(ApiError::NotFound { .. })));
    }

    proptest! {
        /// What API Gateway is observed to do to a path that a client has encoded.
        #[test]
        fn every_key_is_the_first_reading_of_its_path(key in "\\PC{1,40}") {
            let arrived = key.replace('%', "%25");
            prop_assert_eq!(&keys(&arrived)[0], &format!("uploads/{key}"));
        }
    }
}
