//! Object keys that requests name, in the path or as a query parameter.

use contract::{KeyPrefix, MAX_KEY_BYTES};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{ApiError, Request, key_parameter};

/// Name of the greedy path parameter that contains the key without its prefix, and of the query
/// parameter that contains the key in full.
pub(crate) const PARAMETER: &str = "s3objectkey";

/// Characters to percent-encode in a path or a query: all except the unreserved characters of RFC
/// 3986 and the slash.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Returns the keys that a request may mean, most likely first, each with the stack's prefix.
///
/// The path contains the key without the prefix, or the query parameter `s3objectkey` contains the
/// key in full. A path cannot name every key: API Gateway decodes the path, and has been observed
/// to cut it at a decoded question mark (<https://github.com/hotsock/voker/pull/8>).
///
/// # Errors
/// [`ApiError::BadRequest`] if the request names no key or more than one, or if the key in the
/// query is empty, is not UTF-8 or lacks the prefix; [`ApiError::NotFoundWithHint`] if the key is
/// longer than S3 allows.
pub fn requested_keys(request: &Request, prefix: &KeyPrefix) -> Result<Vec<String>, ApiError> {
    let in_path = request.path_parameter(PARAMETER).filter(|parameter| !parameter.is_empty());
    let in_query = key_parameter::readings(&request.raw_query_string, prefix)?;
    match (in_path, in_query) {
        (Some(parameter), None) => possible(readings(parameter, prefix)),
        (None, Some(readings)) => possible(readings),
        (Some(_), Some(_)) => Err(key_parameter::bad("the path has a key already; give only one")),
        (None, None) => Err(key_parameter::bad("is missing, and the path has no key either")),
    }
}

/// Every reading of the path parameter: each key that the parameter may mean, with the prefix.
///
/// AWS does not document how often API Gateway decodes a greedy path parameter. API Gateway has
/// been observed to decode every escape except `%25`. So a parameter that still has a percent sign
/// when it arrives here has several readings: with `%25` decoded, unchanged, or fully decoded.
/// Nearly all parameters arrive without a percent sign, and therefore have one reading.
fn readings(parameter: &str, prefix: &KeyPrefix) -> Vec<String> {
    let decoded = percent_decode_str(parameter).decode_utf8().ok();
    let readings = [Some(parameter.replace("%25", "%")), Some(parameter.to_owned())];
    let readings = readings.into_iter().chain([decoded.map(Into::into)]).flatten();
    readings.map(|reading| prefix.key(&reading)).collect()
}

/// The readings that are short enough for a key, without duplicates; an error if all are too long.
fn possible(readings: Vec<String>) -> Result<Vec<String>, ApiError> {
    let mut keys = Vec::with_capacity(1);
    let mut too_long = None;
    for key in readings {
        if key.len() > MAX_KEY_BYTES {
            too_long.get_or_insert(key);
        } else if !keys.contains(&key) {
            keys.push(key);
        }
    }
    match too_long {
        Some(key) if keys.is_empty() => {
            let hint = format!("No key is longer than {MAX_KEY_BYTES} bytes of UTF-8.");
            Err(ApiError::NotFoundWithHint { key, hint })
        }
        _ => Ok(keys),
    }
}

