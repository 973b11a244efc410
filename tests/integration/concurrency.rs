//! Events that are late, duplicated or out of order, and many events at once.

use futures_util::future::join_all;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

#[test]
fn a_late_creation_does_not_bring_back_a_deleted_object() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/concurrency/ghost.png";
        stack.measure(key, picture::png(1, 1, 0), "image/png").await;
        stack.delete(key).await;
        stack.ended(key, 2).await;
        let event = stack.event("Object Created", key, Some("0000000000000001"));
        let execution = stack.execute(&event).await;
        assert!(execution.is_stale(), "{execution:?}");
        assert_eq!(stack.metadata(key).await.0, 404);
    });
}

#[test]
fn a_doubled_event_changes_nothing() {
    run(async {
        let stack = TestStack::own("doubled").await;
        let key = "uploads/doubled.png";
        let execution = stack.measure(key, picture::png(1, 1, 0), "image/png").await;
        let before = (stack.info().await, stack.metadata(key).await);
        let again = stack.execute(&execution.input).await;
        assert!(again.is_stale(), "{again:?}");
        assert_eq!((stack.info().await, stack.metadata(key).await), before);
    });
}

#[test]
fn an_object_that_is_deleted_before_its_execution_looks_is_absent() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/concurrency/never-there.png";
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
        let key = "uploads/concurrency/by-hand.png";
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
fn of_overwrites_in_a_row_the_last_one_stays() {
    run(async {
        let stack = TestStack::own("overwrites").await;
        let key = "uploads/overwritten.png";
        for width in 1..=12 {
            stack.upload(key, picture::png(width, 1, width as usize), "image/png").await;
        }
        stack.ended(key, 12).await;
        let (_, metadata) = stack.metadata(key).await;
        assert_eq!(metadata["width"], "12");
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 1}));
        assert_eq!(info["totalBytes"].to_string(), metadata["size"].as_str().unwrap());
    });
}

#[test]
fn two_hundred_uploads_at_once_are_all_measured_and_counted() {
    run(async {
        let stack = TestStack::own("burst").await;
        let keys: Vec<_> = (1..=200).map(|number| format!("uploads/{number}.png")).collect();
        join_all(
            keys.iter()
                .zip(1..)
                .map(|(key, width)| stack.upload(key, picture::png(width, 1, 0), "image/png")),
        )
        .await;
        // Polls the overview, which takes one request. Polling every execution would slow them all
        // down.
        stack
            .until("200 images", async || (stack.info().await["totalImages"] == 200).then_some(()))
            .await;
        let executions = stack.ended_all(keys.len()).await;
        for execution in &executions {
            assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        }
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 200}));
        for (key, width) in keys.iter().zip(1..) {
            assert_eq!(stack.metadata(key).await.1["width"], width.to_string());
        }
    });
}
