//! Reconciliation: it makes the catalog equal to the bucket, and changes nothing else.

pub(crate) mod bucket;
mod defects;
mod prefix;
mod remeasured;
mod unanswered;
mod vanished;

use bucket::Bucket;
use futures_util::future::join;
use harness::{TestStack, picture, run};
use local::reconciliation::{Report, Tally, reconcile};
use serde_json::json;

/// Runs a reconciliation and returns its report.
pub(crate) async fn reconciled(stack: &TestStack) -> Report {
    let machine = &stack.stack.outputs.reconcile_state_machine_arn;
    reconcile(&stack.stack.aws.sfn, machine).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Number of executions of `repair-image` so far. The emulator lists EXPRESS executions, too.
async fn repairs(stack: &TestStack) -> usize {
    let machine = stack.stack.outputs.state_machine_arn.replace("analyze", "repair");
    let request = stack.stack.aws.sfn.list_executions().state_machine_arn(machine);
    let executions = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    executions.unwrap().len()
}

pub(crate) fn tally(examined: u64, repaired: u64, failed: u64) -> Tally {
    Tally { examined, repaired, failed }
}

#[test]
fn reconciliations_beside_uploads_and_deletions_undo_none_of_them() {
    run(async {
        let stack = TestStack::elsewhere("beside").await;
        let bucket = Bucket::of(&stack);
        let key = |number: usize| stack.key(&format!("{number}.png"));
        let pictures = |width| (0..12).map(move |n| (key(n), picture::png(width, 1, n))).collect();
        let changes = async {
            bucket.put_all(pictures(10)).await;
            bucket.put_all(pictures(200)).await;
            for number in 0..6 {
                stack.delete(&key(number)).await;
            }
        };
        let reconciliations = async { (reconciled(&stack).await, reconciled(&stack).await) };
        join(changes, reconciliations).await;
        stack.ended_all(30).await;
        bucket.assert_is_the_catalog().await;
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": 6}));
        assert_eq!(stack.metadata(&key(7)).await.1["width"], "200");
        assert_eq!(reconciled(&stack).await.repaired, 0);
    });
}
