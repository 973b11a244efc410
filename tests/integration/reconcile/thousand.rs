//! A bucket with 200 objects, and a catalog in which 100 defects are planted.

use std::collections::BTreeSet;
use std::ops::Range;

use contract::StoredObject;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::bucket::{Bucket, Items, object};
use super::{reconciled, tally};

const IMAGES: usize = 200;

/// The numbers in the keys of the objects without a record.
const MISSING: Range<usize> = 0..30;

/// The numbers of the objects whose record has a wrong ETag and a wrong size.
const OTHER_ETAG: Range<usize> = 30..40;

/// The numbers of the objects whose record has a wrong time of last modification.
const OTHER_TIME: Range<usize> = 40..50;

/// The numbers of the objects that are recorded as images, but are no longer images.
const NO_IMAGE_ANY_MORE: Range<usize> = 50..60;

/// Number of records without an object.
const GHOSTS: usize = 32;

fn key(number: usize) -> String {
    format!("uploads/{number:04}.png")
}

/// The bytes of an object: a text for the ten objects that are not images, otherwise a PNG.
fn bytes(number: usize) -> Vec<u8> {
    if NO_IMAGE_ANY_MORE.contains(&number) {
        format!("text {number}").into_bytes()
    } else {
        picture::png(1, 1, number % 50)
    }
}

/// The recorded description of an object: the true one, or a wrong one if the object has a planted
/// defect.
fn recorded(number: usize, truth: &StoredObject) -> StoredObject {
    let mut record = truth.clone();
    if OTHER_ETAG.contains(&number) || NO_IMAGE_ANY_MORE.contains(&number) {
        record.etag = "of-the-object-before".into();
        record.size = 5_000 + number as u64;
    }
    if OTHER_TIME.contains(&number) {
        record.last_modified = Some("2024-05-01T12:00:00Z".into());
    }
    record
}

/// Plants the defects: 60 objects without a correct record, 32 records without an object, 8 wrong
/// totals.
async fn plant(stack: &TestStack, bucket: &Bucket<'_>) {
    bucket.put_all((0..IMAGES).map(|number| (key(number), bytes(number))).collect()).await;
    let objects = bucket.list().await;
    let records = (0..IMAGES).filter(|number| !MISSING.contains(number));
    let mut records: Vec<_> =
        records.map(|number| (key(number), recorded(number, &objects[&key(number)]))).collect();
    let ghosts = (0..GHOSTS).map(|number| (format!("uploads/ghost-{number}.png"), object(9_000)));
    records.extend(ghosts);
    bucket.record_all(records).await;
    for shard in 0..3 {
        stack.spoil_totals(shard, "image/png", 7).await;
    }
    stack.spoil_totals(3, "totalBytes", -12_345).await;
    stack.spoil_totals(4, "image/webp", 1).await;
    stack.spoil_totals(5, "image/gif", -1).await;
    bucket.remove_totals(6).await;
    stack.spoil_totals(7, "totalBytes", 1).await;
    // In the totals of each of these two shards, one attribute becomes a text. DynamoDB cannot add
    // a number to a text, so a repair that changes the totals has to leave out this attribute.
    bucket.spoil_type(5, "image/png").await;
    bucket.spoil_type(7, "changes").await;
}

/// The records without a planted defect.
fn sound(items: &Items) -> Items {
    let numbers = OTHER_ETAG.start..NO_IMAGE_ANY_MORE.end;
    let planted: BTreeSet<_> = numbers.map(key).collect();
    let is_sound =
        |key: &str| key.starts_with("uploads/") && !key.contains("ghost") && !planted.contains(key);
    items.iter().filter(|(key, _)| is_sound(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

#[test]
fn a_hundred_planted_defects_are_repaired_in_one_run_and_nothing_else_changes() {
    run(async {
        let stack = TestStack::own("defects").await;
        let bucket = Bucket::without_events(&stack).await;
        plant(&stack, &bucket).await;
        // The emulator serves all requests with one processor. If the reconciliation compared
        // four segments of the keys at the same time, requests could time out. Then the
        // reconciliation would also repair sound records.
        let machine = &stack.stack.outputs.reconcile_state_machine_arn;
        stack.edit(machine, &[("\"MaxConcurrency\": 4,", "\"MaxConcurrency\": 1,")]).await;
        let before = bucket.items().await;
        assert_eq!(sound(&before).len(), 140);

        let started = std::time::Instant::now();
        let report = reconciled(&stack).await;
        println!("reconciliation of {IMAGES} images in {:.1?}: {report:?}", started.elapsed());
        assert_eq!(report.objects, tally(200, 60, 0));
        assert_eq!(report.records, tally(232, 32, 0));
        assert_eq!(report.totals, tally(8, 8, 0));
        assert_eq!((report.repaired, report.failed), (100, 0));

        let after = bucket.items().await;
        for (key, item) in sound(&before) {
            assert_eq!(after[&key], item, "{key} was sound and has changed");
        }
        let bytes = bucket.assert_is_the_catalog().await;
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 190}));
        assert_eq!(info["totalBytes"].to_string(), bytes.to_string());

        let again = reconciled(&stack).await;
        assert_eq!((again.repaired, again.failed), (0, 0), "{again:?}");
        assert_eq!(again.records.examined, 200);
        assert!(bucket.items().await == after, "a second run has changed something");
    });
}
