//! Tests of [`publish`]: random histories of a table, which a subscriber follows, and single
//! changes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lambda_events::dynamodb::EventRecord;
use catalog::{ImageRecord, Record, RecordState, Written};
use contract::{ImageFacts, Rejection, Sequencer, StoredObject};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::documents::{KINDS, delivered, schema};
use crate::{Published, publish};

const KEYS: [&str; 3] = ["uploads/a.jpg", "uploads/é \"b\"\u{1}.png", "uploads/c"];

/// The table's item for a key after a step of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// No item: it was never written, someone has removed it, or DynamoDB has removed an expired
    /// tombstone.
    None,
    Tombstone,
    /// The record of the image with this number. A history has at most four different images, so
    /// that the same image occurs more than once.
    Image(u8),
    Rejected(u8),
    /// An item that is not a valid record, because another program has written it.
    Invalid,
}

/// A step of a history: the item of a key is replaced. `gap` is the difference between the sequence
/// number of this step and that of the step before.
#[derive(Clone, Copy, Debug)]
struct Step {
    key: usize,
    item: Item,
    gap: u64,
}

fn steps(number: usize) -> impl Strategy<Value = Vec<Step>> {
    let item = prop_oneof![
        2 => Just(Item::None),
        3 => Just(Item::Tombstone),
        6 => (0..4_u8).prop_map(Item::Image),
        3 => (0..3_u8).prop_map(Item::Rejected),
        1 => Just(Item::Invalid),
    ];
    let gap = prop_oneof![Just(1), 1..1_000_u64, 1..u64::MAX];
    let step = (0..KEYS.len(), item, gap);
    prop::collection::vec(step.prop_map(|(key, item, gap)| Step { key, item, gap }), number)
}

fn object(size: u64) -> StoredObject {
    StoredObject {
        size,
        etag: format!("{size:032x}"),
        version_id: size.is_multiple_of(2).then(|| format!("v{size}")),
        claimed_content_type: None,
        last_modified: Some("2024-05-01T12:00:00Z".to_owned()),
    }
}

fn state(key: &str, item: Item) -> Option<RecordState> {
    Some(match item {
        Item::None | Item::Invalid => return None,
        Item::Tombstone => RecordState::Absent { expires_at: 1_800_000_000 },
        Item::Image(number) => {
            let number = u64::from(number) + 1;
            let image = ImageFacts {
                format: "png".to_owned(),
                content_type: "image/png".to_owned(),
                width: number * 100,
                height: u64::MAX / 2,
                display_width: number * 100,
                display_height: u64::MAX / 2,
                has_alpha: Some(true),
                ..ImageFacts::default()
            };
            let shard = serde_json::from_value(json!(key.len() % 8)).unwrap();
            RecordState::Image(ImageRecord { object: object(number), image, shard })
        }
        Item::Rejected(number) => RecordState::Rejected {
            object: (number > 0).then(|| object(number.into())),
            rejection: Rejection::unreadable("its key refuses"),
            measuring: None,
        },
    })
}

/// The `OldImage` or `NewImage` of a stream record: the attributes of `item`. Every write of an
/// item has its own `revision`, even if the same item is written again.
fn image(key: &str, item: Item, revision: usize) -> serde_dynamo::Item {
    match (state(key, item), item) {
        (Some(state), _) => {
            let execution = "arn:aws:states:us-east-1:123456789012:execution:analyze:1".to_owned();
            let record = Record {
                key: key.to_owned(),
                revision: revision.to_string(),
                sequencer: Some(Sequencer::parse(&format!("{revision:016X}")).unwrap()),
                written: Some(Written { execution, recorded_at: 1_714_564_800 }),
                state,
            };
            serde_dynamo::to_item(record).unwrap()
        }
        (None, Item::Invalid) => {
            serde_dynamo::to_item(json!({"s3objectkey": key, "status": "nonsense"})).unwrap()
        }
        (None, _) => serde_dynamo::to_item(json!({})).unwrap(),
    }
}

/// The records that the steps add to the stream, in order.
fn stream(steps: &[Step]) -> Vec<EventRecord> {
    let mut items = [(Item::None, 0); KEYS.len()];
    // The sequence numbers start just below a power of ten, so that they get longer within a
    // history.
    let mut number: u128 = 999_999_999_999_999_999_990;
    let mut records = Vec::new();
    for (revision, step) in (1..).zip(steps) {
        number += u128::from(step.gap);
        let key = KEYS[step.key];
        let before = std::mem::replace(&mut items[step.key], (step.item, revision));
        let name = match (before.0, step.item) {
            // Nothing changes, so the stream gets no record.
            (Item::None, Item::None) => continue,
            (Item::None, _) => "INSERT",
            (_, Item::None) => "REMOVE",
            _ => "MODIFY",
        };
        let record = json!({
            "eventID": format!("event-{revision}"), "eventName": name, "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_714_564_800 + revision % 60,
                "Keys": {"s3objectkey": {"S": key}},
                "OldImage": image(key, before.0, before.1),
                "NewImage": image(key, step.item, revision),
                "SequenceNumber": number.to_string(), "SizeBytes": 100,
            },
        });
        records.push(serde_json::from_value(record).unwrap());
    }
    records
}

