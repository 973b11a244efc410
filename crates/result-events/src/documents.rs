//! The JSON Schemas of the events, derived from the types, and a sample of each kind of event, made
//! from the records in `events/stream-records.json`.
//!
//! The tests compare the schemas and the samples with `events/schemas/*.json` and
//! `events/result-*.json`. After a change, `UPDATE_EXPECT=1 cargo test -p result-events documents`
//! renews the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aws_lambda_events::dynamodb::Event;
use expect_test::expect_file;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema};

use crate::{
    Common, ImageChanged, ImageRecorded, ImageRejected, ImageRemoved, Published, ResultEvent,
    SOURCE, VERSION, publish,
};

/// The folder of the sample inputs, the sample events and the schemas.
pub(crate) fn events_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

pub(crate) const KINDS: [&str; 4] =
    ["ImageRecorded", "ImageChanged", "ImageRejected", "ImageRemoved"];

/// Path of the sample event of a kind: `result-image-recorded.json` for `ImageRecorded`.
fn sample_file(kind: &str) -> PathBuf {
    let name = kind.replacen("Image", "image-", 1).to_lowercase();
    events_folder().join(format!("result-{name}.json"))
}

fn schema_file(kind: &str) -> PathBuf {
    events_folder().join(format!("schemas/{kind}.json"))
}

fn written(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap() + "\n"
}

/// The schema of a whole event of this kind, including EventBridge's envelope.
pub(crate) fn schema(kind: &str) -> Value {
    match kind {
        "ImageRecorded" => schema_of::<ImageRecorded>(kind),
        "ImageChanged" => schema_of::<ImageChanged>(kind),
        "ImageRejected" => schema_of::<ImageRejected>(kind),
        "ImageRemoved" => schema_of::<ImageRemoved>(kind),
        other => panic!("no event is called {other}"),
    }
}

fn schema_of<T: ToSchema>(kind: &str) -> Value {
    let mut definitions = Vec::new();
    T::schemas(&mut definitions);
    let to_json = |schema| serde_json::to_value(schema).unwrap();
    let mut definitions: Map<String, Value> =
        definitions.into_iter().map(|(name, schema)| (name, to_json(schema))).collect();
    definitions.remove("Common");
    definitions.extend(of_the_api());
    let mut detail = flattened(&to_json(T::schema()), &to_json(Common::schema()));
    detail["properties"]["version"]["const"] = VERSION.into();
    definitions.insert("Detail".to_owned(), detail);
    refer_to_metadata(&mut definitions);
    definitions.sort_keys();
    let text = |description: &str| json!({"type": "string", "description": description});
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "type": "object",
        "required": ["source", "detail-type", "time", "detail"],
        "properties": {
            "version": text("Version of EventBridge's envelope."),
            "id": text("EventBridge's ID of the event. If the event is sent again, it has another ID: \
                        compare `detail.eventId` instead."),
            "source": {"const": SOURCE},
            "detail-type": {"const": kind},
            "account": text("Account of the stack."),
            "time": {
                "type": "string", "format": "date-time",
                "description": "Time of the change, in whole seconds.",
            },
            "region": text("Region of the stack."),
            "resources": {"type": "array", "items": {"type": "string"}},
            "detail": {"$ref": "#/$defs/Detail"},
        },
    });
    schema["$defs"] = Value::Object(definitions);
    let text = schema.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

/// The schemas `Metadata` and `Location` from the API's OpenAPI document. Events describe an image
/// as the API does.
fn of_the_api() -> Map<String, Value> {
    let document: Value = serde_json::from_str(include_str!("../../api/openapi.json")).unwrap();
    let definition = |name: &str| {
        let mut schema = document["components"]["schemas"][name].clone();
        // Events never name the execution that recorded the image.
        schema["properties"].as_object_mut().unwrap().remove("execution");
        schema.as_object_mut().unwrap().remove("examples");
        schema.as_object_mut().unwrap().remove("example");
        (name.to_owned(), schema)
    };
    ["Metadata", "Location"].map(definition).into_iter().collect()
}

