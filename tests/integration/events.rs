//! The sample events: each is a valid input, except for the bucket's name.

use std::fs;
use std::path::{Path, PathBuf};

use harness::{TestStack, run};
use local::executions::Status;
use serde_json::Value;

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

/// Replaces the bucket's name in an event.
fn in_bucket(mut event: Value, bucket: &str) -> Value {
    for place in ["/detail/bucket/name", "/bucket"] {
        if let Some(name @ Value::String(_)) = event.pointer_mut(place) {
            *name = bucket.into();
        }
    }
    event
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
            let execution = stack.execute(&event).await;
            assert_eq!(execution.status, Status::Succeeded, "{}: {execution:?}", path.display());
            let head = invoke("head-object", &event).await;
            assert_eq!(head["present"], false, "{}", path.display());
        }
    });
}

#[test]
fn state_inputs_are_inputs_of_put_metadata() {
    run(async {
        for (path, input) in sample_events("state-put-") {
            let output = invoke("put-metadata", &input).await;
            assert_eq!(output["key"], input["key"], "{}", path.display());
        }
    });
}

#[test]
fn state_inputs_are_inputs_of_the_reconciliations_functions() {
    run(async {
        let stack = TestStack::shared().await;
        for function in ["compare-objects", "compare-records", "recount-totals"] {
            let bucket = &stack.stack.outputs.bucket_name;
            let input = sample_event(&format!("state-{function}"), bucket);
            let output = invoke(function, &input).await;
            assert!(output["examined"].is_u64(), "{function}: {output}");
        }
    });
}

#[test]
fn api_requests_are_inputs_of_the_query_functions() {
    run(async {
        for (path, request) in sample_events("api-") {
            let name = path.file_stem().unwrap().to_str().unwrap().trim_start_matches("api-");
            let function = name.trim_end_matches("-in-query").trim_end_matches("-odd-key");
            let response = invoke(function, &request).await;
            let status = response["statusCode"].as_u64().unwrap();
            assert!([200, 307, 404].contains(&status), "{}: {response}", path.display());
        }
    });
}
