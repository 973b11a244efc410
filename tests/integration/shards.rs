//! Tests of a table whose items were written before and after the number of shards was raised.

use harness::snapshot::Snapshot;
use harness::{TestStack, picture, run};
use serde_json::json;

const OLD: [&str; 4] = ["uploads/a.png", "uploads/b.png", "uploads/c.png", "uploads/d.png"];
const NEW: [&str; 4] = ["uploads/e.gif", "uploads/f.gif", "uploads/g.gif", "uploads/h.gif"];

async fn shards(stack: &TestStack) -> std::collections::BTreeSet<u64> {
    let snapshot: Snapshot = stack.snapshot().await;
    snapshot.assert_totals_are_a_recount();
    snapshot.assert_index_holds_the_images();
    snapshot.by_size.into_iter().map(|(shard, _, _)| shard).collect()
}

#[test]
fn raising_the_number_of_shards_keeps_every_answer_right() {
    run(async {
        let before = TestStack::configured("shards", &[("shards", json!(1))]).await;
        for (number, key) in (1..).zip(OLD) {
            before.measure(key, picture::png(number, 1, 100), "image/png").await;
        }
        assert_eq!(shards(&before).await, [0].into());
        assert_eq!(before.info().await["contentTypes"], json!({"image/png": 4}));

        let stack = TestStack::configured("shards", &[("shards", json!(16))]).await;
        for (number, key) in (1..).zip(NEW) {
            stack.measure(key, picture::gif(number, 1), "image/gif").await;
        }
        assert!(shards(&stack).await.len() > 2, "the new images are not spread");
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/gif": 4, "image/png": 4}));
        assert!(info["highestSizeImage"].as_str().is_some_and(|key| OLD.contains(&key)), "{info}");
        assert!(info["lowestSizeImage"].as_str().is_some_and(|key| NEW.contains(&key)), "{info}");

        // An old item moves to its new shard when overwritten, and disappears when its object is
        // deleted.
        stack.measure(OLD[0], picture::gif(9, 9), "image/gif").await;
        stack.delete(OLD[1]).await;
        stack.ended(OLD[1], 2).await;
        shards(&stack).await;
        assert_eq!(stack.info().await["contentTypes"], json!({"image/gif": 5, "image/png": 2}));
        assert_eq!(stack.metadata(OLD[0]).await.1["width"], "9");
        assert_eq!(stack.metadata(OLD[1]).await.0, 404);
        assert_eq!(stack.metadata(OLD[2]).await.1["width"], "3");
    });
}
