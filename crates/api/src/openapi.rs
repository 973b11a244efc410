//! The OpenAPI document, derived from the documents that the API returns.
//!
//! A test derives it and compares it with `openapi.json`, the file that the API serves, so no
//! function has to derive it at run time. After a change,
//! `UPDATE_EXPECT=1 cargo test -p api openapi` renews the file.

#![expect(dead_code, reason = "the functions below only carry descriptions")]

use std::collections::BTreeMap;

use contract::UPLOADS_PREFIX;
use expect_test::expect_file;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required};
use utoipa::{OpenApi, openapi};

use crate::error::Document as ErrorDocument;
use crate::key::{MAX_KEY_BYTES, PARAMETER};
use crate::routes::PATHS;
use crate::{ImageList, Info, Metadata};

/// Introduction to the API.
const DESCRIPTION: &str = "\
The images in an S3 bucket, and their metadata.

Keys are percent-encoded as by `encodeURIComponent`, and omit the prefix `uploads/`, which all
images share. Slashes may stay unencoded. Images and documents have an entity tag: send it in
`If-None-Match` to receive them only if they have changed. `OPTIONS` is supported for browsers. A
stack may require requests that are signed for AWS (Signature Version 4, service `execute-api`).";

/// The document without the parts that all operations share.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "pixgauge",
        description = DESCRIPTION,
        version = "1.0.0",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(get_image, get_metadata, list_images, info_images, get_openapi),
    components(schemas(ErrorDocument, SortParameter)),
    tags((name = "images", description = "Images and their metadata"))
)]
struct Document;

/// Get an image
///
/// Returns the uploaded bytes with the content type detected from them. Only objects that are
/// recorded as images are served. An image that is too large for a direct response is redirected to
/// a URL that is valid for a short time.
#[utoipa::path(
    get,
    path = "/images/file/{s3objectkey}",
    tag = "images",
    operation_id = "getImage",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("Range" = Option<String>, Header, description = "One range of bytes; several ranges, or other units, are ignored", example = "bytes=0-1023"),
        ("If-Range" = Option<String>, Header, description = "Entity tag or date of the client's part; if it is not current, the whole image is sent instead of the range, or 412 if the whole would be a redirect"),
        ("If-Match" = Option<String>, Header, description = "Entity tags; 412 unless one of them is current"),
        ("If-Unmodified-Since" = Option<String>, Header, description = "Date; 412 if the image has changed since"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current"),
        ("If-Modified-Since" = Option<String>, Header, description = "Date of the client's copy; 304 if the image has not changed since"),
    ),
    responses(
        (status = 200, description = "The image", content_type = "image/*", headers(
            ("Accept-Ranges" = String, description = "`bytes`"),
            ("Cache-Control" = String, description = "Lifetime in caches"),
            ("Content-Disposition" = String, description = "Name of the file"),
            ("Content-Security-Policy" = String, description = "Prevents scripts in the image from running"),
            ("ETag" = String, description = "Entity tag of the current state"),
            ("Last-Modified" = String, description = "Time of the upload"),
        )),
        (status = 206, description = "Part of the image", content_type = "image/*", headers(
            ("Content-Range" = String, description = "Range of the part, and size of the whole image"),
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
        (status = 307, description = "The image is too large for a direct response; for a short time, it is available from another URL", headers(
            ("Location" = String, description = "The URL, for the same method"),
        )),
        (status = 404, description = "There is no image under the key; if the object there was rejected, `reason` says why", body = ErrorDocument),
        (status = 409, description = "The image is recorded but cannot be read any more: it is archived, or its encryption key refuses; `error` says which", body = ErrorDocument),
        (status = 412, description = "A precondition of the request failed, or `If-Range` failed for an image that is sent by a redirect; ask again without `Range`", body = ErrorDocument),
        (status = 416, description = "The image has none of the requested bytes", body = ErrorDocument, headers(
            ("Content-Range" = String, description = "Size of the whole image"),
        )),
    )
)]
fn get_image() {}

/// Get the metadata of an image
#[utoipa::path(
    get,
    path = "/images/metadata/{s3objectkey}",
    tag = "images",
    operation_id = "getMetadata",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current"),
    ),
    responses(
        (status = 200, description = "Metadata of the image", body = Metadata, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
        (status = 404, description = "There is no image under the key; if the object there was rejected, `reason` says why", body = ErrorDocument),
    )
)]
fn get_metadata() {}

/// List images, a page at a time
///
/// An image that does not change between the requests is on exactly one page, whatever else is
/// uploaded or deleted. A page with a cursor may still be short or empty: continue until the cursor
/// is null.
#[utoipa::path(
    get,
    path = "/images",
    tag = "images",
    operation_id = "listImages",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000, nullable = false, description = "Largest number of images on the page; 50 by default"),
        ("cursor" = Option<String>, Query, min_length = 1, nullable = false, description = "The `cursor` of the previous page; valid only with the same `sort` and `prefix`"),
        ("contentType" = Option<String>, Query, pattern = "^[a-z]+/[a-z0-9.+-]+$", nullable = false, description = "Only images of this content type", example = "image/jpeg"),
        ("prefix" = Option<String>, Query, max_length = 1016, nullable = false, description = "Only images whose key, without `uploads/`, starts with this", example = "holidays/"),
        ("sort" = Option<SortParameter>, Query, nullable = false, description = "By key (`key`, the default), by size with the smallest first (`size`), or by size with the largest first (`-size`)"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current"),
    ),
    responses(
        (status = 200, description = "One page", body = ImageList, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
        (status = 400, description = "A parameter is invalid; `error` names it", body = ErrorDocument),
    )
)]
fn list_images() {}

