//! Examples in the OpenAPI document, made by the types whose JSON the API serves.

use std::collections::BTreeMap;

use catalog::{Cost, ImagePage, ImageRecord, Overview, Position, Record, Sort};
use contract::Rejection;
use serde::Serialize;
use serde_json::{Value, json};

use crate::request::samples::get_query;
use crate::{ApiError, ImageList, Info, LookUp, Metadata};

const KEY: &str = "uploads/cat.jpg";
const REJECTED: &str = "uploads/notes.jpg";

/// Example of an operation's response with this status.
pub(super) fn response(operation: &str, status: &str) -> Value {
    match (operation, status) {
        ("getMetadata" | "getMetadataByKey", "200") => value(&Metadata::new(KEY.into(), image())),
        ("lookUpMetadata", "200") => value(&look_up()),
        ("listImages", "200") => value(&ImageList::new(page(), &get_query(""))),
        ("getInfo", "200") => value(&info()),
        ("getOpenapi", "200") => json!({"openapi": "3.1.0"}),
        ("lookUpMetadata", "400") => {
            body(&ApiError::BadRequest("keys: must have at least one key".to_owned()))
        }
        ("listImages", "400") => {
            body(&ApiError::BadRequest("limit: must be a whole number from 1 to 1000".to_owned()))
        }
        (_, "400") => body(&ApiError::BadRequest("s3objectkey: must not be empty".to_owned())),
        _ => error(status),
    }
}

/// Example of an error with this status.
pub(super) fn error(status: &str) -> Value {
    body(&match status {
        "403" => return json!({"message": "Forbidden"}),
        "404" => ApiError::NotFound { key: REJECTED.into(), rejection: Some(rejection()) },
        "409" => ApiError::Unreadable {
            key: KEY.into(),
            message: "it is archived in the storage class GLACIER".to_owned(),
        },
        "412" => ApiError::PreconditionFailed,
        "413" => ApiError::BodyTooLarge { limit: 1_000_000 },
        "416" => ApiError::RangeNotSatisfiable { size: 828_201 },
        "429" => return json!({"message": "Too Many Requests"}),
        "503" => ApiError::Unavailable(String::new()),
        _ => ApiError::Internal(String::new()),
    })
}

/// Example of the request to look up keys.
pub(super) fn request() -> Value {
    json!({"keys": [KEY, REJECTED]})
}

/// Example of a page with one JSON document per line.
pub(super) fn lines() -> Value {
    Value::String(format!("{}\n", value(&Metadata::new(KEY.into(), image()))))
}

fn value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap()
}

fn body(error: &ApiError) -> Value {
    let response = value(&error.response());
    serde_json::from_str(response["body"].as_str().unwrap()).unwrap()
}

fn image() -> ImageRecord {
    serde_json::from_value(json!({
        "size": 828_201, "etag": "9e107d9d372bb6826bd81d3542a419d6",
        "lastModified": "2024-05-01T12:00:00Z", "format": "jpeg", "contentType": "image/jpeg",
        "width": 1680, "height": 1050, "displayWidth": 1680, "displayHeight": 1050,
        "bitsPerChannel": 8, "channels": 3, "animated": false, "shard": 0,
    }))
    .unwrap()
}

fn rejection() -> Rejection {
    Rejection {
        reason: "UnsupportedImage".to_owned(),
        message: "not an image: it looks like text".to_owned(),
    }
}

fn page() -> ImagePage {
    let next = Position { sort: Sort::Key, shard: 3, size: 828_201, key: KEY.into() };
    let images = vec![(KEY.to_owned(), image())];
    ImagePage { images, next: Some(next), cost: Cost::default() }
}

fn info() -> Info {
    Info::from(Overview {
        largest: Some("uploads/duck.gif".to_owned()),
        smallest: Some("uploads/spider.jpg".to_owned()),
        content_types: BTreeMap::from([("image/gif".into(), 1), ("image/jpeg".into(), 4)]),
        total_images: 5,
        total_bytes: 2_210_433,
    })
}

fn look_up() -> LookUp {
    let record = |key: &str, status: &str, fields: Value| {
        let mut item = json!({"s3objectkey": key, "revision": "r", "status": status});
        let fields = fields.as_object().unwrap().clone();
        item.as_object_mut().unwrap().extend(fields);
        let record: Record = serde_json::from_value(item).unwrap();
        (key.to_owned(), Ok(record))
    };
    let mut rejected = value(&rejection());
    rejected["size"] = 12.into();
    rejected["etag"] = "a1".into();
    let records =
        [record(KEY, "image", value(&image())), record(REJECTED, "rejected", rejected)].into();
    let keys = [KEY, REJECTED, "uploads/none.jpg"];
    LookUp::new(keys.map(ToOwned::to_owned).into(), &records, false)
}
