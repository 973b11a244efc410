//! The headers under which an image is sent.

use api::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use api::{Answer, CacheSeconds, Validators};
use catalog::ImageRecord;
use storage::ObjectHeaders;

/// What an image may do when a browser shows it as a page of its own: nothing but look as it does.
///
/// Uploads are strangers' bytes, and an SVG may hold scripts. `sandbox` takes the API's origin
/// away from it (<https://www.w3.org/TR/CSP3/#directive-sandbox>).
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

/// The headers of one image.
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

    /// Puts them into an answer.
    pub(crate) fn put(&self, answer: Answer) -> Answer {
        self.validators
            .head(answer)
            .header(CONTENT_TYPE, &self.content_type)
            .header(CONTENT_DISPOSITION, &self.disposition)
            .header(CACHE_CONTROL, &self.cache_control)
            .header(CONTENT_SECURITY_POLICY, POLICY)
    }

    /// Those that S3 can be told to answer with.
    pub(crate) fn in_storage(&self) -> ObjectHeaders<'_> {
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
    fn an_image_is_sent_so_that_it_cannot_script() {
        let headers = Headers::new("uploads/a.svg", &record(), CacheSeconds::new(60));
        let answer = serde_json::to_value(headers.put(Answer::status(200))).unwrap();
        let headers = &answer["headers"];
        assert_eq!(headers["content-type"], "image/svg+xml");
        assert!(headers["content-security-policy"].as_str().unwrap().contains("sandbox"));
        assert_eq!(headers["content-disposition"], "inline; filename=\"a.svg\"");
        assert_eq!(headers["etag"], "\"a1\"");
        assert_eq!(headers["last-modified"], "Wed, 01 May 2024 12:00:00 GMT");
        assert_eq!(headers["cache-control"], "max-age=60");
    }
}
