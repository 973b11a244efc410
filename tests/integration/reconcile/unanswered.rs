//! A reconciliation goes on after an object that S3 does not describe (HEAD) or send (GET).

use std::collections::BTreeSet;

use contract::{Observation, Rejection};
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, picture, run};

use super::bucket::{Bucket, object, png, record};
use super::{reconciled, repairs, tally};

/// An object that S3 refuses to describe. Its key is that of a folder created in the S3 console.
const FOLDER: &str = "uploads/";

/// An object that S3 refuses to describe, and whose item in the table is not a valid record.
const FOREIGN: &str = "uploads/foreign.png";

/// A recorded image that S3 fails to describe and to send.
const FAILING: &str = "uploads/failing.png";

/// An object that is recorded as unreadable, and that S3 fails to send.
const STUCK: &str = "uploads/stuck.png";

/// An object that is recorded as unreadable, and whose KMS key still cannot be used: S3 responds to
/// GET with an error of KMS. The object stays recorded as unreadable, although KMS calls this error
/// transient.
const LOCKED: &str = "uploads/locked.png";

/// Writes the objects and their items, and injects the faults.
async fn plant(bucket: &Bucket<'_>) -> FaultProxy {
    let proxy = bucket.proxy().await;
    for key in [FOLDER, FOREIGN, FAILING, STUCK, LOCKED, "uploads/new.png"] {
        bucket.put(key, picture::png(3, 2, 0)).await;
    }
    record(&bucket.catalog, FOLDER, &png(object(9))).await;
    record(&bucket.catalog, FAILING, &png(bucket.list().await[FAILING].clone())).await;
    for key in [STUCK, LOCKED] {
        let rejection = Rejection::unreadable("its key");
        record(&bucket.catalog, key, &Observation::Rejected { object: None, rejection }).await;
    }
    bucket.put_foreign_item(FOREIGN).await;
    // These two functions ask S3 for descriptions of objects (HEAD).
    for role in ["head-object", "compare-records"] {
        bucket.deny(role, &[FOLDER, FOREIGN]).await;
    }
    let always = |fault, operations, key| {
        proxy.inject(Rule::new(fault, operations, key, usize::MAX));
    };
    always(Fault::SlowDown, &["HeadObject", "GetObject"], FAILING);
    always(Fault::SlowDown, &["GetObject"], STUCK);
    always(Fault::Refused(400, "KMS.DependencyTimeoutException"), &["GetObject"], LOCKED);
    proxy
}

#[test]
fn objects_without_an_answer_are_counted_and_kept_while_the_others_go_on() {
    run(async {
        let stack = TestStack::with_fast_retries("unanswered").await;
        let repair = stack.stack.outputs.state_machine_arn.replace("analyze", "repair");
        stack.edit(&repair, &[("> 80000 ", "> 4000 ")]).await;
        let bucket = Bucket::without_events(&stack).await;
        let proxy = plant(&bucket).await;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(6, 1, 3));
        assert_eq!(report.records, tally(6, 0, 3));
        let failures = stack.failures(6).await;
        let failed = failures.iter().map(|failure| {
            let key = failure["event"]["detail"]["object"]["key"].as_str().unwrap();
            (key, failure["error"].as_str().unwrap())
        });
        let expected = [
            (FOLDER, "StorageRefused"),
            (FOREIGN, "StorageRefused"),
            (FAILING, "StorageUnavailable"),
            (STUCK, "StorageUnavailable"),
        ];
        assert_eq!(failed.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
        assert_eq!(stack.metadata("uploads/new.png").await.1["width"], "3");
        // One execution for each repair in the report, including the six that failed. `LOCKED`
        // needs no repair: it is recorded as unreadable, and an error of KMS counts as unreadable.
        assert_eq!(repairs(&stack).await, 7);
        assert_eq!(stack.metadata(LOCKED).await.1["reason"], "UnreadableObject");

        // These objects become readable without an event.
        for key in [FAILING, STUCK, LOCKED] {
            proxy.lift(key);
        }
        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(6, 2, 2));
        assert_eq!(report.records, tally(6, 0, 2));
        for key in [STUCK, LOCKED] {
            assert_eq!(stack.metadata(key).await.1["width"], "3", "{key}");
        }
    });
}
