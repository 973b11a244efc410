//! Requests with conditions and ranges, sent with several HTTP clients. With one exception
//! (`WholeOrNewRequest`), a request has the same result whether the image is sent directly or
//! after a redirect.

mod cases;
mod clients;

use aws_sdk_s3::primitives::DateTime;
use harness::{TestStack, picture, run};

use self::cases::{CASES, Case, Expected};
use self::clients::{Answer, Client, Exchange};
use crate::client::{get, send};
use crate::versions::versioned;

/// Sizes of the images, in bytes. A Lambda response can hold the first image, but not the second.
const SIZES: [usize; 2] = [1_000_000, 10_000_000];

struct Uploaded {
    url: String,
    bytes: Vec<u8>,
    etag: String,
    last_modified: String,
    is_redirected: bool,
}

/// Uploads and records an image that is padded to `size` bytes. The upload sets every header that
/// S3 stores, to values that must not appear in any response.
async fn upload(stack: &TestStack, folder: &str, size: usize) -> Uploaded {
    let key = stack.key(&format!("{folder}/{size}.PNG"));
    let mut bytes = picture::png(3, 2, 0);
    let mut random = fastrand::Rng::with_seed(size as u64);
    bytes.extend(std::iter::repeat_with(|| random.u8(..)).take(size - bytes.len()));
    let put = stack.put_object(&key, bytes.clone());
    put.content_type("text/html")
        .content_encoding("gzip")
        .content_language("fr")
        .content_disposition("attachment; filename=\"setup.exe\"")
        .cache_control("public, max-age=31536000, immutable")
        .expires(DateTime::from_secs(4_000_000_000))
        .metadata("note", "of the uploader")
        .send()
        .await
        .unwrap();
    stack.execute(&stack.event("Object Created", &key, Some("01"))).await;
    let url = stack.stack.api().file_url(&key);
    let head = send("HEAD", &url, &[]).await;
    let (etag, last_modified) =
        (head.header("etag").to_owned(), head.header("last-modified").to_owned());
    Uploaded { url, bytes, etag, last_modified, is_redirected: size > 4_500_000 }
}

impl Uploaded {
    /// The request of a case, for this image.
    fn exchange(&self, case: &Case) -> Exchange {
        let (size, last) = (self.bytes.len().to_string(), (self.bytes.len() - 1).to_string());
        let headers = case.headers.iter().map(|(name, value)| {
            let value = value.replace("{etag}", self.etag.trim_matches('"'));
            let value = value.replace("{modified}", &self.last_modified);
            let value = value.replace("{size}", &size).replace("{last}", &last);
            (*name, value)
        });
        Exchange { method: case.method, url: self.url.clone(), headers: headers.collect() }
    }

