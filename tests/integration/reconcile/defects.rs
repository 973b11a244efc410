//! A bucket of 200 objects, and a catalog with planted defects. Two thirds of the records are sound.

use std::collections::BTreeSet;
use std::ops::Range;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::StoredObject;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::bucket::{Bucket, Items, object};
use super::remeasured::is_measured_again_if_asked_for;
use super::{reconciled, tally};

const IMAGES: usize = 200;

/// Objects without a record.
const MISSING: Range<usize> = 0..30;

/// Objects whose record has another ETag and size.
const OTHER_ETAG: Range<usize> = 30..40;

/// Objects whose record has a different time of last modification.
const OTHER_TIME: Range<usize> = 40..50;

/// Objects that are no longer images, but are recorded as images.
const NO_IMAGE_ANY_MORE: Range<usize> = 50..60;

/// Objects whose item is not a valid record, each for another reason. There are as many such items
/// without an object.
const NONSENSE: Range<usize> = 60..68;

/// Number of valid records without an object.
const GHOSTS: usize = 32;

/// The key of an object, with six characters that are easily corrupted. The keys of the missing
/// objects together have every such character, as do those of the ghosts. XML 1.0 cannot carry some
/// of the control characters, so a listing has to encode them.
fn key(number: usize) -> String {
    let controls = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let odd = controls.chain(" \"%+&<>?#\\'\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}🦀".chars());
    let odd: String = odd.cycle().skip(6 * number).take(6).collect();
    format!("uploads/{number:04}{odd}/{odd}.png")
}

/// The key of a record without an object.
fn gone(number: usize) -> String {
    format!("{}-gone", key(number))
}

/// The bytes of an object. Sizes differ, and ten objects are not images.
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

/// The attributes of items that are not valid records, each with a different mistake.
fn nonsense() -> [Vec<(&'static str, AttributeValue)>; NONSENSE.end - NONSENSE.start] {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let image = |further: Vec<(&'static str, AttributeValue)>| {
        [vec![("status", text("image")), ("revision", text("r1"))], further].concat()
    };
    [
        vec![],
        vec![("status", number("5"))],
        vec![("status", text("absent")), ("revision", number("5"))],
        // An absence without the time of its expiration.
        vec![("status", text("absent")), ("revision", text("r"))],
        image(vec![("sequencer", text("soon"))]),
        image(vec![("etag", AttributeValue::L(vec![]))]),
        image(vec![("width", number("1e30"))]),
        // Everything is right except for the content type, which is the name of another total.
        image(vec![
            ("shard", number("1")),
            ("size", number("3")),
            ("etag", text("e")),
            ("contentType", text("totalBytes")),
            ("format", text("f")),
            ("width", number("1")),
            ("height", number("1")),
            ("displayWidth", number("1")),
            ("displayHeight", number("1")),
        ]),
    ]
}

/// Plants the defects: 68 objects without a correct record, 40 items without an object, 8 wrong
/// totals.
async fn plant(bucket: &Bucket<'_>) {
    bucket.put_all((0..IMAGES).map(|number| (key(number), bytes(number))).collect()).await;
    let objects = bucket.list().await;
    let records = NONSENSE.end..IMAGES;
    let records = (MISSING.end..NONSENSE.start).chain(records);
    let records = records.map(|number| (key(number), recorded(number, &objects[&key(number)])));
    let ghosts = (0..GHOSTS).map(|number| (gone(number), object(9_000)));
    bucket.record_all(records.chain(ghosts).collect()).await;
    for (number, attributes) in NONSENSE.zip(nonsense()) {
        for key in [key(number), gone(number)] {
            bucket.put_item(&key, &attributes).await;
        }
    }
    for shard in 0..3 {
        bucket.spoil(shard, "image/png", 7).await;
    }
    bucket.spoil(3, "totalBytes", -12_345).await;
    bucket.spoil(4, "image/webp", 1).await;
    bucket.spoil(5, "image/gif", -1).await;
    bucket.remove_totals(6).await;
    bucket.spoil(7, "totalBytes", 1).await;
    // DynamoDB cannot add a number to a text. So a reconciliation cannot update the totals of these
    // two shards together with a missing record, and has to write the record alone.
    bucket.spoil_type(5, "image/png").await;
    bucket.spoil_type(7, "changes").await;
}

/// The records without a planted defect.
fn sound(items: &Items) -> Items {
    let keys: BTreeSet<_> = (NONSENSE.end..IMAGES).map(key).collect();
    items
        .iter()
        .filter(|(key, _)| keys.contains(*key))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

#[test]
fn planted_defects_are_repaired_in_one_run_and_nothing_else_changes() {
    run(async {
        let stack = TestStack::own("defects").await;
        let bucket = Bucket::without_events(&stack).await;
        let report = reconciled(&stack).await;
        assert_eq!((report.objects, report.records), (tally(0, 0, 0), tally(0, 0, 0)));
        assert_eq!((report.repaired, report.failed), (0, 0));

        bucket.put("thumbnails/outside.png", picture::png(1, 1, 0)).await;
        plant(&bucket).await;
        // One segment at a time, because the emulator serves all requests with one processor. With
        // four segments at a time, the SDK could time out while it waits for an object.
        let machine = &stack.stack.outputs.reconcile_state_machine_arn;
        stack.edit(machine, &[("\"MaxConcurrency\": 4,", "\"MaxConcurrency\": 1,")]).await;
        let before = bucket.items().await;
        assert_eq!(sound(&before).len(), 132);

        let started = std::time::Instant::now();
        let report = reconciled(&stack).await;
        println!("reconciliation of {IMAGES} images in {:.1?}: {report:?}", started.elapsed());
        assert_eq!(report.objects, tally(200, 68, 0));
        assert_eq!(report.records, tally(240, 40, 0));
        assert_eq!(report.totals, tally(8, 8, 0));
        assert_eq!((report.repaired, report.failed), (116, 0));

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

        let keys = (key(MISSING.start), key(NO_IMAGE_ANY_MORE.start));
        is_measured_again_if_asked_for(&stack, &bucket, (&keys.0, &keys.1)).await;
    });
}
