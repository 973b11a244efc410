//! The sample events of `events/`. Each is a valid input once it names the stack's bucket and key
//! prefix.

use std::fs;
use std::path::{Path, PathBuf};

use harness::{FaultyStack, TestStack, picture, run};
use local::executions::{Outcome, Status};
use local::samples::{self, Sample};
use serde_json::{Value, json};

fn sample_events(prefix: &str) -> Vec<(PathBuf, Value)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut events: Vec<_> = paths
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, serde_json::from_str(&text).unwrap())
        })
        .collect();
    events.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert!(!events.is_empty(), "no {prefix}*.json");
    events
}

/// Invokes a function of the shared stack and returns its output.
async fn invoke(function: &str, input: &Value) -> Value {
    let response = TestStack::shared().await.invoke(function, input).await;
    response.unwrap_or_else(|error| panic!("{function}: {error}"))
}

/// Changes the name of the bucket in an event to `bucket`.
fn in_bucket(mut event: Value, bucket: &str) -> Value {
    for place in ["/detail/bucket/name", "/bucket"] {
        if let Some(name @ Value::String(_)) = event.pointer_mut(place) {
            *name = bucket.into();
        }
    }
    event
}

/// Changes the prefix of the keys in a sample event from `uploads/` to the stack's prefix.
fn under_prefix(event: &Value, stack: &TestStack) -> Value {
    serde_json::from_str(&event.to_string().replace("uploads/", &stack.key(""))).unwrap()
}

/// The sample event of this name, with this bucket.
pub(crate) fn sample_event(name: &str, bucket: &str) -> Value {
    let events = sample_events(name).into_iter();
    let mut named = events.filter(|(path, _)| path.file_stem().is_some_and(|stem| stem == name));
    in_bucket(named.next().unwrap_or_else(|| panic!("no {name}.json")).1, bucket)
}

#[test]
fn s3_events_are_inputs_of_executions_and_of_head_object() {
    run(async {
        let stack = TestStack::shared().await;
        for (path, event) in sample_events("s3-") {
            let event = in_bucket(event, &stack.stack.outputs.bucket_name);
            let event = under_prefix(&event, stack);
            let execution = stack.execute(&event).await;
            assert_eq!(execution.status, Status::Succeeded, "{}: {execution:?}", path.display());
            let head = invoke("head-object", &event).await;
            assert_eq!(head["present"], false, "{}", path.display());
        }
    });
}

