//! Reconciliation: it makes the catalog match the bucket, and changes nothing else.

mod bad_input;
pub(crate) mod bucket;
mod prefix;
mod remeasured;
mod thousand;
mod unanswered;
mod vanished;

use bucket::Bucket;
use futures_util::future::join;
use harness::{TestStack, picture, run};
use local::reconciliation::{Report, Tally, reconcile};
use remeasured::is_measured_again_if_asked_for;
use serde_json::json;

/// Runs a reconciliation and returns its report.
pub(crate) async fn reconciled(stack: &TestStack) -> Report {
    let machine = &stack.stack.outputs.reconcile_state_machine_arn;
    reconcile(&stack.stack.aws.sfn, machine).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Number of executions of `repair-image` so far. Unlike AWS, the emulator lists
/// EXPRESS executions.
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
fn a_bucket_that_had_images_before_is_taken_in_and_measured_again_if_asked_for() {
    run(async {
        let stack = TestStack::elsewhere("taken-in").await;
        let bucket = Bucket::without_events(&stack).await;
        let report = reconciled(&stack).await;
        assert_eq!((report.objects, report.records), (tally(0, 0, 0), tally(0, 0, 0)));
        assert_eq!((report.repaired, report.failed), (0, 0));

        let names = ["a b+c.png", "é/emoji 🦀.png", "100%.png", "a%2Fb.png", "deep/er/x.png"];
        for name in names {
            bucket.put(&stack.key(name), picture::png(30, 40, 0)).await;
        }
        bucket.put(&stack.key("notes.txt"), "text".into()).await;
        bucket.put("thumbnails/outside.png", picture::png(1, 1, 0)).await;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(6, 6, 0));
        assert_eq!(report.records, tally(6, 0, 0));
        assert_eq!(report.totals, tally(8, 0, 0));
        for name in names {
            let (status, metadata) = stack.metadata(&stack.key(name)).await;
            assert_eq!((status, &metadata["width"]), (200, &json!("30")), "{name}");
        }
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": 5}));
        is_measured_again_if_asked_for(&stack, &bucket).await;
    });
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

#[test]
fn the_schedule_starts_the_reconciliation_and_is_off_unless_configured() {
    run(async {
        let stack = TestStack::shared().await;
        let scheduler = &stack.stack.aws.scheduler;
        let schedule = scheduler.get_schedule().name("pixgauge-test-reconcile").send().await;
        let schedule = schedule.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(schedule.state().is_some_and(|state| state.as_str() == "DISABLED"));
        assert_eq!(schedule.schedule_expression(), Some("rate(1 day)"));
        let target = schedule.target().unwrap_or_else(|| panic!("no target"));
        assert_eq!(target.arn(), stack.stack.outputs.reconcile_state_machine_arn);
        assert_eq!(target.input(), Some(r#"{"remeasure":false}"#));
    });
}