/// Paths omit the stack's key prefix. If the key in a path begins with the prefix nevertheless,
/// returns a hint with the address that the client probably meant. Returns `None` for any other
/// request.
pub(crate) fn misplaced_prefix(request: &Request, prefix: &KeyPrefix) -> Option<String> {
    let parameter = request.path_parameter(PARAMETER)?;
    let start = request.raw_path.strip_suffix(parameter)?;
    let meant = readings(parameter, prefix).into_iter().next()?;
    let meant = prefix.name_of(&meant)?;
    let name = prefix.name_of(meant).filter(|name| !name.is_empty())?;
    let path = if name.contains('?') {
        let start = start.trim_end_matches('/');
        format!("{start}?{PARAMETER}={}", utf8_percent_encode(meant, ESCAPED))
    } else {
        format!("{start}{}", utf8_percent_encode(name, ESCAPED))
    };
    Some(format!("Paths omit the prefix {prefix}: request {meant} as {path}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::samples::{get_key, get_query, get_with, prefix};

    #[test]
    fn a_key_in_the_path_has_several_readings_and_one_in_the_query_is_decoded_in_full() {
        for (request, keys) in [
            (get_key("a b/c+d?#é🦀.jpg"), &["uploads/a b/c+d?#é🦀.jpg"][..]),
            // In a path, `%25` is an escaped percent sign or, less likely, these three characters.
            (get_key("100%25.jpg"), &["uploads/100%.jpg", "uploads/100%25.jpg"]),
            (get_key("a%252Fb"), &["uploads/a%2Fb", "uploads/a%252Fb"]),
            // The second reading is fully decoded, in case API Gateway has decoded nothing.
            (get_key("a%20b.jpg"), &["uploads/a%20b.jpg", "uploads/a b.jpg"]),
            (get_query("s3objectkey=uploads%2Fa%3Fb%2525.png"), &["uploads/a?b%25.png"]),
            (get_query("v=2&s3objectkey=uploads/a=b.png"), &["uploads/a=b.png"]),
            (get_query("s3objectkey=uploads/a+b.png"), &["uploads/a b.png", "uploads/a+b.png"]),
        ] {
            assert_eq!(requested_keys(&request, &prefix()).unwrap(), keys, "{request:?}");
        }
    }

    #[test]
    fn no_key_and_two_keys_are_bad_requests() {
        for request in [
            Request::default(),
            get_query("key=uploads/a"),
            get_with("a", "s3objectkey=uploads/a"),
            get_with("a", "s3objectkey="),
            get_query("s3objectkey=uploads/a&s3objectkey=uploads/a"),
        ] {
            let error = requested_keys(&request, &prefix()).unwrap_err();
            assert!(matches!(&error, ApiError::BadRequest(_)), "{request:?}: {error}");
            assert!(error.to_string().starts_with("s3objectkey: "), "{error}");
        }
    }

    #[test]
    fn a_key_longer_than_s3_allows_is_not_found() {
        let name = |bytes| "k".repeat(bytes);
        let full = |prefix, bytes| get_query(&format!("s3objectkey={prefix}{}", name(bytes)));
        let (uploads, photos) = ("uploads/", "photos/2026/");
        for (prefix, fits, request) in [
            (uploads, true, get_key(&name(1016))),
            (uploads, false, get_key(&name(1017))),
            // `%25` has two readings. Only the decoded one, `%`, makes the key short enough.
            (uploads, true, get_key(&format!("%25{}", name(1015)))),
            (uploads, true, full(uploads, 1016)),
            (uploads, false, full(uploads, 1017)),
            (photos, true, get_key(&name(1012))),
            (photos, false, get_key(&name(1013))),
            (photos, true, full(photos, 1012)),
            (photos, false, full(photos, 1013)),
        ] {
            match requested_keys(&request, &prefix.parse().unwrap()) {
                Ok(keys) => assert!(fits && keys.len() == 1, "{keys:?}"),
                Err(ApiError::NotFoundWithHint { hint, .. }) => assert!(!fits, "{hint}"),
                Err(error) => panic!("{error}"),
            }
        }
        let outside = requested_keys(&get_query("s3objectkey=photos/a"), &photos.parse().unwrap());
        assert!(matches!(outside, Err(ApiError::BadRequest(_))), "{outside:?}");
    }

    #[test]
    fn a_prefix_in_the_path_has_a_hint_that_names_the_right_path() {
        for (prefix, path, named) in [
            (
                "uploads/",
                "uploads/a b%25.jpg",
                Some("uploads/a b%.jpg as /images/file/a%20b%25.jpg"),
            ),
            (
                "uploads/",
                "uploads/a?b.jpg",
                Some("uploads/a?b.jpg as /images/file?s3objectkey=uploads/a%3Fb.jpg"),
            ),
            ("uploads/", "cat.jpg", None),
            ("uploads/", "uploads/", None),
            ("uploads/", "Uploads/cat.jpg", None),
            ("photos/2026/", "photos/2026/a.png", Some("photos/2026/a.png as /images/file/a.png")),
            ("photos/2026/", "uploads/a.png", None),
            ("photos/2026/", "photos/a.png", None),
        ] {
            let request = serde_json::from_value(serde_json::json!({
                "rawPath": format!("/images/file/{path}"), "pathParameters": {"s3objectkey": path},
            }));
            let hint = misplaced_prefix(&request.unwrap(), &prefix.parse().unwrap());
            let expected =
                named.map(|named| format!("Paths omit the prefix {prefix}: request {named}"));
            assert_eq!(hint, expected, "{prefix} {path}");
        }
    }

    proptest! {
        /// API Gateway has been observed to decode every escape in a path except `%25`. The path
        /// parameters in this test are decoded like that.
        #[test]
        fn every_key_is_the_first_reading_of_its_path(
            key in "\\PC{1,40}", prefix in "[a-z]{1,9}/([a-z0-9.]{1,9}[a-z]/)?"
        ) {
            let (arrived, prefix) = (key.replace('%', "%25"), prefix.parse::<KeyPrefix>().unwrap());
            let keys = requested_keys(&get_key(&arrived), &prefix).unwrap();
            prop_assert_eq!(&keys[0], &prefix.key(&key));
        }
    }
}
