//! Object keys in query strings. API Gateway leaves query strings as they are, unlike paths.

use contract::KeyPrefix;
use percent_encoding::percent_decode_str;

use crate::ApiError;
use crate::key::PARAMETER;

/// Returns the keys that the query parameter `s3objectkey` may mean, most likely first; `None` if
/// the query string does not have this parameter.
///
/// API Gateway passes `rawQueryString` on without decoding it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
/// So a plus sign has two readings. The first is a space, because HTML forms and `URLSearchParams`
/// encode a space as a plus sign. The second is a plus sign that the client should have escaped.
///
/// # Errors
/// [`ApiError::BadRequest`] if the parameter is empty or repeated, if it does not decode to UTF-8,
/// or if one of the keys lacks `prefix`.
pub(crate) fn readings(query: &str, prefix: &KeyPrefix) -> Result<Option<Vec<String>>, ApiError> {
    let mut values = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_key = percent_decode_str(name).eq(PARAMETER.bytes());
        is_key.then_some(value)
    });
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad("must not be repeated"));
    }
    if value.is_empty() {
        return Err(bad("must not be empty"));
    }
    let mut keys = vec![decoded(&value.replace('+', " "))?];
    if value.contains('+') {
        keys.push(decoded(value)?);
    }
    if !keys.iter().all(|key| prefix.contains(key)) {
        let message = format!("must be the key in full: it starts with {prefix}");
        return Err(bad(&message));
    }
    Ok(Some(keys))
}

/// The error 400 with this message about the parameter.
pub(crate) fn bad(message: &str) -> ApiError {
    ApiError::BadRequest(format!("{PARAMETER}: {message}"))
}

fn decoded(text: &str) -> Result<String, ApiError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| bad("must be percent-encoded UTF-8"))
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;
    use crate::request::samples::prefix;

    #[test]
    fn other_parameters_name_no_key() {
        for query in ["", "a=b", "=", "&&", "S3ObjectKey=uploads/a", "s3objectkeys=uploads/a"] {
            assert_eq!(readings(query, &prefix()).unwrap(), None, "{query}");
        }
    }

    #[test]
    fn what_is_no_full_key_is_refused() {
        for query in [
            "s3objectkey",
            "s3objectkey=",
            "s3objectkey=cat.jpg",
            "s3objectkey=Uploads/cat.jpg",
            "s3objectkey=%FF",
            "s3objectkey=uploads/%ED%A0%80",
            "s3objectkey=uploads/a&%733objectkey=uploads/b",
        ] {
            assert!(matches!(readings(query, &prefix()), Err(ApiError::BadRequest(_))), "{query}");
        }
    }

    proptest! {
        #[test]
        fn every_key_is_the_first_reading_however_it_is_encoded(name in "\\PC{0,40}") {
            let key = format!("uploads/{name}");
            let component = utf8_percent_encode(&key, NON_ALPHANUMERIC).to_string();
            let form: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            for encoded in [component, form] {
                let keys = readings(&format!("s3objectkey={encoded}"), &prefix()).unwrap().unwrap();
                prop_assert_eq!(&keys[0], &key);
            }
        }

        #[test]
        fn nothing_panics(query in "(s3objectkey=)?.{0,60}") {
            let _result = readings(&query, &prefix());
        }
    }
}
