//! Response headers of an image.

use std::time::SystemTime;

use api::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use api::{CacheSeconds, Disposition, Response, Validators};
use catalog::ImageRecord;
use probe::Format;
use storage::ObjectHeaders;

/// `Content-Security-Policy` that lets a browser display the image as a page of its own, and lets
/// that page do nothing else.
///
/// Uploads are untrusted, and an SVG may contain scripts. `sandbox` disables the scripts and
/// separates the page from the API's origin (<https://www.w3.org/TR/CSP3/#directive-sandbox>).
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

/// Response headers of one image.
#[derive(Debug)]
pub(crate) struct Headers {
    pub(crate) validators: Validators,
    content_type: String,
    disposition: String,
    /// `Content-Disposition` that S3 sends after a redirect.
    disposition_from_storage: String,
    cache: CacheSeconds,
    cache_control: String,
}

impl Headers {
    pub(crate) fn new(key: &str, record: &ImageRecord, cache: CacheSeconds) -> Self {
        let object = &record.object;
        let disposition = |kind: Disposition| {
            let extensions = Format::named(&record.image.format).into_iter();
            kind.header(key, extensions.flat_map(Format::extensions))
        };
        let from_storage = if may_run_scripts(&record.image.content_type) {
            Disposition::Attachment
        } else {
            Disposition::Inline
        };
        Self {
            validators: Validators::new(&object.etag).modified(object.last_modified.as_deref()),
            content_type: record.image.content_type.clone(),
            disposition: disposition(Disposition::Inline),
            disposition_from_storage: disposition(from_storage),
            cache,
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
            content_disposition: &self.disposition_from_storage,
            cache_control: &self.cache_control,
            expires: self.cache.expires(SystemTime::now()),
        }
    }
}

/// True for the content types of documents in which browsers run scripts. S3 sends no [`POLICY`],
/// so after a redirect to S3 a browser must download such a document instead of showing it.
fn may_run_scripts(content_type: &str) -> bool {
    content_type.ends_with("xml")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(format: &str, content_type: &str) -> ImageRecord {
        serde_json::from_value(json!({
            "size": 9, "etag": "a1", "lastModified": "2024-05-01T12:00:00Z", "format": format,
            "contentType": content_type, "width": 1, "height": 1, "displayWidth": 1,
            "displayHeight": 1, "shard": 0,
        }))
        .unwrap()
    }

    fn svg(key: &str) -> Headers {
        Headers::new(key, &record("svg", "image/svg+xml"), CacheSeconds::new(60))
    }

    #[test]
    fn an_image_is_sent_with_a_sandbox() {
        let response =
            serde_json::to_value(svg("uploads/a.svg").add_to(Response::status(200))).unwrap();
        let headers = &response["headers"];
        assert_eq!(headers["content-type"], "image/svg+xml");
        assert!(headers["content-security-policy"].as_str().unwrap().contains("sandbox"));
        assert_eq!(headers["content-disposition"], "inline; filename=\"a.svg\"");
        assert_eq!(headers["etag"], "\"a1\"");
        assert_eq!(headers["last-modified"], "Wed, 01 May 2024 12:00:00 GMT");
        assert_eq!(headers["cache-control"], "max-age=60");
    }

    #[test]
    fn behind_a_redirect_only_an_svg_is_saved() {
        for (key, format, content_type, disposition) in [
            ("uploads/a.html", "svg", "image/svg+xml", "attachment; filename=\"a.svg\""),
            ("uploads/a.JPEG", "jpeg", "image/jpeg", "inline; filename=\"a.JPEG\""),
            // pixgauge does not know the format `webp2`, so the file's name stays unchanged.
            ("uploads/a.wp2", "webp2", "image/webp2", "inline; filename=\"a.wp2\""),
        ] {
            let headers = Headers::new(key, &record(format, content_type), CacheSeconds::new(60));
            assert_eq!(headers.for_storage().content_disposition, disposition);
        }
    }

    #[test]
    fn a_format_that_is_not_known_any_more_leaves_the_name_alone() {
        let record = record("webp2", "image/webp2");
        let headers = Headers::new("uploads/a.wp2", &record, CacheSeconds::new(60));
        assert_eq!(headers.disposition, "inline; filename=\"a.wp2\"");
    }

    #[test]
    fn a_response_from_storage_expires_with_its_cache_control() {
        let now = SystemTime::now();
        let expires = svg("uploads/a.svg").for_storage().expires;
        let seconds = expires.duration_since(now).unwrap().as_secs();
        assert!((60..120).contains(&seconds), "{seconds}");
    }
}
