//! Descriptions of the operations. `shared.rs` adds what operations share.

use probe::CONTENT_TYPES;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::error::Document as Error;
use crate::look_up::Body as LookUpRequest;
use crate::{ImageList, Info, LookUp, Metadata};

/// Get an image
///
/// Returns the uploaded bytes with the content type detected from them. Only objects that are
/// recorded as images are served. If an image is too large for a direct response, the response
/// redirects to a URL that is valid for a short time.
#[utoipa::path(
    get,
    path = "/images/file/{s3objectkey}",
    tag = "images",
    operation_id = "getImage",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("Range" = Option<String>, Header, description = "One range of bytes; several ranges, or other units, are ignored", example = "bytes=0-1023"),
        ("If-Range" = Option<String>, Header, description = "Entity tag or date of the client's part; if it is not current, the whole image is sent instead of the range, or 412 if the whole image is too large for a direct response", example = "\"9e107d9d372bb6826bd81d3542a419d6\""),
        ("If-Match" = Option<String>, Header, description = "Entity tags; 412 unless one of them is current", example = "\"9e107d9d372bb6826bd81d3542a419d6\""),
        ("If-Unmodified-Since" = Option<String>, Header, description = "Date; 412 if the image has changed since", example = "Wed, 01 May 2024 12:00:00 GMT"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current", example = "\"9e107d9d372bb6826bd81d3542a419d6\""),
        ("If-Modified-Since" = Option<String>, Header, description = "Date of the client's copy; 304 if the image has not changed since", example = "Wed, 01 May 2024 12:00:00 GMT"),
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
        (status = 404, description = "There is no image under the key; if the object there was rejected, `reason` says why", body = Error),
        (status = 409, description = "The image is recorded but cannot be read any more: it is archived, or its encryption key cannot be used; `error` says which", body = Error),
        (status = 412, description = "A precondition of the request failed, or `If-Range` is not current and the image is too large for a direct response; ask again without `Range`", body = Error),
        (status = 416, description = "The image has none of the requested bytes", body = Error, headers(
            ("Content-Range" = String, description = "Size of the whole image"),
        )),
    )
)]
pub(super) fn get_image() {}

/// Get the metadata of an image
///
/// Returns type, dimensions and other facts from the image's header. Numbers are strings.
#[utoipa::path(
    get,
    path = "/images/metadata/{s3objectkey}",
    tag = "images",
    operation_id = "getMetadata",
    params(
        ("s3objectkey" = String, Path, min_length = 1, description = "Key of the object without `uploads/`; it may contain slashes", example = "cat.jpg"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current", example = "\"5f2b7c1d9e8a4b60\""),
    ),
    responses(
        (status = 200, description = "Metadata of the image", body = Metadata, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
        (status = 404, description = "There is no image under the key; if the object there was rejected, `reason` says why", body = Error),
    )
)]
pub(super) fn get_metadata() {}

/// Look up many keys
///
/// Returns one result for each of up to 100 keys, in the order of the request: the metadata of an
/// image, the reason for a rejection, or the fact that nothing is recorded under the key.
#[utoipa::path(
    post,
    path = "/images/metadata",
    tag = "images",
    operation_id = "lookUpMetadata",
    request_body(content = LookUpRequest, description = "The keys"),
    responses(
        (status = 200, description = "One result for each key", body = LookUp),
        (status = 400, description = "The body is not a list of 1 to 100 keys; `error` says where the mistake is", body = Error),
        (status = 413, description = "The body is larger than that of any valid request", body = Error),
    )
)]
pub(super) fn look_up_metadata() {}

/// List images, a page at a time
///
/// An image that does not change between the requests is on exactly one page, whatever else is
/// uploaded or deleted. A page may be short or empty although it has a cursor: continue until the
/// cursor is null. With `Accept: application/x-ndjson`, each image is a line, and the next page is
/// in `Link`.
#[utoipa::path(
    get,
    path = "/images",
    tag = "images",
    operation_id = "listImages",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000, description = "Largest number of images on the page; 50 by default", example = 20),
        ("cursor" = Option<String>, Query, min_length = 1, description = "The `cursor` of the previous page; valid only with the same `sort`, `prefix` and `Accept`", example = "ayAwIDgyODIwMSB1cGxvYWRzL2NhdC5qcGc"),
        ("contentType" = Option<ContentTypeParameter>, Query, description = "Only images of this content type; `image/*` for all. Case does not matter, and common aliases such as `image/jpg` are accepted", example = "image/jpeg"),
        ("prefix" = Option<String>, Query, max_length = 1016, description = "Only images whose key, without `uploads/`, starts with this", example = "holidays/"),
        ("sort" = Option<SortParameter>, Query, description = "By key (`key`, the default), by size with the smallest first (`size`), or by size with the largest first (`-size`)", example = "-size"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current", example = "\"5f2b7c1d9e8a4b60\""),
    ),
    responses(
        (status = 200, description = "One page", body = ImageList, headers(
            ("ETag" = String, description = "Entity tag of the current state; JSON and lines have different ones"),
            ("Link" = String, description = "With `Accept: application/x-ndjson`: URL of the next page, relative to this URL, with `rel=\"next\"`; absent on the last page"),
        )),
        (status = 304, description = "The client already has the current state"),
        (status = 400, description = "A parameter is invalid; `error` names it", body = Error),
    )
)]
pub(super) fn list_images() {}

/// Order of a listing.
#[derive(utoipa::ToSchema)]
pub(super) enum SortParameter {
    #[schema(rename = "key")]
    Key,
    #[schema(rename = "size")]
    Size,
    #[schema(rename = "-size")]
    MinusSize,
}

/// Content type that an image can have, or `image/*` for all.
pub(super) struct ContentTypeParameter;

impl PartialSchema for ContentTypeParameter {
    fn schema() -> RefOr<Schema> {
        let names = CONTENT_TYPES.iter().copied().chain(["image/*"]);
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        schema.description(Some("Content type of images")).into()
    }
}

impl ToSchema for ContentTypeParameter {}

/// Get an overview of all images
///
/// Returns the number and the total size of all images, the keys of the largest and the smallest
/// image, and the number of images for each content type.
#[utoipa::path(
    get,
    path = "/images/info",
    tag = "images",
    operation_id = "getInfo",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current", example = "\"5f2b7c1d9e8a4b60\""),
    ),
    responses(
        (status = 200, description = "Largest image, smallest image, and counts", body = Info, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
    )
)]
pub(super) fn info_images() {}

/// Get this document
///
/// Returns the OpenAPI 3.1 description of the API.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "description",
    operation_id = "getOpenapi",
    params(
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has; 304 if one of them is current", example = "\"5f2b7c1d9e8a4b60\""),
    ),
    responses(
        (status = 200, description = "OpenAPI 3.1", body = serde_json::Value, headers(
            ("ETag" = String, description = "Entity tag of the current state"),
        )),
        (status = 304, description = "The client already has the current state"),
    )
)]
pub(super) fn get_openapi() {}