/// A subscriber that keeps, for each key, the event with the greatest `order`.
#[derive(Default)]
struct Subscriber(BTreeMap<String, Value>);

impl Subscriber {
    fn take(&mut self, detail: &Value) {
        let key = detail["key"].as_str().unwrap().to_owned();
        let order = |detail: &Value| detail["order"].as_str().unwrap().to_owned();
        let last = self.0.entry(key).or_insert_with(|| detail.clone());
        if order(detail) > order(last) {
            *last = detail.clone();
        }
    }

    /// The state of a key as the subscriber knows it: its image, its rejection, or null.
    fn knows(&self, key: &str) -> Value {
        let Some(detail) = self.0.get(key) else { return Value::Null };
        detail.get("image").or_else(|| detail.get("rejection")).cloned().unwrap_or_default()
    }
}

/// The image or the rejection that the catalog has for a key after the steps, or null. Skips
/// invalid items, because no event tells that an item has become invalid.
fn held(steps: &[Step], key: usize) -> Value {
    let mut items = steps.iter().rev().filter(|step| step.key == key).map(|step| step.item);
    let item = items.find(|item| *item != Item::Invalid).unwrap_or(Item::None);
    match state(KEYS[key], item) {
        Some(RecordState::Image(image)) => {
            serde_json::to_value(api::Metadata::new(KEYS[key].to_owned(), image)).unwrap()
        }
        Some(RecordState::Rejected { object, rejection, .. }) => {
            serde_json::to_value(crate::Rejected::new(rejection, object)).unwrap()
        }
        _ => Value::Null,
    }
}

/// Validators of events, by the kind of the event.
static VALIDATORS: LazyLock<BTreeMap<&str, jsonschema::Validator>> = LazyLock::new(|| {
    let validator = |kind| (kind, jsonschema::draft202012::new(&schema(kind)).unwrap());
    KINDS.map(validator).into_iter().collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Events may arrive twice and in any order. For each key, the event with the greatest `order`
    /// wins.
    #[test]
    fn doubled_events_in_random_order_rebuild_the_catalog(
        steps in steps(2_000), seed: u64,
    ) {
        let mut details = Vec::new();
        for record in stream(&steps) {
            let again = record.clone();
            let event = publish(record, "photos").unwrap();
            prop_assert_eq!(&event, &publish(again, "photos").unwrap());
            if let Published::Event(event) = event {
                details.push(serde_json::from_str::<Value>(&event.to_json().unwrap()).unwrap());
            }
        }
        prop_assert!(details.len() > 1_000, "{} events", details.len());
        let mut doubled = [details.clone(), details].concat();
        let mut random = seed | 1;
        for index in (1..doubled.len()).rev() {
            // An xorshift generator: `seed` determines the order of the events, so a failed test
            // can be repeated with the same order.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            doubled.swap(index, usize::try_from(random % (index as u64 + 1)).unwrap());
        }
        let mut subscriber = Subscriber::default();
        for detail in &doubled {
            subscriber.take(detail);
        }
        for (index, key) in KEYS.iter().enumerate() {
            prop_assert_eq!(subscriber.knows(key), held(&steps, index), "{}", key);
        }
    }

    #[test]
    fn every_event_conforms_to_its_schema_and_names_no_account(steps in steps(60)) {
        for record in stream(&steps) {
            let Published::Event(event) = publish(record, "photos").unwrap() else { continue };
            let sample = delivered(&event);
            let validator = &VALIDATORS[event.kind()];
            let errors: Vec<_> = validator.iter_errors(&sample).map(|it| it.to_string()).collect();
            prop_assert!(errors.is_empty(), "{:?}: {}", errors, sample);
            prop_assert!(!event.to_json().unwrap().contains("arn:aws:states"));
        }
    }
}

/// The kind of the event that a change leads to, and what the event's `replaced` contains: `image`
/// or `rejection`, or `None` if the event has no `replaced`. If the change leads to no event, the
/// whole result is `None`.
fn of(before: Item, after: Item) -> Option<(&'static str, Option<&'static str>)> {
    let key = KEYS[0];
    let record = json!({
        "eventID": "e", "eventName": "MODIFY", "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_714_564_800,
            "Keys": {"s3objectkey": {"S": key}},
            "OldImage": image(key, before, 1), "NewImage": image(key, after, 2),
            "SequenceNumber": "100000000003498069978", "SizeBytes": 100,
        },
    });
    let record = serde_json::from_value(record).unwrap();
    let Published::Event(event) = publish(record, "photos").unwrap() else { return None };
    let detail = serde_json::to_value(&event.detail).unwrap();
    let replaced = ["image", "rejection"]
        .into_iter()
        .find(|name| detail.pointer(&format!("/replaced/{name}")).is_some());
    Some((event.kind(), replaced))
}