/// The schema of a detail. The JSON of a detail has the members of [`Common`] beside the detail's
/// own members, so the schema lists all these members in one object.
fn flattened(detail: &Value, common: &Value) -> Value {
    let parts = detail["allOf"].as_array().unwrap();
    let own = parts.iter().find(|part| part.get("properties").is_some()).unwrap();
    let merged = |name: &str| (common[name].clone(), own[name].clone());
    let (Value::Object(mut properties), Value::Object(further)) = merged("properties") else {
        panic!("{detail}")
    };
    properties.extend(further);
    let required = match merged("required") {
        (Value::Array(first), Value::Array(second)) => [first, second].concat(),
        (Value::Array(first), Value::Null) => first,
        other => panic!("{other:?}"),
    };
    let description = detail.get("description").or(own.get("description"));
    let mut schema = json!({"type": "object"});
    schema["description"] = description.cloned().unwrap_or_default();
    schema["required"] = required.into();
    schema["properties"] = properties.into();
    schema
}

/// Makes each member `image` refer to the API's schema `Metadata`.
fn refer_to_metadata(definitions: &mut Map<String, Value>) {
    let reference = json!("#/$defs/Metadata");
    for name in ["Detail", "Replaced"] {
        let Some(definition) = definitions.get_mut(name) else { continue };
        if let Some(image) = definition.pointer_mut("/properties/image") {
            let image = image.as_object_mut().unwrap();
            image.remove("type");
            image.insert("$ref".to_owned(), reference.clone());
        }
    }
}

fn sample_records() -> Event {
    let text = std::fs::read_to_string(events_folder().join("stream-records.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn published(record: aws_lambda_events::dynamodb::EventRecord) -> Option<ResultEvent> {
    let bucket = "pixgauge-local-000000000000-us-east-1";
    match publish(record, bucket).unwrap() {
        Published::Event(event) => Some(*event),
        Published::Nothing => None,
        Published::Invalid { key } => panic!("{key} is invalid"),
    }
}

/// The event as a subscriber gets it, in the envelope that EventBridge puts around a detail
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>).
pub(crate) fn delivered(event: &ResultEvent) -> Value {
    let time = event.time.unwrap_or_default();
    let seconds = time - 1_714_564_800;
    json!({
        "version": "0",
        "id": format!("2d4eba74-fd51-3966-4bfa-b013c9da8f{seconds:02}"),
        "detail-type": event.kind(),
        "source": SOURCE,
        "account": "000000000000",
        "time": format!("2024-05-01T12:00:{seconds:02}Z"),
        "region": "us-east-1",
        "resources": [],
        "detail": serde_json::to_value(&event.detail).unwrap(),
    })
}

#[test]
fn the_documents_of_each_schema_are_what_the_files_say() {
    for kind in KINDS {
        expect_file![schema_file(kind)].assert_eq(&written(&schema(kind)));
    }
    let files = std::fs::read_dir(events_folder().join("schemas")).unwrap();
    let files: BTreeSet<_> = files.map(|file| file.unwrap().path()).collect();
    let expected: BTreeSet<_> = KINDS.map(schema_file).into_iter().collect();
    assert_eq!(files, expected, "schemas of no event");
}

#[test]
fn the_documents_of_each_sample_are_what_the_sample_records_lead_to() {
    let events: Vec<_> = sample_records().records.into_iter().filter_map(published).collect();
    let kinds: Vec<_> = events.iter().map(ResultEvent::kind).collect();
    assert_eq!(kinds, ["ImageRecorded", "ImageChanged", "ImageRejected", "ImageRemoved"]);
    for event in events {
        expect_file![sample_file(event.kind())].assert_eq(&written(&delivered(&event)));
    }
}

#[test]
fn each_sample_conforms_to_the_schema_of_its_kind_and_no_other() {
    for kind in KINDS {
        let validator = jsonschema::draft202012::new(&schema(kind)).unwrap();
        for other in KINDS {
            let text = std::fs::read_to_string(sample_file(other)).unwrap();
            let sample: Value = serde_json::from_str(&text).unwrap();
            let errors: Vec<_> = validator.iter_errors(&sample).map(|it| it.to_string()).collect();
            assert_eq!(errors.is_empty(), kind == other, "{other} as {kind}: {errors:?}");
        }
    }
}

/// Proves that the schemas do not accept everything.
#[test]
fn a_sample_without_a_required_member_does_not_conform() {
    for kind in KINDS {
        let schema = schema(kind);
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let text = std::fs::read_to_string(sample_file(kind)).unwrap();
        let sample: Value = serde_json::from_str(&text).unwrap();
        let required = schema.pointer("/$defs/Detail/required").unwrap().as_array().unwrap();
        assert!(required.len() >= 5, "{required:?}");
        for member in required {
            let mut incomplete = sample.clone();
            let detail = incomplete["detail"].as_object_mut().unwrap();
            detail.remove(member.as_str().unwrap()).unwrap();
            assert!(!validator.is_valid(&incomplete), "{kind} without {member}");
        }
    }
}
