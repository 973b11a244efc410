//! Look-up of many keys in one request.

use std::collections::HashMap;

use catalog::{CatalogError, Record, RecordState};
use contract::{KeyPrefix, MAX_KEY_BYTES};
use serde::{Deserialize, Serialize};

use crate::error::FAILED;
use crate::{ApiError, Metadata, Request};

/// Largest number of keys in a request, which is the limit of one batch read of DynamoDB
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
pub(crate) const MAX_KEYS: usize = 100;

/// Maximum size of a body, in bytes. A larger body is refused before it is parsed. 100 keys of
/// 1,024 bytes fit, because JSON takes at most six bytes for each byte of a key.
const MAX_BODY_BYTES: usize = 1_000_000;

/// Body of `POST /images/metadata`: the keys to look up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(as = LookUpRequest))]
pub(crate) struct Body {
    /// Keys in full, as responses contain them, with the prefix `uploads/`; a key may be repeated.
    #[cfg_attr(test, schema(min_items = 1, max_items = 100))]
    keys: Vec<String>,
}

/// Response to `POST /images/metadata`.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct LookUp {
    /// One result for each key, in the order of the request.
    results: Vec<KeyResult>,
}

/// Result of looking up one key.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
struct KeyResult {
    /// Key in full, with the prefix `uploads/`.
    s3objectkey: String,
    /// State of the key.
    status: Status,
    /// Metadata of the image, if one was found.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Box<Metadata>>,
    /// Reason for the rejection, if the object was rejected.
    #[cfg_attr(test, schema(nullable = false, value_type = crate::error::Reason))]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Human-readable explanation of the rejection or the failure.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// State of a key that was looked up. `found`: there is an image. `rejected`: there is an object,
/// but it is not an image or cannot be measured. `unknown`: there is no object, or it has not been
/// measured yet. `failed`: the API cannot read the key's record. A request for the metadata of this
/// key alone gets the status 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(as = LookUpStatus))]
enum Status {
    Found,
    Rejected,
    Unknown,
    Failed,
}

impl LookUp {
    /// The results for these keys. `records` contains the records that exist. An `Err` in `records`
    /// stands for an invalid record, whose key gets the status `failed`. If `shows_execution` is
    /// true, the metadata of an image contains the ARN of the execution that recorded it.
    #[must_use]
    pub fn new(
        keys: Vec<String>,
        records: &HashMap<String, Result<Record, CatalogError>>,
        shows_execution: bool,
    ) -> Self {
        let results =
            keys.into_iter().map(|key| match records.get(&key).map(Result::as_ref).transpose() {
                Ok(record) => KeyResult::new(key, record, shows_execution),
                Err(_) => KeyResult::failed(key),
            });
        Self { results: results.collect() }
    }
}

impl KeyResult {
    fn new(s3objectkey: String, record: Option<&Record>, shows_execution: bool) -> Self {
        let (status, metadata, rejection) = match record.map(|record| &record.state) {
            Some(RecordState::Image(image)) => {
                let written = record.and_then(|it| it.written.as_ref());
                let execution = written.filter(|_| shows_execution);
                let metadata = Metadata::new(s3objectkey.clone(), image.clone())
                    .recorded_by(execution.map(|it| it.execution.clone()));
                (Status::Found, Some(Box::new(metadata)), None)
            }
            Some(RecordState::Rejected { rejection, .. }) => {
                (Status::Rejected, None, Some(rejection.clone()))
            }
            Some(RecordState::Absent { .. }) | None => (Status::Unknown, None, None),
        };
        let (reason, message) = rejection.map(|it| (it.reason, it.message)).unzip();
        Self { s3objectkey, status, metadata, reason, message }
    }

