//! Reconciliation of a table with items that are not valid records, and of a bucket with odd
//! characters in its keys.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::bucket::{Bucket, object};
use super::{reconciled, tally};

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: &str) -> AttributeValue {
    AttributeValue::N(number.to_owned())
}

/// Items that are not valid records: a name for the mistake, and the item's attributes.
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
        ("content-type", {
            let texts = [("etag", "e"), ("contentType", "totalBytes"), ("format", "f")];
            let texts = texts.map(|(name, it)| (name, text(it)));
            let numbers = ["shard", "size", "width", "height", "displayWidth", "displayHeight"];
            let numbers = numbers.map(|name| (name, number("1")));
            image().into_iter().chain(texts).chain(numbers).collect()
        }),
    ])
}

/// Parts of keys, with control characters and other characters that are easily corrupted. XML 1.0
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
        // Each name makes two keys: `kept-…`, which has an object, and `gone-…`, which has none.
        let names = records.keys().copied().chain(odd.iter().map(String::as_str));
        let kept =
            names.clone().map(|name| (stack.key(&format!("kept-{name}")), picture::png(3, 4, 0)));
        bucket.put_all(kept.collect()).await;
        for (name, attributes) in &records {
            for key in [stack.key(&format!("kept-{name}")), stack.key(&format!("gone-{name}"))] {
                bucket.put_item(&key, attributes).await;
            }
        }
        let gone = odd.iter().map(|key| (stack.key(&format!("gone-{key}")), object(1)));
        bucket.record_all(gone.collect()).await;
        let count = (records.len() + odd.len()) as u64;

        let report = reconciled(&stack).await;
        assert_eq!(report.objects, tally(count, count, 0));
        assert_eq!(report.records, tally(2 * count, count, 0));
        assert_eq!(report.failed, 0);
        let items = bucket.items().await;
        for name in names {
            for (kind, status) in [("kept", "image"), ("gone", "absent")] {
                let key = stack.key(&format!("{kind}-{name}"));
                assert_eq!(items[&key]["status"], text(status), "{key:?}");
            }
        }
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": count}));
        assert_eq!(reconciled(&stack).await.repaired, 0);
    });
}
