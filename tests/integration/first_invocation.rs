//! Compares the duration of a function's first invocation with that of later invocations.
//!
//! ```console
//! $ PIXGAUGE_RELEASE=1 cargo test --test integration first_invocation:: -- \
//!     --ignored --nocapture
//! ```
//!
//! Durations are those in the functions' logs: from the event to the response, without the
//! emulator's own work around an invocation.

use harness::{TestStack, picture, run};
use local::load::Percentiles;
use serde_json::{Value, json};

use crate::events::sample_event;

/// Number of stacks, each with functions that have not been invoked yet.
const STARTS: usize = 7;

/// Number of invocations of each function in each stack. They run one after another.
const INVOCATIONS: usize = 20;

/// Names of sample events: `state-` or `api-`, then the name of the function. The events are valid
/// inputs once they name the stack's bucket and an image is recorded under [`KEY`].
const EVENTS: [&str; 8] = [
    "state-compare-objects",
    "state-compare-records",
    "api-get-image",
    "api-get-metadata",
    "api-info-images",
    "api-list-images",
    "api-openapi",
    "state-recount-totals",
];

const KEY: &str = "uploads/photo.jpg";

#[test]
#[ignore = "measures time, which other tests disturb"]
fn the_first_invocation_is_compared_with_later_ones() {
    run(async {
        let mut measured = Vec::new();
        for start in 0..STARTS {
            measured.push(measure(&TestStack::own(&format!("first-{start}")).await).await);
        }
        println!("{:<16} {:>8} {:>8} {:>6}", "", "first", "warm", "ratio");
        for (index, (function, _)) in measured[0].iter().enumerate() {
            let (firsts, warms) = measured.iter().map(|of_stack| of_stack[index].1).unzip();
            let (first, warm) = (median(firsts), median(warms));
            println!("{function:<16} {first:>5.2} ms {warm:>5.2} ms {:>6.2}", first / warm);
        }
    });
}

/// Invokes every function of a stack. Returns the name of each, and its [`durations`].
async fn measure(stack: &TestStack) -> Vec<(&'static str, (f64, f64))> {
    stack.silence_events().await;
    // The file is about as large as a photo.
    stack.upload(KEY, picture::png(40, 30, 828_000), "image/png").await;
    let event = stack.event("Object Created", KEY, Some("01"));
    let head = invoke_often(stack, "head-object", |_| event.clone()).await;
    let (bucket, object) = (&stack.stack.outputs.bucket_name, &head["object"]);
    let pointer = json!({"bucket": bucket, "key": KEY, "object": object});
    let image = invoke_often(stack, "read-dimensions", |_| pointer.clone()).await;
    let observation = json!({"status": "image", "object": object, "image": image});
    // Each entry has its own key, because `put-metadata` writes nothing if the key already has a
    // record with this sequencer.
    let entry = |number| {
        let key = if number == 0 { KEY.to_owned() } else { format!("{KEY}-{number}") };
        json!({"key": key, "sequencer": "01", "observation": observation})
    };
    invoke_often(stack, "put-metadata", entry).await;
    let mut functions = vec!["head-object", "read-dimensions", "put-metadata"];
    for name in EVENTS {
        let (_, function) = name.split_once('-').unwrap();
        let event = sample_event(name, bucket);
        invoke_often(stack, function, |_| event.clone()).await;
        functions.push(function);
    }
    let mut measured = Vec::new();
    for function in functions {
        measured.push((function, durations(stack, function).await));
    }
    measured
}

/// Invokes a function `INVOCATIONS` times, and returns its last output.
async fn invoke_often(
    stack: &TestStack,
    function: &'static str,
    event: impl Fn(usize) -> Value,
) -> Value {
    let mut output = Value::Null;
    for number in 0..INVOCATIONS {
        let response = stack.invoke(function, &event(number)).await;
        output = response.unwrap_or_else(|error| panic!("{function}: {error}"));
        let status = output.get("statusCode").unwrap_or(&Value::Null);
        assert!(status.is_null() || *status == 200, "{function}: {output}");
    }
    output
}

/// The duration of a function's first invocation and the median of the later ones, in milliseconds,
/// from the function's summary lines.
async fn durations(stack: &TestStack, function: &str) -> (f64, f64) {
    let group = stack.log_group(function);
    let lines = stack
        .until("the summary lines", async || {
            let lines = stack.summaries(&group).await;
            (lines.len() >= INVOCATIONS).then_some(lines)
        })
        .await;
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| (line["timestamp"].as_str().unwrap(), line["duration_ms"].as_f64().unwrap()))
        .collect();
    lines.sort_by_key(|(time, _)| *time);
    let durations: Vec<_> = lines.into_iter().map(|(_, duration)| duration).collect();
    (durations[0], median(durations[1..].to_vec()))
}

pub(crate) fn median(values: Vec<f64>) -> f64 {
    Percentiles::of(values).unwrap().p50
}
