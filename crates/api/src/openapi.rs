//! The OpenAPI document, derived from the types that the API answers with.
//!
//! It is made here, in a test, and served as the file that the test keeps: what runs in Lambda
//! does not have to make it. After a change, `UPDATE_EXPECT=1 cargo test --workspace --lib openapi`
//! writes the file anew.

#![expect(dead_code, reason = "the functions below are descriptions, which nobody calls")]

use std::collections::BTreeMap;

use expect_test::expect_file;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{OpenApi, openapi};

use crate::error::Document as ErrorDocument;
use crate::routes::PATHS;
use crate::{ImageList, Info, Metadata};

/// Measures of the images in a bucket.
///
/// Keys are sent percent-encoded, as `encodeURIComponent` does it, and without `uploads/`, where
/// all images are. A slash may be sent as it is. Answers carry an entity tag; send it back in
/// `If-None-Match`, and what has not changed is not sent again. `OPTIONS` is answered for
/// browsers. A stack may ask for requests signed for AWS (service `execute-api`).
#[derive(OpenApi)]
#[openapi(
    info(title = "pixgauge", version = "1.0.0", license(name = "see the repository")),
    paths(get_image, get_metadata, list_images, info_images, get_openapi),
    components(schemas(ErrorDocument, SortParameter)),
    tags((name = "images", description = "Images and what was measured of them"))
)]
struct Document;

/// An image
///
/// The bytes as they were uploaded, of the content type that they are. Only what was measured as
/// an image is served. An image that is too large for a direct answer is a redirect to an address
/// that can be used for a short time.
#[utoipa::path(
    get,
    path = "/images/file/{s3objectkey}",
    tag = "images",
    operation_id = "getImage",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("Range" = Option<String>, Header, description = "One range of bytes; another is ignored", example = "bytes=0-1023"),
        ("If-Range" = Option<String>, Header, description = "The entity tag or date of which a range is wanted; of another state, the whole is sent"),
        ("If-Match" = Option<String>, Header, description = "Entity tags of which one is wanted"),
        ("If-Unmodified-Since" = Option<String>, Header, description = "The date after which no other state is wanted"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags of what the client has"),
        ("If-Modified-Since" = Option<String>, Header, description = "The date of what the client has"),
    ),
    responses(
        (status = 200, description = "The image", content_type = "image/*", headers(
            ("Accept-Ranges" = String, description = "`bytes`"),
            ("Cache-Control" = String, description = "How long it may be kept"),
            ("Content-Disposition" = String, description = "The file's name"),
            ("Content-Security-Policy" = String, description = "Lets no script in the image run"),
            ("ETag" = String, description = "Entity tag of this state"),
            ("Last-Modified" = String, description = "When it was uploaded"),
        )),
        (status = 206, description = "A part of the image", content_type = "image/*", headers(
            ("Content-Range" = String, description = "Which part, and the size of the whole"),
            ("ETag" = String, description = "Entity tag of this state"),
        )),
        (status = 304, description = "The client has this state already"),
        (status = 307, description = "The image is elsewhere for a short time", headers(
            ("Location" = String, description = "Where, for the same method"),
        )),
        (status = 404, description = "There is no image under the key; `reason` says why what is there is none", body = ErrorDocument),
        (status = 412, description = "The image is not in the state that is wanted", body = ErrorDocument),
        (status = 416, description = "The image has none of the range", body = ErrorDocument, headers(
            ("Content-Range" = String, description = "The size of the whole"),
        )),
    )
)]
fn get_image() {}

/// What was measured of an image
#[utoipa::path(
    get,
    path = "/images/metadata/{s3objectkey}",
    tag = "images",
    operation_id = "getMetadata",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags of what the client has"),
    ),
    responses(
        (status = 200, description = "What was measured", body = Metadata, headers(
            ("ETag" = String, description = "Entity tag of this state"),
        )),
        (status = 304, description = "The client has this state already"),
        (status = 404, description = "There is no image under the key; `reason` says why what is there is none", body = ErrorDocument),
    )
)]
fn get_metadata() {}

