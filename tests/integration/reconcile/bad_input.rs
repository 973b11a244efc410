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

/// Items that are not valid records, each with a different mistake.
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

/// Keys with control characters, and with other characters that are easily corrupted. XML 1.0
/// cannot carry some of the control characters, so a listing has to encode them.
fn odd_keys() -> Vec<String> {
    let controls = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let odd = controls.chain(" \"%+&<>?#\\'\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}🦀".chars());
    let odd: Vec<_> = odd.collect();
    odd.chunks(6).map(String::from_iter).map(|it| format!("{it}/{it}")).collect()
}

#[test]
fn nonsense_in_records_and_odd_characters_in_keys_are_replaced_by_what_s3_holds() {
    run(async {
        let stack = TestStack::own("nonsense").await;
        let bucket = Bucket::without_events(&stack).await;
        let (records, odd) = (nonsense(), odd_keys());
        // Each name makes two keys: `kept-…`, which has an object, and `gone-…`, which has only a
        // record.
        let names = records.keys().copied().chain(odd.iter().map(String::as_str));
        let kept =
            names.clone().map(|name| (stack.key(&format!("kept-{name}")), picture::png(3, 4, 0)));
        bucket.put_all(kept.collect()).await;
        for (name, attributes) in &records {
            for key in [stack.key(&format!("kept-{name}")), stack.key(&format!("gone-{name}"))] {
                bucket.put_item(&key, attributes).await;
            }
        }
        for key in &odd {
            record(&bucket.catalog, &stack.key(&format!("gone-{key}")), "01", object(1)).await;
        }
        let count = (records.len() + odd.len()) as u64;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(count, count, 0));
        assert_eq!(report.records, tally(2 * count, count, 0));
        assert_eq!(report.failed, 0);
        let items = bucket.items().await;
        for name in names {
            assert_eq!(
                items[&stack.key(&format!("kept-{name}"))]["status"],
                text("image"),
                "{name:?}"
            );
            assert_eq!(
                items[&stack.key(&format!("gone-{name}"))]["status"],
                text("absent"),
                "{name:?}"
            );
        }
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": count}));
        assert_eq!(reconciled(&stack).await.repaired, 0);
    });
}
