//! The OpenAPI document, derived from the types of the JSON that the API returns.
//!
//! A test derives the document and compares it with `openapi.json`, the file that the API serves,
//! so no Lambda function has to derive the document at run time. After a change of the API,
//! `UPDATE_EXPECT=1 cargo test -p api openapi` renews the file. `tests/clients/run` checks the file
//! with linters and with generators of clients.
//!
//! `operations.rs` describes each operation, `shared.rs` adds what operations share, and
//! `examples.rs` has the examples of requests and responses.

#![expect(dead_code, reason = "the functions of the operations only carry descriptions")]

mod examples;
mod operations;
mod shared;

use std::collections::BTreeMap;

use expect_test::expect_file;
use utoipa::openapi::{HttpMethod, PathItem};
use utoipa::{OpenApi, openapi};

use crate::error::{Document as ErrorDocument, Reason};
use crate::key::PARAMETER;
use crate::routes::{PATHS, allowed_methods};

/// Introduction to the API.
const DESCRIPTION: &str = "\
The images in an S3 bucket, and their metadata.

Give a key in the path, without the prefix `uploads/` and percent-encoded as `encodeURIComponent`
does, or in the query parameter `s3objectkey`, in full, as responses contain it. The prefix is a
setting of the stack, and all its images have it. A key with a question mark can only be given in the
query.

Images and documents have an entity tag: send it in `If-None-Match` to receive them only if they have
changed. Numbers in metadata are strings. The body of an error response is a JSON document that
describes the error.";

/// The document as the derive macro makes it. [`document`] adds the responses that operations
/// share, the HEAD operations, and the operations that take the key from the query.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "pixgauge",
        description = DESCRIPTION,
        version = "1.0.0",
        contact(name = "The operator of this stack"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    // The URL is relative to the URL of the document, so it is right for every domain and path of
    // the API.
    servers((url = ".", description = "The stack that this document comes from")),
    paths(
        operations::get_image,
        operations::get_metadata,
        operations::look_up_metadata,
        operations::list_images,
        operations::info_images,
        operations::get_openapi,
    ),
    components(schemas(
        ErrorDocument,
        Reason,
        operations::ContentTypeParameter,
        operations::SortParameter,
        shared::GatewayError,
    )),
    tags(
        (name = "images", description = "Images and their metadata"),
        (name = "description", description = "The description of this API"),
    )
)]
struct Document;

/// The complete document: [`Document`] with the shared responses and the examples. Each GET
/// operation with a key in its path is repeated with the key as a query parameter. Each GET
/// operation then gets a HEAD operation.
fn document() -> openapi::OpenApi {
    let mut document = Document::openapi();
    for path in ["/images/file", "/images/metadata"] {
        let get = document.paths.paths.get(&format!("{path}/{{{PARAMETER}}}"));
        let get = get.and_then(|item| item.get.as_ref()).unwrap();
        let by_key = PathItem::new(HttpMethod::Get, shared::with_key_in_query(get));
        document.paths.paths.entry(path.to_owned()).or_default().merge_operations(by_key);
    }
    for item in document.paths.paths.values_mut() {
        for operation in item.get.iter_mut().chain(&mut item.post) {
            shared::complete(operation);
        }
        item.head = item.get.as_ref().map(shared::head_of);
    }
    let components = document.components.get_or_insert_default();
    components.responses.extend(shared::responses());
    // Requests need no signature. If a stack requires one, `description.rs` replaces this list.
    document.security = Some(Vec::new());
    document
}

/// The JSON of the document, as `openapi.json` has to contain it.
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
        let methods = operations.as_object().unwrap().keys();
        methods.map(|method| method.to_uppercase()).collect()
    };
    paths.map(|(path, operations)| (path.clone(), methods(operations))).collect()
}

#[test]
fn openapi_has_the_paths_and_methods_that_the_functions_know() {
    let paths = paths();
    assert!(paths.keys().eq(PATHS), "{paths:?}");
    for (path, mut methods) in paths {
        methods.push("OPTIONS".to_owned());
        methods.sort();
        let path = path.replace(&format!("{{{PARAMETER}}}"), "key");
        assert_eq!(allowed_methods(&path), Some(methods.join(", ").as_str()), "{path}");
    }
}
