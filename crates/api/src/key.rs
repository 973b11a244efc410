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
/// The key is in the path without its prefix, or in the query parameter `s3objectkey` in full. Only
/// the query parameter reaches every key: API Gateway decodes a path, and has been observed to cut
/// it at a decoded question mark (<https://github.com/hotsock/voker/pull/8>).
///
/// # Errors
/// [`ApiError::BadRequest`] if the request names no key or more than one, or if the key in the
/// query is empty, is not UTF-8 or lacks its prefix; [`ApiError::NotFoundWithHint`] if the key is
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

/// Every reading of a path, as a key with its prefix.
///
/// AWS does not document how often API Gateway decodes a greedy path parameter. API Gateway has
/// been observed to decode every escape except `%25`. So a path with a percent sign has several
/// readings: with `%25` decoded, unchanged, or fully decoded. Nearly all paths have no percent
/// sign, and therefore one reading.
fn readings(parameter: &str, prefix: &KeyPrefix) -> Vec<String> {
    let decoded = percent_decode_str(parameter).decode_utf8().ok();
    let readings = [Some(parameter.replace("%25", "%")), Some(parameter.to_owned())];
    let readings = readings.into_iter().chain([decoded.map(Into::into)]).flatten();
    readings.map(|reading| prefix.key(&reading)).collect()
}

/// The readings that are short enough for a key, each once.
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

    fn keys(parameter: &str) -> Vec<String> {
        requested_keys(&get_key(parameter), &prefix()).unwrap()
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
    fn a_key_in_the_query_is_decoded_once_and_in_full() {
        let keys = |query: &str| requested_keys(&get_query(query), &prefix()).unwrap();
        assert_eq!(keys("s3objectkey=uploads%2Fa%3Fb%2525.png"), ["uploads/a?b%25.png"]);
        assert_eq!(keys("v=2&s3objectkey=uploads/a=b.png"), ["uploads/a=b.png"]);
        assert_eq!(keys("s3objectkey=uploads/a+b.png"), ["uploads/a b.png", "uploads/a+b.png"]);
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
        for (fits, request) in [
            (true, get_key(&"k".repeat(1016))),
            (false, get_key(&"k".repeat(1017))),
            // Only the decoded reading, in which `%25` takes one byte, is short enough.
            (true, get_key(&format!("%25{}", "k".repeat(1015)))),
            (true, get_query(&format!("s3objectkey=uploads/{}", "k".repeat(1016)))),
            (false, get_query(&format!("s3objectkey=uploads/{}", "k".repeat(1017)))),
        ] {
            match requested_keys(&request, &prefix()) {
                Ok(keys) => assert!(fits && keys.len() == 1, "{keys:?}"),
                Err(ApiError::NotFoundWithHint { hint, .. }) => assert!(!fits, "{hint}"),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_prefix_in_the_path_has_a_hint_that_names_the_right_path() {
        let hint = |path: &str| {
            let parameter = path.trim_start_matches("/images/metadata/");
            let request = serde_json::from_value(serde_json::json!({
                "rawPath": path, "pathParameters": {"s3objectkey": parameter},
            }));
            misplaced_prefix(&request.unwrap(), &prefix())
        };
        let named = |path: &str| hint(path).unwrap().rsplit_once(' ').unwrap().1.to_owned();
        let start = "/images/metadata";
        assert_eq!(named(&format!("{start}/uploads/a b%25.jpg")), format!("{start}/a%20b%25.jpg"));
        assert_eq!(
            named(&format!("{start}/uploads/a?b.jpg")),
            format!("{start}?s3objectkey=uploads/a%3Fb.jpg")
        );
        for other in ["cat.jpg", "uploads/", "Uploads/cat.jpg"] {
            assert_eq!(hint(&format!("{start}/{other}")), None, "{other}");
        }
    }

    #[test]
    fn a_longer_prefix_leaves_less_for_the_name_and_is_named_in_the_hint() {
        let prefix: KeyPrefix = "photos/2026/".parse().unwrap();
        assert_eq!(requested_keys(&get_key("a.png"), &prefix).unwrap(), ["photos/2026/a.png"]);
        assert_eq!(requested_keys(&get_key(&"k".repeat(1012)), &prefix).unwrap().len(), 1);
        assert!(requested_keys(&get_key(&"k".repeat(1013)), &prefix).is_err());
        for (query, is_full) in [("photos/2026/a.png", true), ("photos/a.png", false)] {
            let request = get_query(&format!("s3objectkey={query}"));
            assert_eq!(requested_keys(&request, &prefix).is_ok(), is_full, "{query}");
        }
        let hint = |name: &str| {
            let request = serde_json::from_value(serde_json::json!({
                "rawPath": format!("/images/file/{name}"), "pathParameters": {"s3objectkey": name},
            }));
            misplaced_prefix(&request.unwrap(), &prefix)
        };
        assert_eq!(
            hint("photos/2026/a.png").unwrap(),
            "Paths omit the prefix photos/2026/: request photos/2026/a.png as /images/file/a.png"
        );
        assert_eq!((hint("uploads/a.png"), hint("photos/a.png")), (None, None));
    }

    proptest! {
        /// The requests have paths as API Gateway has been observed to decode them: every escape is
        /// decoded except `%25`.
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