/// Order of a listing.
#[derive(utoipa::ToSchema)]
enum SortParameter {
    #[schema(rename = "key")]
    Key,
    #[schema(rename = "size")]
    Size,
    #[schema(rename = "-size")]
    MinusSize,
}

/// Get an overview of all images
#[utoipa::path(
    get,
    path = "/images/info",
    tag = "images",
    operation_id = "getInfo",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current"),
    ),
    responses(
        (status = 200, description = "Largest image, smallest image, and counts", body = Info, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
    )
)]
fn info_images() {}

/// Get this document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenapi",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current"),
    ),
    responses(
        (status = 200, description = "OpenAPI 3.1", body = serde_json::Value, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
    )
)]
fn get_openapi() {}

/// The complete document. Every operation has the shared responses and a HEAD operation. One that
/// takes a key exists twice: with the key in the path and as a query parameter.
fn document() -> openapi::OpenApi {
    let mut document = Document::openapi();
    for path in ["/images/file", "/images/metadata"] {
        let get = document.paths.paths.get(&format!("{path}/{{{PARAMETER}}}"));
        let get = get.and_then(|item| item.get.as_ref()).unwrap();
        let item = PathItem::new(HttpMethod::Get, with_key_in_query(get));
        document.paths.paths.insert(path.to_owned(), item);
    }
    for item in document.paths.paths.values_mut() {
        let Some(get) = &mut item.get else { continue };
        add_shared(get);
        item.head = Some(head_of(get));
    }
    document
}

/// Adds the responses that all operations have.
fn add_shared(operation: &mut Operation) {
    for (status, description) in [
        ("412", "A precondition of the request failed"),
        ("500", "Internal error; it has been logged"),
        ("503", "S3 or DynamoDB is throttling or failing; try again after `Retry-After` seconds"),
    ] {
        let responses = &mut operation.responses.responses;
        let response = || error_response(description).into();
        responses.entry(status.to_owned()).or_insert_with(response);
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
    if let Some(RefOr::T(busy)) = operation.responses.responses.get_mut("503") {
        let header =
            HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds")).build();
        busy.headers.insert("Retry-After".to_owned(), header.into());
    }
}

/// A response with the document that describes an error.
fn error_response(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

/// The operation with its key as a query parameter instead of a part of the path.
fn with_key_in_query(operation: &Operation) -> Operation {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(UPLOADS_PREFIX.len()))
        .max_length(Some(MAX_KEY_BYTES))
        .pattern(Some(format!("^{UPLOADS_PREFIX}")))
        .build();
    let key = ParameterBuilder::new()
        .name(PARAMETER)
        .parameter_in(ParameterIn::Query)
        .required(Required::True)
        .description(Some("Key of the object in full, as responses contain it"))
        .schema(Some(key))
        .example(Some("uploads/cat.jpg".into()))
        .build();
    let mut operation = operation.clone();
    let parameters = operation.parameters.get_or_insert_default();
    parameters.retain(|it| !matches!(it, RefOr::T(it) if it.name == PARAMETER));
    parameters.insert(0, key.into());
    operation.operation_id = operation.operation_id.map(|id| format!("{id}ByKey"));
    operation.summary = operation.summary.map(|summary| format!("{summary} by its full key"));
    let response = error_response("`s3objectkey` is missing, repeated, or no key in full");
    operation.responses.responses.insert("400".to_owned(), response.into());
    operation
}

/// The HEAD operation of a path: that of GET, without bodies, and without the responses that a
/// range or the size of a body causes.
fn head_of(get: &Operation) -> Operation {
    let mut head = get.clone();
    head.operation_id = get.operation_id.as_ref().map(|id| format!("{id}Headers"));
    head.summary = get.summary.as_ref().map(|summary| format!("{summary}: headers only"));
    head.description = None;
    for status in ["206", "307", "416"] {
        head.responses.responses.remove(status);
    }
    for response in head.responses.responses.values_mut() {
        if let RefOr::T(Response { content, .. }) = response {
            content.clear();
        }
    }
    head
}

/// The document as JSON, as the file contains it.
fn written() -> String {
    let mut text = document().to_pretty_json().unwrap();
    text.push('\n');
    text
}

#[test]
fn openapi_is_what_the_file_says() {
    expect_file!["../openapi.json"].assert_eq(&written());
}

/// The paths of the document, each with its methods in upper case.
fn paths() -> BTreeMap<String, Vec<String>> {
    let document: serde_json::Value = serde_json::from_str(&written()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = |operations: &serde_json::Value| {
        operations.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect()
    };
    paths.map(|(path, operations)| (path.clone(), methods(operations))).collect()
}

#[test]
fn openapi_has_the_paths_that_the_functions_know() {
    let paths = paths();
    assert!(paths.keys().eq(PATHS), "{paths:?}");
    assert!(paths.values().all(|methods| methods == &["GET", "HEAD"]), "{paths:?}");
}