    /// Checks an answer against what the case expects.
    fn judge(&self, client: Client, case: &Case, answer: &Answer) {
        let what =
            format!("{client:?}, {} bytes, {} {:?}", self.bytes.len(), case.method, case.headers);
        let expected = match case.expected {
            Expected::WholeOrNewRequest if self.is_redirected => {
                assert_eq!(answer.status, 412, "{what}: {answer:?}");
                return;
            }
            Expected::WholeOrNewRequest => Expected::Whole,
            other => other,
        };
        let size = self.bytes.len();
        let (status, part) = match expected {
            Expected::Whole | Expected::WholeOrNewRequest => (200, Some(0..size)),
            Expected::Part(part) => (206, Some(part(size))),
            Expected::NotModified => (304, None),
            Expected::PreconditionFailed => (412, None),
            Expected::Unsatisfiable => (416, None),
        };
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        let header = |name, expected: &str| {
            // In Chromium, a page sees only the headers that CORS exposes to it.
            let value = answer.header(name);
            let is_hidden = client == Client::Chromium && value.is_empty();
            assert!(is_hidden || value == expected, "{what}: {name}: {value:?}, not {expected:?}");
        };
        if status != 412 && status != 416 {
            header("etag", &self.etag);
            header("last-modified", &self.last_modified);
            header("cache-control", "max-age=60");
        }
        if status == 416 {
            header("content-range", &format!("bytes */{size}"));
        }
        let Some(part) = part else { return };
        header("content-type", "image/png");
        header("content-disposition", &format!("inline; filename=\"{size}.PNG\""));
        header("accept-ranges", "bytes");
        header("content-length", &part.len().to_string());
        // The API sends `x-content-type-options` and `content-security-policy`, but S3 does not. A
        // HEAD request is never redirected.
        if !self.is_redirected || case.method == "HEAD" {
            header("x-content-type-options", "nosniff");
            let policy = answer.header("content-security-policy");
            let is_hidden = client == Client::Chromium && policy.is_empty();
            assert!(is_hidden || policy.contains("sandbox"), "{what}: {answer:?}");
        }
        // The API does not send these headers. After a redirect, S3 does, with the value
        // `replacement`: the redirect's URL can replace the uploader's value, but cannot remove the
        // header.
        for (name, replacement) in [("content-encoding", "identity"), ("content-language", "und")] {
            let value = answer.header(name);
            assert!(value.is_empty() || value == replacement, "{what}: {name}: {value:?}");
        }
        assert!(!answer.header("expires").contains("2096"), "{what}: {answer:?}");
        if status == 206 {
            header("content-range", &format!("bytes {}-{}/{size}", part.start, part.end - 1));
        }
        if case.method == "GET" {
            let checksum = crc32fast::hash(&self.bytes[part.clone()]);
            assert_eq!(
                (answer.length, answer.checksum),
                (part.len(), checksum),
                "{what}: other bytes"
            );
        }
    }
}

/// Uploads one image for each size in [`SIZES`]. For each image, sends the request of every case
/// and checks the answer.
async fn every_case(stack: &TestStack, folder: &str, client: Client) {
    for size in SIZES {
        let image = upload(stack, folder, size).await;
        let requests: Vec<_> = CASES.iter().map(|case| image.exchange(case)).collect();
        let answers = client.send(&requests).await;
        assert_eq!(answers.len(), CASES.len());
        for (case, answer) in CASES.iter().zip(&answers) {
            image.judge(client, case, answer);
        }
    }
}

#[test]
fn conditions_and_ranges_are_the_same_behind_a_redirect() {
    run(async {
        every_case(versioned().await, "plain", Client::Plain).await;
    });
}

#[test]
#[ignore = "needs curl, Python's requests, and chromium or google-chrome: run \
    tests/conformance/browser/run"]
fn conditions_and_ranges_are_the_same_for_real_clients() {
    run(async {
        for client in [Client::Curl, Client::Requests, Client::Chromium] {
            every_case(versioned().await, &format!("{client:?}"), client).await;
            println!("{client:?}: {} cases for images of {SIZES:?} bytes", CASES.len());
        }
    });
}

#[test]
fn a_range_is_never_cut_from_another_version() {
    run(async {
        let stack = versioned().await;
        let image = upload(stack, "pinned", SIZES[1]).await;
        let range = [("Range", "bytes=1000-"), ("If-Range", &*image.etag)];
        let redirect = get(&image.url, &range).await;
        assert_eq!(redirect.status, 307, "{redirect:?}");
        let key = &stack.key("pinned/10000000.PNG");
        stack.upload(key, picture::png(1, 1, 6_000_000), "").await;
        stack.execute(&stack.event("Object Created", key, Some("02"))).await;
        // The redirect leads to the version whose ETag is in `If-Range`, although a newer version
        // exists.
        let part = get(redirect.header("location"), &range).await;
        assert_eq!(part.status, 206);
        assert!(part.body == image.bytes[1000..], "the part is of another version");
        let later = get(&image.url, &range).await;
        assert_eq!(later.status, 412);
        assert!(later.json()["error"].as_str().unwrap().contains("without Range"), "{later:?}");
    });
}
