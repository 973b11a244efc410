//! The table of cases: requests and their expected results.

use std::ops::Range;

use self::Expected::{
    NotModified, Part, PreconditionFailed, Unsatisfiable, Whole, WholeOrNewRequest,
};

/// A request for an image, and the expected result.
pub(super) struct Case {
    pub(super) method: &'static str,
    /// Names and values. `{etag}` stands for the image's ETag without quotes, `{modified}` for its
    /// `Last-Modified`, `{size}` for its size in bytes, and `{last}` for the position of its last
    /// byte.
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) expected: Expected,
}

/// The result of a request, after redirects.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    /// 200 with the image, or with its headers for HEAD.
    Whole,
    /// 206 with a part of the image: the part's byte range, computed from the image's size.
    Part(fn(usize) -> Range<usize>),
    /// 304.
    NotModified,
    /// 412.
    PreconditionFailed,
    /// 416.
    Unsatisfiable,
    /// The result if `If-Range` fails: 200 with the whole image if it is sent directly, and 412
    /// instead of a redirect. After a redirect, S3 would ignore `If-Range` and apply the range.
    WholeOrNewRequest,
}

const fn get(headers: &'static [(&'static str, &'static str)], expected: Expected) -> Case {
    Case { method: "GET", headers, expected }
}

const fn head(headers: &'static [(&'static str, &'static str)], expected: Expected) -> Case {
    Case { method: "HEAD", headers, expected }
}

const EARLIER: &str = "Wed, 01 May 2024 12:00:00 GMT";
const OTHER: &str = "\"00000000000000000000000000000000\"";

pub(super) const CASES: &[Case] = &[
    get(&[], Whole),
    // Ranges.
    get(&[("Range", "bytes=0-0")], Part(|_| 0..1)),
    get(&[("Range", "bytes=100-199")], Part(|_| 100..200)),
    get(&[("Range", "bytes=0-")], Part(|size| 0..size)),
    get(&[("Range", "bytes=1000-")], Part(|size| 1000..size)),
    get(&[("Range", "bytes=-100")], Part(|size| size - 100..size)),
    get(&[("Range", "bytes=-{last}")], Part(|size| 1..size)),
    get(&[("Range", "bytes=-{size}")], Part(|size| 0..size)),
    get(&[("Range", "bytes=0-{last}")], Part(|size| 0..size)),
    get(&[("Range", "bytes=1-{size}")], Part(|size| 1..size)),
    get(&[("Range", "bytes={last}-{size}")], Part(|size| size - 1..size)),
    get(&[("Range", "bytes={size}-")], Unsatisfiable),
    get(&[("Range", "bytes=-0")], Unsatisfiable),
    // Ranges that are ignored.
    get(&[("Range", "bytes=0-1,3-4")], Whole),
    get(&[("Range", "bytes=4-2")], Whole),
    get(&[("Range", "bytes=a-")], Whole),
    get(&[("Range", "bytes=-")], Whole),
    get(&[("Range", "items=0-1")], Whole),
    // If-Range.
    get(&[("Range", "bytes=100-199"), ("If-Range", "\"{etag}\"")], Part(|_| 100..200)),
    get(&[("Range", "bytes=1000-"), ("If-Range", "\"{etag}\"")], Part(|size| 1000..size)),
    get(&[("Range", "bytes=1000-"), ("If-Range", "{modified}")], Part(|size| 1000..size)),
    get(&[("Range", "bytes=100-199"), ("If-Range", OTHER)], WholeOrNewRequest),
    get(&[("Range", "bytes=1000-"), ("If-Range", OTHER)], WholeOrNewRequest),
    get(&[("Range", "bytes=1000-"), ("If-Range", "W/\"{etag}\"")], WholeOrNewRequest),
    get(&[("Range", "bytes=1000-"), ("If-Range", EARLIER)], WholeOrNewRequest),
    get(&[("If-Range", OTHER)], Whole),
    // If-Match and If-Unmodified-Since.
    get(&[("If-Match", "\"{etag}\"")], Whole),
    get(&[("If-Match", "{etag}")], Whole),
    get(&[("If-Match", "*")], Whole),
    get(&[("If-Match", "\"other\", \"{etag}\"")], Whole),
    get(&[("If-Match", OTHER)], PreconditionFailed),
    get(&[("If-Match", "W/\"{etag}\"")], PreconditionFailed),
    get(&[("If-Match", "\"{etag}\""), ("Range", "bytes=1000-")], Part(|size| 1000..size)),
    get(&[("If-Match", OTHER), ("Range", "bytes=1000-")], PreconditionFailed),
    get(&[("If-Unmodified-Since", "{modified}")], Whole),
    get(&[("If-Unmodified-Since", EARLIER)], PreconditionFailed),
    get(&[("If-Unmodified-Since", "yesterday")], Whole),
    get(&[("If-Match", "\"{etag}\""), ("If-Unmodified-Since", EARLIER)], Whole),
    // If-None-Match and If-Modified-Since.
    get(&[("If-None-Match", "\"{etag}\"")], NotModified),
    get(&[("If-None-Match", "{etag}")], NotModified),
    get(&[("If-None-Match", "W/\"{etag}\"")], NotModified),
    get(&[("If-None-Match", "\"other\", \"{etag}\"")], NotModified),
    get(&[("If-None-Match", "*")], NotModified),
    get(&[("If-None-Match", OTHER)], Whole),
    get(&[("If-None-Match", OTHER), ("Range", "bytes=1000-")], Part(|size| 1000..size)),
    get(&[("If-None-Match", "\"{etag}\""), ("Range", "bytes=1000-")], NotModified),
    get(&[("If-Modified-Since", "{modified}")], NotModified),
    get(&[("If-Modified-Since", EARLIER)], Whole),
    get(&[("If-Modified-Since", "yesterday")], Whole),
    get(&[("If-None-Match", OTHER), ("If-Modified-Since", "{modified}")], Whole),
    get(&[("If-Match", "\"{etag}\""), ("If-None-Match", "\"{etag}\"")], NotModified),
    get(&[("If-Match", OTHER), ("If-None-Match", "\"{etag}\"")], PreconditionFailed),
    // HEAD ignores ranges.
    head(&[], Whole),
    head(&[("Range", "bytes=100-199")], Whole),
    head(&[("Range", "bytes={size}-")], Whole),
    head(&[("Range", "bytes=1000-"), ("If-Range", OTHER)], Whole),
    head(&[("If-Match", "\"{etag}\"")], Whole),
    head(&[("If-Match", OTHER)], PreconditionFailed),
    head(&[("If-None-Match", "\"{etag}\"")], NotModified),
    head(&[("If-Modified-Since", "{modified}")], NotModified),
];
