//! Response headers of an image.

use api::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use api::{CacheSeconds, Response, Validators};
use catalog::ImageRecord;
use storage::ObjectHeaders;

/// `Content-Security-Policy`: when a browser shows an image as a page of its own, the image may be
/// displayed and nothing else.
///
/// Uploads are untrusted, and an SVG may contain scripts. `sandbox` separates it from the API's
/// origin (<https://www.w3.org/TR/CSP3/#directive-sandbox>).
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

/// Response headers of one image.
#[derive(Debug)]
pub(crate) struct Headers {
    pub(crate) validators: Validators,
    content_type: String,
    disposition: String,
    cache_control: String,
}

impl Headers {
    pub(crate) fn new(key: &str, record: &ImageRecord, cache: CacheSeconds) -> Self {
        let object = &record.object;
        Self {
            validators: Validators::new(&object.etag).modified(object.last_modified.as_deref()),
            content_type: record.image.content_type.clone(),
            disposition: api::inline(key),
            cache_control: cache.control(),
        }
    }

    /// Adds the headers to a response.
    pub(crate) fn add_to(&self, response: Response) -> Response {
        self.validators
            .add_to(response)
            .header(CONTENT_TYPE, &self.content_type)
            .header(CONTENT_DISPOSITION, &self.disposition)
            .header(CACHE_CONTROL, &self.cache_control)
            .header(CONTENT_SECURITY_POLICY, POLICY)
    }

    /// Headers that a presigned URL makes S3 send.
    pub(crate) fn for_storage(&self) -> ObjectHeaders<'_> {
        ObjectHeaders {
            content_type: &self.content_type,
            content_disposition: &self.disposition,
            cache_control: &self.cache_control,
        }
    }
}

#[cfg(test)]
mod tests {
    use catalog::Shards;
    use serde_json::json;

    use super::*;

    fn record() -> ImageRecord {
        serde_json::from_value(json!({
            "size": 9, "etag": "a1", "lastModified": "2024-05-01T12:00:00Z", "format": "svg",
            "contentType": "image/svg+xml", "width": 1, "height": 1, "displayWidth": 1,
            "displayHeight": 1, "shard": Shards::new(1).unwrap().number() - 1,
        }))
        .unwrap()
    }

    #[test]
    fn an_image_is_sent_with_a_sandbox() {
        let headers = Headers::new("uploads/a.svg", &record(), CacheSeconds::new(60));
        let response = serde_json::to_value(headers.add_to(Response::status(200))).unwrap();
        let headers = &response["headers"];
        assert_eq!(headers["content-type"], "image/svg+xml");
        assert!(headers["content-security-policy"].as_str().unwrap().contains("sandbox"));
        assert_eq!(headers["content-disposition"], "inline; filename=\"a.svg\"");
        assert_eq!(headers["etag"], "\"a1\"");
        assert_eq!(headers["last-modified"], "Wed, 01 May 2024 12:00:00 GMT");
        assert_eq!(headers["cache-control"], "max-age=60");
    }
}
