//! The event that each function handles while it is measured, and the value in the function's
//! result that shows that the function did its work.

use std::path::Path;

use serde_json::Value;

use crate::aws::object;
use crate::error::BenchmarkError;

/// Package of the function that all others are compared with. It returns its input, and is never
/// deployed to AWS.
pub(crate) const EMPTY_FUNCTION: &str = "empty-function";

/// Function, file of its event, JSON pointer (RFC 6901) into its result, and the value that the
/// result has there if the work was done.
const WORKLOADS: [(&str, &str, &str, &str); 13] = [
    (EMPTY_FUNCTION, "state-recount-totals.json", "", "{\"seconds\":240}"),
    ("compare-objects", "state-compare-objects.json", "/examined", "1"),
    ("compare-records", "state-compare-records.json", "/examined", "8"),
    ("get-image", "api-get-image.json", "/statusCode", "200"),
    ("get-metadata", "api-get-metadata.json", "/statusCode", "200"),
    ("head-object", "s3-object-created.json", "/present", "true"),
    ("info-images", "api-info-images.json", "/statusCode", "200"),
    ("list-images", "api-list-images.json", "/statusCode", "200"),
    ("openapi", "api-openapi.json", "/statusCode", "200"),
    ("publish-results", "stream-records.json", "/batchItemFailures", "[]"),
    ("put-metadata", "state-put-image.json", "/outcome", "\"recorded\""),
    ("read-dimensions", "state-read-dimensions.json", "/width", "1680"),
    ("recount-totals", "state-recount-totals.json", "/totals/examined", "8"),
];

/// Name, size and ETag of the image in the sample events.
const SAMPLE: [&str; 3] = ["photo.jpg", "14151", "ccf61e182e15e121f2a49b809103a948"];

/// An event, and the evidence that a function has handled it.
#[derive(Debug)]
pub(crate) struct Workload {
    /// The event as JSON.
    pub(crate) event: Vec<u8>,
    pointer: &'static str,
    value: &'static str,
}

impl Workload {
    /// The workload of a function. Its event comes from `events/` in the project at `root`.
    pub(crate) fn of(function: &str, root: &Path) -> Result<Self, BenchmarkError> {
        let found = WORKLOADS.iter().find(|(name, ..)| *name == function);
        let (_, file, pointer, value) =
            found.ok_or_else(|| BenchmarkError::NoWorkload(function.to_owned()))?;
        let file = root.join("events").join(file);
        let what = file.display().to_string();
        let event = std::fs::read_to_string(file).map_err(BenchmarkError::io(what))?;
        Ok(Self { event: with_larger_object(&event).into_bytes(), pointer, value })
    }

    /// The reason why a result is wrong; `None` if the result is correct. Without this check, a
    /// function that fails quickly would look like a fast one.
    pub(crate) fn complaint(&self, result: &[u8]) -> Option<String> {
        let result: Value = serde_json::from_slice(result).unwrap_or_default();
        let found = result.pointer(self.pointer).map(ToString::to_string);
        if found.as_deref() == Some(self.value) {
            return None;
        }
        let (pointer, value) = (self.pointer, self.value);
        Some(format!("returned {result}, but {pointer} should be {value}"))
    }
}

/// Replaces the name, size and ETag of the object in a sample event with those of the object in the
/// stand-in for S3. The sample's object is smaller than a photo.
fn with_larger_object(event: &str) -> String {
    let [name, size, etag] = SAMPLE;
    let event = event.replace(name, object::NAME).replace(etag, object::ETAG);
    event.replace(size, &object::SIZE.to_string())
}

#[cfg(test)]
mod tests {
    use pulumi_program::Checkout;

    use super::*;

    #[test]
    fn every_function_has_a_workload() {
        let checkout = Checkout::find().unwrap();
        for function in checkout.functions().unwrap() {
            assert!(!Workload::of(&function, checkout.root()).unwrap().event.is_empty());
        }
    }

    #[test]
    fn events_name_the_object_of_the_stand_in() {
        let root = Checkout::find().unwrap();
        let workload = Workload::of("read-dimensions", root.root()).unwrap();
        let event: Value = serde_json::from_slice(&workload.event).unwrap();
        assert_eq!(event["key"], format!("uploads/{}", object::NAME));
        assert_eq!(event["object"]["size"], object::SIZE);
        assert_eq!(event["object"]["etag"], object::ETAG);
    }

    #[test]
    fn a_result_that_is_an_error_is_a_complaint() {
        let workload = Workload::of("get-image", Checkout::find().unwrap().root()).unwrap();
        assert_eq!(workload.complaint(br#"{"statusCode": 200}"#), None);
        for result in [&br#"{"statusCode": 500}"#[..], b"{}", b"no JSON"] {
            assert!(workload.complaint(result).unwrap().contains("/statusCode should be 200"));
        }
    }
}
