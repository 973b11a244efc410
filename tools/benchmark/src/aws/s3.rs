//! A stand-in for S3. It responds to `ListObjectsV2` and `HeadBucket`, and to HEAD and GET for an
//! object or a range of an object.

use std::ops::Range;

use http::Method;
use http::response::Builder;
use http_body_util::Full;
use hyper::body::Bytes;

use super::object;
use crate::http::{Request, Response, header};

/// The response to a request; `None` for a request that no function makes.
pub(super) fn respond(object: &Bytes, request: &Request) -> Option<http::Result<Response>> {
    let is_head = request.method() == Method::HEAD;
    if !is_head && request.method() != Method::GET {
        return None;
    }
    let (_bucket, key) =
        request.uri().path().strip_prefix('/')?.split_once('/').unwrap_or_default();
    if key.is_empty() {
        let body = if is_head { Bytes::new() } else { listing(request.uri().query()?)? };
        return Some(common(200, body.len()).body(Full::new(body)));
    }
    if key.ends_with('/') {
        return is_head.then(|| common(404, 0).body(Full::default()));
    }
    let range = header(request, "range").and_then(|header| range(header, object.len()));
    let status = if range.is_some() { 206 } else { 200 };
    let part = range.clone().unwrap_or(0..object.len());
    let mut response = common(status, part.len())
        .header("etag", format!("\"{}\"", object::ETAG))
        .header("last-modified", "Wed, 01 May 2024 12:00:00 GMT")
        .header("content-type", "image/jpeg")
        .header("accept-ranges", "bytes");
    if range.is_some() {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, object.len());
        response = response.header("content-range", range);
    }
    let body = if is_head { Bytes::new() } else { object.slice(part) };
    Some(response.body(Full::new(body)))
}

/// A listing of the stand-in's only object; `None` for a request that does not list objects. The
/// listing is empty if the request has `start-after`, because such a request asks for the keys
/// after the object's key
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>).
fn listing(query: &str) -> Option<Bytes> {
    if !query.contains("list-type=2") {
        return None;
    }
    let object = format!(
        "<Contents><Key>uploads/cat.jpg</Key><LastModified>2024-05-01T12:00:00.000Z</LastModified>\
         <ETag>&quot;{}&quot;</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
        object::ETAG,
        object::SIZE,
    );
    let (objects, count) = if query.contains("start-after") { ("", 0) } else { (&*object, 1) };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>\
         <Prefix>uploads/</Prefix><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>\
         <EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{objects}\
         </ListBucketResult>",
    );
    Some(text.into())
}

/// The headers of every response. The length is explicit, because a response to HEAD declares the
/// length of a body that it does not have.
fn common(status: u16, length: usize) -> Builder {
    http::Response::builder()
        .status(status)
        .header("content-length", length)
        .header("x-amz-request-id", "N4N7GDK58NMKJ121")
        .header("x-amz-id-2", "eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran")
        .header("x-amz-server-side-encryption", "AES256")
        .header("server", "AmazonS3")
}

/// Parses `bytes=first-last`, and cuts the range off at the end of the object.
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
        let request = http::Request::head(target).body(Bytes::new()).unwrap();
        respond(&Bytes::from_static(b"object"), &request).unwrap().unwrap()
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
