//! S3: HEAD and GET of the bucket, of an object, or of a range of it.

use std::ops::Range;

use super::object;
use crate::http::{Request, Response};

/// The answer to a request; none for one that nobody makes here.
pub(super) fn answer(object: &[u8], request: &Request) -> Option<Response> {
    let is_head = request.method == "HEAD";
    if !is_head && request.method != "GET" {
        return None;
    }
    let path = request.target.split('?').next().unwrap_or_default();
    let (_bucket, key) = path.strip_prefix('/')?.split_once('/').unwrap_or_default();
    if key.is_empty() {
        return is_head.then(|| common(Response::head(200, 0)));
    }
    if key.ends_with('/') {
        return is_head.then(|| common(Response::head(404, 0)));
    }
    let range = request.header("range").and_then(|header| range(header, object.len()));
    let status = if range.is_some() { 206 } else { 200 };
    let part = range.clone().unwrap_or(0..object.len());
    let body = &object[part.clone()];
    let response = if is_head {
        Response::head(status, body.len())
    } else {
        Response::new(status, body.to_vec())
    };
    let response = common(response)
        .header("etag", format!("\"{}\"", object::ETAG))
        .header("last-modified", "Wed, 01 May 2024 12:00:00 GMT")
        .header("content-type", "image/jpeg")
        .header("accept-ranges", "bytes");
    Some(if range.is_some() {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, object.len());
        response.header("content-range", range)
    } else {
        response
    })
}

fn common(response: Response) -> Response {
    response
        .header("x-amz-request-id", "N4N7GDK58NMKJ121")
        .header("x-amz-id-2", "eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran")
        .header("x-amz-server-side-encryption", "AES256")
        .header("server", "AmazonS3")
}

/// `bytes=first-last`, as far as the object goes.
fn range(header: &str, length: usize) -> Option<Range<usize>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    let range = first..(last + 1).min(length);
    (!range.is_empty()).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(target: &str) -> Response {
        let (method, target) = ("HEAD".to_owned(), target.to_owned());
        answer(b"object", &Request { method, target, ..Request::default() }).unwrap()
    }

    #[test]
    fn every_key_is_the_object_but_those_of_folders() {
        assert_eq!(head("/bucket/uploads/cat.jpg").status(), 200);
        assert_eq!(head("/bucket/uploads/").status(), 404);
        assert_eq!(head("/bucket").status(), 200);
    }

    #[test]
    fn a_range_ends_where_the_object_does() {
        assert_eq!(range("bytes=0-9", 100), Some(0..10));
        assert_eq!(range("bytes=90-200", 100), Some(90..100));
        assert_eq!(range("bytes=100-200", 100), None);
        assert_eq!(range("items=0-1", 100), None);
    }
}
