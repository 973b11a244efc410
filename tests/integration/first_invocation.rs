//! How much longer the first invocation of a function takes than a later one.
//!
//! `PIXGAUGE_RELEASE=1 cargo test --workspace --test integration first_invocation -- --ignored --nocapture`
//!
//! Times are those that functions write to their logs: from the event to the answer, without what
//! the emulator does around an invocation.

use std::path::Path;

use harness::{TestStack, picture, run};
use serde_json::{Value, json};

/// Stacks, each with functions that have not been invoked yet.
const STARTS: usize = 7;

/// Invocations of each function of a stack, one after the other.
const INVOCATIONS: usize = 20;

/// Functions whose event needs nothing of the stack but its bucket's name, in an order in which
/// what they read is there.
const FUNCTIONS: [&str; 8] = [
    "compare-objects",
    "compare-records",
    "get-image",
    "get-metadata",
    "info-images",
    "list-images",
    "openapi",
    "recount-totals",
];

const KEY: &str = "uploads/cat.jpg";

/// Durations in milliseconds of one function of one stack.
struct Durations {
    first: f64,
    warm: f64,
}

#[test]
#[ignore = "measures time, which other tests disturb"]
fn the_first_invocation_is_compared_with_later_ones() {
    run(async {
        let mut measured = Vec::new();
        for start in 0..STARTS {
            measured.push(measure(&TestStack::own(&format!("first-{start}")).await).await);
        }
        println!("{:<16} {:>8} {:>8} {:>6}", "", "first", "warm", "ratio");
        for (function, _) in &measured[0] {
            let of_function = |it: &Vec<(&'static str, Durations)>| {
                let (_, durations) = it.iter().find(|(name, _)| name == function).unwrap();
                (durations.first, durations.warm)
            };
            let (firsts, warms) = measured.iter().map(of_function).unzip();
            let (first, warm) = (median(firsts), median(warms));
            println!("{function:<16} {first:>5.2} ms {warm:>5.2} ms {:>6.2}", first / warm);
        }
    });
}

/// Invokes every function of a stack, and reads its log.
async fn measure(stack: &TestStack) -> Vec<(&'static str, Durations)> {
    stack.silence_events().await;
    // As large as the object of the sample events.
    stack.upload(KEY, picture::png(40, 30, 828_000), "image/png").await;
    let event = stack.event("Object Created", KEY, Some("01"));
    let head = invoke_often(stack, "head-object", |_| event.clone()).await;
    let (bucket, object) = (&stack.stack.outputs.bucket_name, &head["object"]);
    let pointer = json!({"bucket": bucket, "key": KEY, "object": object});
    let image = invoke_often(stack, "read-dimensions", |_| pointer.clone()).await;
    let observation = json!({"status": "image", "object": object, "image": image});
    // Other keys, for a doubled event writes nothing.
    let entry = |number| match number {
        0 => json!({"key": KEY, "sequencer": "01", "observation": observation}),
        _ => {
            json!({"key": format!("{KEY}-{number}"), "sequencer": "01", "observation": observation})
        }
    };
    invoke_often(stack, "put-metadata", entry).await;
    for function in FUNCTIONS {
        let event = sample_event(function, bucket);
        invoke_often(stack, function, |_| event.clone()).await;
    }
    let pipeline = ["head-object", "read-dimensions", "put-metadata"];
    let mut measured = Vec::new();
    for function in pipeline.into_iter().chain(FUNCTIONS) {
        measured.push((function, durations(stack, function).await));
    }
    measured
}

/// The file of `events/` for a function, with the stack's bucket in it.
fn sample_event(function: &str, bucket: &str) -> Value {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let file = ["api", "state"].map(|kind| directory.join(format!("{kind}-{function}.json")));
    let text = file.iter().find_map(|file| std::fs::read_to_string(file).ok());
    let text = text.unwrap_or_else(|| panic!("no event for {function}"));
    serde_json::from_str(&text.replace("pixgauge-local-000000000000-us-east-1", bucket)).unwrap()
}

/// Its last answer.
async fn invoke_often(
    stack: &TestStack,
    function: &'static str,
    event: impl Fn(usize) -> Value,
) -> Value {
    let mut output = Value::Null;
    for number in 0..INVOCATIONS {
        let request = stack.stack.aws.lambda.invoke().function_name(stack.function(function));
        let payload = event(number).to_string().into_bytes();
        let answer = request.payload(payload.into()).send().await.unwrap();
        let payload = answer.payload.unwrap_or_else(|| panic!("{function} did not answer"));
        output = serde_json::from_slice(payload.as_ref()).unwrap();
        assert_eq!(answer.function_error, None, "{function}: {output}");
        let status = output.get("statusCode").unwrap_or(&Value::Null);
        assert!(status.is_null() || *status == 200, "{function}: {output}");
    }
    output
}

/// From the summary lines of a function, in order.
async fn durations(stack: &TestStack, function: &str) -> Durations {
    let group = format!("/aws/lambda/{}", stack.function(function));
    let lines = stack
        .until("the summary lines", async || {
            let request = stack.stack.aws.logs.filter_log_events().log_group_name(&group);
            let events = request.send().await.unwrap().events.unwrap_or_default();
            let lines = events.into_iter().filter_map(|event| event.message);
            let lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
            let lines: Vec<_> = lines.filter(|line| line["message"] == "summary").collect();
            (lines.len() >= INVOCATIONS).then_some(lines)
        })
        .await;
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| (line["timestamp"].as_str().unwrap(), line["duration_ms"].as_f64().unwrap()))
        .collect();
    lines.sort_by_key(|(time, _)| *time);
    let durations: Vec<_> = lines.into_iter().map(|(_, duration)| duration).collect();
    Durations { first: durations[0], warm: median(durations[1..].to_vec()) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