    /// The result for a key whose record is not valid. The log has the details.
    fn failed(s3objectkey: String) -> Self {
        let message = Some(FAILED.to_owned());
        Self { s3objectkey, status: Status::Failed, metadata: None, reason: None, message }
    }
}

/// Reads the keys from a request that looks up many keys.
///
/// # Errors
/// [`ApiError::BadRequest`] if the body is not the expected JSON, if it has no key or too many
/// keys, or if one of the keys lacks the stack's prefix or is longer than S3 allows;
/// [`ApiError::BodyTooLarge`] if the body is larger than any valid body.
pub fn look_up_request(request: &Request, prefix: &KeyPrefix) -> Result<Vec<String>, ApiError> {
    let bad = |message: &str| ApiError::BadRequest(message.to_owned());
    let body = request.body().ok_or_else(|| bad("the body is not valid base64"))?;
    if body.len() > MAX_BODY_BYTES {
        return Err(ApiError::BodyTooLarge { limit: MAX_BODY_BYTES });
    }
    let Body { keys } = parse(&body)?;
    match keys.len() {
        0 => return Err(bad("keys: must have at least one key")),
        1..=MAX_KEYS => {}
        number => {
            let message = format!("keys: has {number} keys; the most are {MAX_KEYS}");
            return Err(ApiError::BadRequest(message));
        }
    }
    for (number, key) in keys.iter().enumerate() {
        let wrong = if !prefix.contains(key) {
            format!("must be a key in full: it starts with {prefix}")
        } else if key.len() > MAX_KEY_BYTES {
            format!("is longer than any key can be: {MAX_KEY_BYTES} bytes of UTF-8")
        } else {
            continue;
        };
        return Err(ApiError::BadRequest(format!("keys[{number}]: {wrong}")));
    }
    Ok(keys)
}

/// Parses the body. Errors say which document is expected, and where the body differs from it. They
/// omit the parser's messages, which would name types of this program.
fn parse(body: &[u8]) -> Result<Body, ApiError> {
    let expected = "an object with one member, keys, which is a list of strings";
    // `serde_json` also reads a struct from an array of its members' values. Without this check,
    // the body `[["uploads/a"]]` would be accepted.
    let is_object = body.trim_ascii_start().first().is_none_or(|first| *first == b'{');
    let error = match serde_json::from_slice(body) {
        Ok(parsed) if is_object => return Ok(parsed),
        Ok(_) => return Err(ApiError::BadRequest(format!("the body must be {expected}"))),
        Err(error) => error,
    };
    let place = format!("line {}, column {}", error.line(), error.column());
    Err(ApiError::BadRequest(if error.is_data() {
        format!("the body must be {expected}; it differs at {place}")
    } else {
        format!("the body is not JSON at {place}; it must be {expected}")
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::request::samples::{post, prefix, record};

    fn keys(body: &str) -> Result<Vec<String>, String> {
        look_up_request(&post(body), &prefix()).map_err(|error| error.to_string())
    }

    #[test]
    fn keys_are_read_in_order_with_repetitions() {
        let body = r#" {"keys": ["uploads/b", "uploads/\ud83e\udd80?", "uploads/b"]} "#;
        assert_eq!(keys(body).unwrap(), ["uploads/b", "uploads/🦀?", "uploads/b"]);
        let most = json!({"keys": vec![format!("uploads/{}", "\u{1}".repeat(1016)); MAX_KEYS]});
        assert_eq!(keys(&most.to_string()).unwrap().len(), MAX_KEYS);
    }

    #[test]
    fn what_is_no_list_of_keys_is_refused_with_its_place() {
        for (body, place) in [
            ("", "line 1, column 0"),
            ("keys", "line 1, column 1"),
            ("{\"keys\": [\"uploads/a\"]", "line 1, column 22"),
            (r#"{"keys": ["uploads/\ud800"]}"#, "line 1, column"),
            ("[[\"uploads/a\"]]", "must be an object"),
            ("null", "line 1, column 4"),
            ("{}", "line 1, column 2"),
            (r#"{"keys": "uploads/a"}"#, "line 1, column"),
            (r#"{"keys": [1]}"#, "line 1, column 11"),
            (r#"{"keys": ["uploads/a"], "more": 1}"#, "line 1, column"),
            (r#"{"keys": ["uploads/a"], "keys": ["uploads/b"]}"#, "line 1, column"),
            (r#"{"keys": []}"#, "keys: "),
            (r#"{"keys": ["uploads/a", "cat.jpg"]}"#, "keys[1]: "),
            (r#"{"keys": [""]}"#, "keys[0]: "),
        ] {
            let error = keys(body).unwrap_err();
            assert!(error.contains(place), "{body}: {error}");
            assert!(!error.contains("struct"), "{body}: {error}");
        }
        let long = format!("uploads/{}", "k".repeat(1017));
        let error = keys(&json!({"keys": ["uploads/a", long]}).to_string()).unwrap_err();
        assert!(error.starts_with("keys[1]: is longer"), "{error}");
        let many = keys(&json!({"keys": vec!["uploads/a"; 101]}).to_string()).unwrap_err();
        assert!(many.starts_with("keys: has 101 keys"), "{many}");
    }

    #[test]
    fn a_body_larger_than_any_valid_one_is_not_parsed() {
        let error = look_up_request(&post(&" ".repeat(MAX_BODY_BYTES + 1)), &prefix()).unwrap_err();
        assert!(matches!(error, ApiError::BodyTooLarge { .. }), "{error}");
        let error = look_up_request(&post(&" ".repeat(MAX_BODY_BYTES)), &prefix()).unwrap_err();
        assert!(matches!(error, ApiError::BadRequest(_)), "{error}");
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_refused() {
        let request = json!({"body": "eyJrZXlzIjpbInVwbG9hZHMv/yJdfQ==", "isBase64Encoded": true});
        let error =
            look_up_request(&serde_json::from_value(request).unwrap(), &prefix()).unwrap_err();
        assert!(error.to_string().starts_with("the body is not JSON"), "{error}");
    }

    #[test]
    fn every_key_has_its_own_result() {
        let message = "height is not a number".to_owned();
        let malformed = CatalogError::MalformedItem { key: "uploads/edited".into(), message };
        let found = |key: &str, status| (key.to_owned(), Ok(record(key, status)));
        let records = HashMap::from([
            ("uploads/edited".to_owned(), Err(malformed)),
            found("uploads/image", "image"),
            found("uploads/text", "rejected"),
            found("uploads/gone", "absent"),
        ]);
        let keys = [
            "uploads/text",
            "uploads/image",
            "uploads/gone",
            "uploads/none",
            "uploads/text",
            "uploads/edited",
        ];
        let look_up = |shows_execution| {
            let keys = keys.map(ToOwned::to_owned).into();
            serde_json::to_value(LookUp::new(keys, &records, shows_execution)).unwrap()
        };
        let results = look_up(true);
        let rejected = json!({
            "s3objectkey": "uploads/text", "status": "rejected",
            "reason": "CorruptImage", "message": "cut short",
        });
        assert_eq!((&results["results"][0], &results["results"][4]), (&rejected, &rejected));
        let image = &results["results"][1];
        assert_eq!(image["status"], "found");
        assert_eq!(image["metadata"]["height"], "2");
        assert_eq!(image["metadata"]["execution"], "arn:1");
        assert!(look_up(false)["results"][1]["metadata"]["execution"].is_null(), "it is not shown");
        for (number, key) in [(2, "uploads/gone"), (3, "uploads/none")] {
            let unknown = json!({"s3objectkey": key, "status": "unknown"});
            assert_eq!(results["results"][number], unknown);
        }
        let failed = json!({
            "s3objectkey": "uploads/edited", "status": "failed",
            "message": "The request failed on our side. It has been logged.",
        });
        assert_eq!(results["results"][5], failed);
    }

    proptest! {
        #[test]
        fn nothing_panics(body in "(\\{\"keys\":)?.{0,60}") {
            let _result = look_up_request(&post(&body), &prefix());
        }
    }
}
