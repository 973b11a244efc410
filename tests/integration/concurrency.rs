//! Executions whose object is gone, executions started by hand, and many uploads at once.
//! `hostile.rs` has late, duplicated and reordered events.

use futures_util::future::join_all;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

#[test]
fn an_object_that_is_deleted_before_its_execution_looks_is_absent() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("concurrency/never-there.png");
        let event = stack.event("Object Created", key, Some("0A"));
        let execution = stack.execute(&event).await;
        assert_eq!(execution.outcome(), Outcome::Absent, "{execution:?}");
        assert_eq!(stack.metadata(key).await.1, json!({"error": format!("{key} not found!")}));
    });
}

#[test]
fn an_execution_by_hand_needs_no_sequencer() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("concurrency/by-hand.png");
        stack.measure(key, picture::png(7, 8, 0), "image/png").await;
        let event = stack.event("Object Created", key, None);
        let again = stack.execute(&event).await;
        assert_eq!(again.outcome(), Outcome::Image, "{again:?}");
        assert_eq!(again.output.as_ref().unwrap()["outcome"], "unchanged");
        // A later event is still recorded.
        stack.measure(key, picture::png(9, 8, 0), "image/png").await;
        assert_eq!(stack.metadata(key).await.1["width"], "9");
    });
}

#[test]
fn fifty_uploads_at_once_are_all_measured_and_counted() {
    run(async {
        let stack = TestStack::elsewhere("burst").await;
        let keys: Vec<_> = (1..=50).map(|number| stack.key(&format!("{number}.png"))).collect();
        join_all(
            keys.iter()
                .zip(1..)
                .map(|(key, width)| stack.upload(key, picture::png(width, 1, 0), "image/png")),
        )
        .await;
        // One request counts all executions. Describing each execution would slow them all down.
        let ended =
            async || (stack.stack.executions.count_ended().await.unwrap() >= 50).then_some(());
        stack.until("50 executions", ended).await;
        for execution in stack.ended_all(keys.len()).await {
            assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        }
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 50}));
        for (key, width) in keys.iter().zip(1..) {
            assert_eq!(stack.metadata(key).await.1["width"], width.to_string());
        }
    });
}