#[test]
fn each_transition_leads_to_the_event_of_the_table() {
    use Item::{Image, Invalid, None as Gone, Rejected, Tombstone};
    let rows = [
        (Gone, Image(0), Some(("ImageRecorded", None))),
        (Tombstone, Image(0), Some(("ImageRecorded", None))),
        (Invalid, Image(0), Some(("ImageRecorded", None))),
        (Rejected(1), Image(0), Some(("ImageRecorded", Some("rejection")))),
        (Image(0), Image(1), Some(("ImageChanged", Some("image")))),
        (Image(0), Image(0), None),
        (Gone, Rejected(0), Some(("ImageRejected", None))),
        (Tombstone, Rejected(0), Some(("ImageRejected", None))),
        (Invalid, Rejected(0), Some(("ImageRejected", None))),
        (Image(0), Rejected(1), Some(("ImageRejected", Some("image")))),
        (Rejected(0), Rejected(1), Some(("ImageRejected", Some("rejection")))),
        (Rejected(1), Rejected(1), None),
        (Image(0), Tombstone, Some(("ImageRemoved", Some("image")))),
        (Image(0), Gone, Some(("ImageRemoved", Some("image")))),
        (Rejected(1), Tombstone, Some(("ImageRemoved", Some("rejection")))),
        (Rejected(1), Gone, Some(("ImageRemoved", Some("rejection")))),
        (Invalid, Tombstone, Some(("ImageRemoved", None))),
        (Invalid, Gone, Some(("ImageRemoved", None))),
        (Gone, Tombstone, None),
        (Tombstone, Tombstone, None),
        (Tombstone, Gone, None),
        (Image(0), Invalid, None),
        (Gone, Invalid, None),
    ];
    for (before, after, expected) in rows {
        assert_eq!(of(before, after), expected, "{before:?} → {after:?}");
    }
}

#[test]
fn records_of_other_tables_are_refused_and_totals_lead_to_nothing() {
    let record = |keys: Value, number: &str| {
        let record = json!({
            "eventID": "e", "eventName": "MODIFY", "awsRegion": "us-east-1",
            "dynamodb": {"ApproximateCreationDateTime": 1, "Keys": keys,
                         "SequenceNumber": number, "SizeBytes": 1},
        });
        publish(serde_json::from_value(record).unwrap(), "photos")
    };
    assert_eq!(record(json!({"s3objectkey": {"S": "#totals/1"}}), "1"), Ok(Published::Nothing));
    for keys in [json!({}), json!({"id": {"S": "uploads/a"}}), json!({"s3objectkey": {"N": "1"}})] {
        let error = record(keys, "1").unwrap_err();
        assert!(error.to_string().contains("another table's"), "{error}");
    }
    let error = record(json!({"s3objectkey": {"S": "uploads/a"}}), "one").unwrap_err();
    assert!(error.to_string().contains("SequenceNumber"), "{error}");
}

/// If a record has no time, deserialization gives it the start of 1970, which counts as no time.
#[test]
fn an_event_has_the_time_of_the_change_if_the_record_has_one() {
    for (time, expected) in
        [(json!({"ApproximateCreationDateTime": 9}), Some(9)), (json!({}), None)]
    {
        let mut change = time;
        change["Keys"] = json!({"s3objectkey": {"S": "uploads/a"}});
        change["NewImage"] = json!(image("uploads/a", Item::Image(0), 1));
        change["SequenceNumber"] = "1".into();
        change["SizeBytes"] = 1.into();
        let record = json!({"eventID": "e", "eventName": "INSERT", "awsRegion": "us-east-1",
                            "dynamodb": change});
        let published = publish(serde_json::from_value(record).unwrap(), "photos").unwrap();
        let Published::Event(event) = published else { panic!("{published:?}") };
        assert_eq!(event.time, expected);
    }
}
