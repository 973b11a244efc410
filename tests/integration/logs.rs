//! The log of a function: one line of JSON for each invocation.

use harness::{TestStack, picture, run};
use serde_json::Value;

#[test]
fn an_invocation_writes_one_summary_line_with_key_outcome_and_figures() {
    run(async {
        let stack = TestStack::own("logs").await;
        let key = "uploads/logged.png";
        stack.measure(key, picture::png(3, 4, 0), "image/png").await;
        let lines = stack
            .until("the summary line", async || {
                let lines = summaries(&stack, "read-dimensions").await;
                (!lines.is_empty()).then_some(lines)
            })
            .await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = &lines[0];
        assert_eq!((&line["key"], &line["outcome"]), (&key.into(), &"measured".into()), "{line}");
        assert_eq!(line["format"], "png");
        assert_eq!(line["gets"], 1);
        assert!(line["bytes"].as_u64().unwrap() > 0 && line["duration_ms"].is_number(), "{line}");
    });
}

async fn summaries(stack: &TestStack, function: &str) -> Vec<Value> {
    let group = format!("/aws/lambda/pixgauge-logs-{function}");
    let request = stack.stack.aws.logs.filter_log_events().log_group_name(group);
    let events = request.send().await.unwrap().events.unwrap_or_default();
    events
        .into_iter()
        .filter_map(|event| serde_json::from_str::<Value>(&event.message?).ok())
        .filter(|line| line["message"] == "summary")
        .collect()
}
