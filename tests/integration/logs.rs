//! A function's log: one JSON line for each invocation.

use harness::{TestStack, picture, run};

#[test]
fn an_invocation_writes_one_summary_line_with_key_outcome_and_figures() {
    run(async {
        let stack = TestStack::own("logs").await;
        let key = "uploads/logged.png";
        stack.measure(key, picture::png(3, 4, 0), "image/png").await;
        let lines = stack
            .until("the summary line", async || {
                let lines = stack.summaries(&stack.log_group("read-dimensions")).await;
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
