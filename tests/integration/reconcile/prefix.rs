//! A key prefix that changes on a running stack. The test needs a stack for two reasons: the
//! roles allow no reads under the former prefix, and the API is called before and after the
//! reconciliation.

use std::collections::BTreeSet;

use catalog::RecordState;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::bucket::Bucket;
use super::{reconciled, tally};

/// Deploys the stack, or updates it, with this key prefix.
async fn deployed(prefix: &str) -> TestStack {
    TestStack::configured("moved", &[("keyPrefix", json!(prefix))]).await
}

/// The keys of the recorded images and rejections. Checks that the totals equal a recount, and that
/// the index holds the images.
async fn recorded(stack: &TestStack) -> BTreeSet<String> {
    let snapshot = stack.snapshot().await;
    snapshot.assert_totals_are_a_recount();
    snapshot.assert_index_holds_the_images();
    let is_absent = |state: &RecordState| matches!(state, RecordState::Absent { .. });
    let records = snapshot.records.into_iter().filter(|(_, it)| !is_absent(&it.state));
    records.map(|(key, _)| key).collect()
}

#[test]
fn after_a_change_of_the_prefix_a_reconciliation_leaves_only_what_is_under_the_new_one() {
    run(async {
        let stack = deployed("uploads/").await;
        stack.measure("uploads/2026/a.png", picture::png(1, 2, 0), "image/png").await;
        stack.measure("uploads/b.gif", picture::gif(3, 4), "image/gif").await;
        stack.measure("uploads/notes.txt", "text", "text/plain").await;
        let bucket = Bucket::of(&stack);
        for key in ["photos/2026/c.png", "photos/2025/d.png"] {
            bucket.put(key, picture::png(5, 6, 0)).await;
        }
        bucket.put_foreign_item("uploads/foreign.png").await;

        // The API no longer finds images under the former prefix, but the totals still count them.
        let stack = deployed("photos/2026/").await;
        let list = stack.stack.api().list("").await.unwrap().body;
        assert_eq!(list["images"], json!([]));
        assert_eq!(stack.metadata("uploads/b.gif").await.0, 404);
        assert_eq!(stack.info().await["totalImages"], 2);

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(1, 1, 0));
        // The reconciliation examines the new record, and four items under the former prefix: three
        // records and the foreign item. It repairs these four.
        assert_eq!(report.records, tally(5, 4, 0));
        assert_eq!(recorded(&stack).await, BTreeSet::from(["photos/2026/c.png".to_owned()]));
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 1}));
        assert_eq!(info["lowestSizeImage"], "photos/2026/c.png");
        assert_eq!(reconciled(&stack).await.repaired, 0);

        // The objects under the former prefix still exist. An upload under that prefix starts no
        // execution.
        stack.upload("uploads/b.gif", picture::gif(7, 8), "image/gif").await;
        stack.measure("photos/2026/e.png", picture::png(9, 9, 0), "image/png").await;
        let executions = stack.stack.executions.of_key("uploads/b.gif").await.unwrap();
        assert_eq!(executions.len(), 1, "that of the first upload");

        // The reconciliation adds `photos/2025/d.png`. It removes nothing, because every key under
        // `photos/2026/` is also under `photos/`.
        let stack = deployed("photos/").await;
        let report = reconciled(&stack).await;
        assert_eq!((report.objects, report.records), (tally(3, 1, 0), tally(3, 0, 0)));
        assert_eq!(stack.metadata("photos/2026/c.png").await.1["width"], "5");
        let expected = ["photos/2025/d.png", "photos/2026/c.png", "photos/2026/e.png"];
        assert_eq!(recorded(&stack).await, expected.map(str::to_owned).into());
        assert!(stack.receive_failures().await.is_empty());
    });
}

/// An event about a key outside the prefix is refused, unless it is from a reconciliation.
#[test]
fn an_execution_outside_the_prefix_fails_and_says_so() {
    run(async {
        let stack = TestStack::shared().await;
        let event = stack.event("Object Created", "thumbnails/a.png", None);
        let execution = stack.execute(&event).await;
        let failure = stack.reported(&execution).await;
        assert_eq!(failure["error"], "InvalidInput");
        assert!(failure["cause"].as_str().unwrap().contains("is not under"), "{failure}");
    });
}
