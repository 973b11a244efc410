//! Reconciliation of a bucket and a table that someone has filled with nonsense.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::bucket::{Bucket, object, record};
use super::{reconciled, tally};

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: &str) -> AttributeValue {
    AttributeValue::N(number.to_owned())
}

/// Items that are not valid records, each with another mistake.
fn nonsense() -> BTreeMap<&'static str, Vec<(&'static str, AttributeValue)>> {
    let image = || vec![("status", text("image")), ("revision", text("r1"))];
    let with = |attribute: (&'static str, AttributeValue)| {
        let mut attributes = image();
        attributes.push(attribute);
        attributes
    };
    BTreeMap::from([
        ("nothing", vec![]),
        ("status", vec![("status", number("5"))]),
        ("revision", vec![("status", text("absent")), ("revision", number("5"))]),
        ("absent-without-expiry", vec![("status", text("absent")), ("revision", text("r"))]),
        ("sequencer", with(("sequencer", text("soon")))),
        ("etag", with(("etag", AttributeValue::L(vec![])))),
        ("width", with(("width", number("1e30")))),
        (
            "content-type",
            [
                image(),
                vec![
                    ("shard", number("1")),
                    ("size", number("3")),
                    ("etag", text("e")),
                    ("contentType", text("totalBytes")),
                    ("format", text("f")),
                    ("width", number("1")),
                    ("height", number("1")),
                    ("displayWidth", number("1")),
                    ("displayHeight", number("1")),
                ],
            ]
            .concat(),
        ),
    ])
}

#[test]
fn records_edited_into_nonsense_are_replaced_by_what_s3_holds() {
    run(async {
        let stack = TestStack::own("nonsense").await;
        let bucket = Bucket::without_events(&stack).await;
        let records = nonsense();
        for (name, attributes) in &records {
            // The object exists for half of the records, and not for the others.
            bucket.put(&format!("uploads/kept-{name}"), picture::png(3, 4, 0)).await;
            for key in [format!("uploads/kept-{name}"), format!("uploads/gone-{name}")] {
                bucket.put_item(&key, attributes).await;
            }
        }
        let count = records.len() as u64;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(count, count, 0));
        assert_eq!(report.records, tally(2 * count, count, 0));
        assert_eq!(report.failed, 0);
        bucket.assert_is_the_catalog().await;
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": count}));
        assert_eq!(reconciled(&stack).await.repaired, 0);
    });
}

/// Every character that XML 1.0 cannot carry or that a listing has to encode, in a key.
fn odd_characters() -> impl Iterator<Item = char> {
    let controls = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    controls.chain(" \"%+&<>?#\\'\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}🦀".chars())
}

#[test]
fn keys_with_every_control_character_are_walked_over() {
    run(async {
        let stack = TestStack::own("controls").await;
        let bucket = Bucket::without_events(&stack).await;
        let key = |character: char| format!("uploads/{character}/{character}.png");
        let objects = odd_characters().map(|it| (key(it), picture::png(1, 1, 0)));
        bucket.put_all(objects.collect()).await;
        for character in odd_characters() {
            record(&bucket.catalog, &format!("{}gone", key(character)), "01", object(1)).await;
        }
        let count = odd_characters().count() as u64;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(count, count, 0));
        assert_eq!(report.records, tally(2 * count, count, 0));
        let items = bucket.items().await;
        for character in odd_characters() {
            assert_eq!(items[&key(character)]["status"], text("image"), "{character:?}");
            let gone = format!("{}gone", key(character));
            assert_eq!(items[&gone]["status"], text("absent"), "{character:?}");
        }
    });
}
