//! Object keys from request paths.

use contract::UPLOADS_PREFIX;
use percent_encoding::percent_decode_str;

use crate::{ApiError, Request};

/// Name of the greedy path parameter that contains the key without its prefix.
const PARAMETER: &str = "s3objectkey";

/// Longest key that S3 accepts, in bytes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// Returns the keys that a path may mean, most likely first, each with its `uploads/` prefix.
///
/// AWS does not document how often API Gateway decodes a greedy path parameter. It has been
/// observed to decode every escape except `%25`. So a path with a percent sign has several
/// readings: with `%25` decoded, unchanged, or fully decoded. Nearly all paths have no percent
/// sign, and one reading.
///
/// # Errors
/// [`ApiError::BadRequest`] if the path contains no key, [`ApiError::NotFound`] if the key is
/// longer than S3 allows.
pub fn requested_keys(request: &Request) -> Result<Vec<String>, ApiError> {
    let parameter = request
        .path_parameter(PARAMETER)
        .filter(|parameter| !parameter.is_empty())
        .ok_or_else(|| ApiError::BadRequest("the path contains no key".to_owned()))?;
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
    fn a_key_longer_than_s3_allows_is_not_found() {
        assert_eq!(keys(&"k".repeat(1016)).len(), 1);
        let too_long = requested_keys(&get_key(&"k".repeat(1017)));
        assert!(matches!(too_long, Err(ApiError::NotFound { .. })));
    }

    proptest! {
        /// API Gateway has been observed to decode every escape except `%25`.
        #[test]
        fn every_key_is_the_first_reading_of_its_path(key in "\\PC{1,40}") {
            let arrived = key.replace('%', "%25");
            prop_assert_eq!(&keys(&arrived)[0], &format!("uploads/{key}"));
        }
    }
}