/// Images, a page at a time
///
/// An image that stays is on exactly one page, whatever is uploaded and deleted meanwhile. A page
/// may come back short, even empty, with a cursor: ask on until the cursor is null.
#[utoipa::path(
    get,
    path = "/images",
    tag = "images",
    operation_id = "listImages",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000, nullable = false, description = "The most images on a page; 50 unless given"),
        ("cursor" = Option<String>, Query, min_length = 1, nullable = false, description = "The `cursor` of the page before; it goes with the same `sort` and `prefix`"),
        ("contentType" = Option<String>, Query, pattern = "^[a-z]+/[a-z0-9.+-]+$", nullable = false, description = "Only images of this content type", example = "image/jpeg"),
        ("prefix" = Option<String>, Query, max_length = 1016, nullable = false, description = "Only images whose key, without `uploads/`, begins so", example = "holidays/"),
        ("sort" = Option<SortParameter>, Query, nullable = false, description = "By key, by size (smallest first) or by size (largest first); by key unless given"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags of what the client has"),
    ),
    responses(
        (status = 200, description = "A page", body = ImageList, headers(
            ("ETag" = String, description = "Entity tag of this state"),
        )),
        (status = 304, description = "The client has this state already"),
        (status = 400, description = "A parameter is bad; `error` names it", body = ErrorDocument),
    )
)]
fn list_images() {}

/// The order of a listing.
#[derive(utoipa::ToSchema)]
enum SortParameter {
    #[schema(rename = "key")]
    Key,
    #[schema(rename = "size")]
    Size,
    #[schema(rename = "-size")]
    MinusSize,
}

/// All images together
#[utoipa::path(
    get,
    path = "/images/info",
    tag = "images",
    operation_id = "getInfo",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags of what the client has"),
    ),
    responses(
        (status = 200, description = "Largest, smallest and counts", body = Info, headers(
            ("ETag" = String, description = "Entity tag of this state"),
        )),
        (status = 304, description = "The client has this state already"),
    )
)]
fn info_images() {}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenapi",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags of what the client has"),
    ),
    responses(
        (status = 200, description = "OpenAPI 3.1", body = serde_json::Value, headers(
            ("ETag" = String, description = "Entity tag of this state"),
        )),
        (status = 304, description = "The client has this state already"),
    )
)]
fn get_openapi() {}

/// The document, with what all operations share.
fn document() -> openapi::OpenApi {
    let mut document = Document::openapi();
    for item in document.paths.paths.values_mut() {
        let Some(get) = &mut item.get else { continue };
        add_shared(get);
        item.head = Some(head_of(get));
    }
    document
}

fn add_shared(operation: &mut Operation) {
    for (status, description) in [
        ("412", "A condition of the request does not hold"),
        ("500", "The request failed on our side"),
        ("503", "A dependency is busy; try again after `Retry-After` seconds"),
    ] {
        let content = Ref::from_schema_name("Error");
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/json", ContentBuilder::new().schema(Some(content)).build());
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
    if let Some(RefOr::T(busy)) = operation.responses.responses.get_mut("503") {
        let header =
            HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds")).build();
        busy.headers.insert("Retry-After".to_owned(), header.into());
    }
}

/// HEAD is answered as GET, without the body.
fn head_of(get: &Operation) -> Operation {
    let mut head = get.clone();
    head.operation_id = get.operation_id.as_ref().map(|id| format!("{id}Headers"));
    head.summary = get.summary.as_ref().map(|summary| format!("{summary}: headers alone"));
    head.description = None;
    head.responses.responses.remove("206");
    for response in head.responses.responses.values_mut() {
        if let RefOr::T(Response { content, .. }) = response {
            content.clear();
        }
    }
    head
}

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
fn openapi_has_the_paths_that_functions_tell_apart() {
    let paths = paths();
    assert!(paths.keys().eq(PATHS), "{paths:?}");
    assert!(paths.values().all(|methods| methods == &["GET", "HEAD"]), "{paths:?}");
}