/// The object in an event or in the input of a state: size, ETag, and key.
fn object_of(event: &Value) -> (u64, String, String) {
    let places = ["/detail/object", "/object", "/observation/object"];
    let object = places.iter().find_map(|place| event.pointer(place)).unwrap();
    let key = object.get("key").or_else(|| event.get("key")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (object["size"].as_u64().unwrap(), text(&object["etag"]), text(key))
}

#[test]
fn samples_describe_objects_that_cargo_local_upload_and_the_demo_put_there() {
    run(async {
        let stack = &FaultyStack::shared().await.stack;
        let bucket = stack.stack.outputs.bucket_name.clone();
        let described = |name: &str| object_of(&sample_event(name, &bucket));
        let upload = async |sample: Sample| {
            let (key, size) = (stack.key(sample.name), sample.bytes.len() as u64);
            (size, stack.upload(&key, sample.bytes, "").await, key)
        };
        let mut uploaded = Vec::new();
        for sample in samples::samples().unwrap() {
            uploaded.push(upload(sample).await);
        }
        for name in [
            "s3-object-created",
            "s3-object-created-odd-key",
            "s3-object-created-percent-key",
            "state-read-dimensions",
            "state-put-image",
            "state-put-rejection",
        ] {
            let described = described(name);
            assert!(uploaded.contains(&described), "{name}: {described:?} is not in {uploaded:?}");
        }
        let overwritten = upload(samples::overwritten().unwrap()).await;
        assert_eq!(described("s3-object-overwritten"), overwritten);
        let key_of = |name: &str, place: &str| {
            sample_event(name, &bucket).pointer(place).unwrap().as_str().unwrap().to_owned()
        };
        let deleted = stack.key(samples::DELETED);
        assert_eq!(key_of("s3-object-deleted", "/detail/object/key"), deleted);
        assert_eq!(key_of("state-put-absence", "/key"), deleted);
        let again = key_of("s3-object-without-sequencer", "/detail/object/key");
        assert_eq!(again, described("s3-object-created").2);
        for (function, name) in
            [("get-image", "api-get-image"), ("get-metadata", "api-get-metadata")]
        {
            let key = key_of(name, "/pathParameters/s3objectkey");
            assert_eq!(stack.key(&key), described("s3-object-created").2, "{function}");
        }
    });
}

#[test]
fn samples_and_executions_by_hand_make_no_later_event_stale() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("events/order.png");
        let sample = |name: &str| {
            let mut event = sample_event(name, &stack.stack.outputs.bucket_name);
            event["detail"]["object"]["key"] = key.as_str().into();
            event
        };
        let event = sample("s3-object-created");
        // There is no object yet, so an absence is recorded, with the sample's sequencer.
        let first = stack.execute(&event).await;
        assert_eq!((first.outcome(), first.is_stale()), (Outcome::Absent, false));
        assert_eq!(stack.metadata(key).await.1, json!({"error": format!("{key} not found!")}));
        let sequencer = |event: &Value| {
            event.pointer("/detail/object/sequencer").unwrap().as_str().unwrap().to_owned()
        };
        for image in [picture::png(3, 4, 0), picture::png(5, 6, 0)] {
            let execution = stack.measure(key, image, "image/png").await;
            assert_eq!(execution.outcome(), Outcome::Image);
            assert!(!execution.is_stale(), "{:?} after {event}", execution.input);
            let number = sequencer(&execution.input);
            assert_eq!(number.len(), 18);
            assert!(number > sequencer(&event), "{number}");
        }
        let older = stack.execute(&event).await;
        assert!(older.is_stale(), "{older:?}");
        // This event, the example in events/README.md, has no sequencer and so cannot be stale. The
        // record already describes the object, so the record stays unchanged.
        let again = stack.execute(&sample("s3-object-without-sequencer")).await;
        assert_eq!((again.outcome(), again.is_stale()), (Outcome::Image, false));
        assert_eq!(again.output.as_ref().unwrap()["outcome"], "unchanged");
        stack.measure(key, picture::png(9, 8, 0), "image/png").await;
        assert_eq!(stack.metadata(key).await.1["width"], "9");
    });
}

#[test]
fn state_inputs_and_stream_records_are_inputs_of_their_functions() {
    run(async {
        let bucket = &TestStack::shared().await.stack.outputs.bucket_name;
        for (path, input) in sample_events("state-put-") {
            let output = invoke("put-metadata", &input).await;
            assert_eq!(output["key"], input["key"], "{}", path.display());
        }
        for function in ["compare-objects", "compare-records", "recount-totals"] {
            let output =
                invoke(function, &sample_event(&format!("state-{function}"), bucket)).await;
            let examined = output.pointer("/totals/examined").unwrap_or(&output["examined"]);
            assert!(examined.is_u64(), "{function}: {output}");
        }
        for (_, records) in sample_events("stream-") {
            let output = invoke("publish-results", &records).await;
            assert_eq!(output, json!({"batchItemFailures": []}));
        }
    });
}

#[test]
fn api_requests_are_inputs_of_the_query_functions() {
    run(async {
        let stack = TestStack::shared().await;
        for (path, request) in sample_events("api-") {
            let request = under_prefix(&request, stack);
            let name = path.file_stem().unwrap().to_str().unwrap().trim_start_matches("api-");
            let function = name.trim_end_matches("-in-query").trim_end_matches("-odd-key");
            let response = invoke(function, &request).await;
            let status = response["statusCode"].as_u64().unwrap();
            assert!([200, 307, 404].contains(&status), "{}: {response}", path.display());
        }
    });
}
