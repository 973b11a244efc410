//! Result events, from a committed change of the table to a subscriber's queue.

pub(crate) mod mapping;
pub(crate) mod subscriber;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Order, Shards};
use contract::{Observation, Rejection, Sequencer};
use harness::faulty::route_through;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, env_or, observed, picture, run};
use local::executions::Outcome;
use mapping::Mapping;
use serde_json::{Value, json};
use subscriber::Subscriber;

/// The call that publishes events.
const PUT_EVENTS: &[&str] = &["PutEvents"];

async fn publishing(name: &str) -> (TestStack, Subscriber) {
    let stack = TestStack::configured(name, &[("resultEvents", json!(true))]).await;
    let subscriber = Subscriber::new(&stack).await;
    (stack, subscriber)
}

fn catalog_of(stack: &TestStack) -> Catalog {
    let client = stack.stack.aws.dynamodb.clone();
    Catalog::new(
        client.config().to_builder(),
        &stack.stack.outputs.table_name,
        Shards::new(8).unwrap(),
    )
}

/// Records images under keys of their own, with this prefix, and returns the keys.
async fn record_images(stack: &TestStack, prefix: &str, number: u64) -> Vec<String> {
    let catalog = catalog_of(stack);
    let order = Order::After(Sequencer::parse("01").unwrap());
    let mut keys = Vec::new();
    for index in 0..number {
        let key = format!("uploads/{prefix}-{index:03}.jpg");
        let image = observed::image("image/jpeg", 1_000 + index);
        catalog.record(&key, &order, &image).await.unwrap();
        keys.push(key);
    }
    keys
}

#[test]
fn each_committed_change_of_an_upload_reaches_a_subscriber() {
    run(async {
        let (stack, subscriber) = publishing("result-events").await;
        let key = "uploads/cat \"1\".png";
        stack.measure(key, picture::png(30, 40, 0), "image/png").await;
        let recorded = subscriber.next(&stack, key, "").await;
        assert_eq!(recorded["detail-type"], "ImageRecorded");
        assert_eq!(recorded["source"], "pixgauge");
        let detail = &recorded["detail"];
        assert_eq!(detail["image"], stack.metadata(key).await.1);
        assert_eq!(detail["bucket"], stack.stack.outputs.bucket_name.as_str());
        let figures = &detail["figures"];
        assert_eq!((&figures["width"], &figures["pixels"]), (&json!(30), &json!(1200)));
        assert_eq!(detail.get("replaced"), None);
        let order = |event: &Value| event["detail"]["order"].as_str().unwrap().to_owned();

        stack.measure(key, picture::png(50, 60, 0), "image/png").await;
        let changed = subscriber.next(&stack, key, &order(&recorded)).await;
        assert_eq!(changed["detail-type"], "ImageChanged");
        assert_eq!(changed["detail"]["replaced"]["image"], detail["image"]);
        assert_eq!(changed["detail"]["image"], stack.metadata(key).await.1);

        stack.measure(key, "only text", "image/png").await;
        let rejected = subscriber.next(&stack, key, &order(&changed)).await;
        assert_eq!(rejected["detail-type"], "ImageRejected");
        assert_eq!(rejected["detail"]["rejection"]["reason"], "UnsupportedImage");
        assert_eq!(rejected["detail"]["replaced"]["image"], changed["detail"]["image"]);

        stack.delete(key).await;
        let deleted = stack.ended(key, 4).await.swap_remove(0);
        assert_eq!(deleted.outcome(), Outcome::Absent);
        let removed = subscriber.next(&stack, key, &order(&rejected)).await;
        assert_eq!(removed["detail-type"], "ImageRemoved");
        assert_eq!(removed["detail"]["replaced"]["rejection"], rejected["detail"]["rejection"]);
    });
}

/// One step of the random history: changes the record of a key, or deletes it.
async fn step(stack: &TestStack, catalog: &Catalog, key: &str, number: usize) {
    let (client, table) = (&stack.stack.aws.dynamodb, &stack.stack.outputs.table_name);
    let item = AttributeValue::S(key.to_owned());
    let size = fastrand::u64(1..4);
    let observation = match fastrand::u8(..20) {
        0 => {
            // As if someone deleted the item, or DynamoDB deleted an expired tombstone.
            let delete = client.delete_item().table_name(table).key("s3objectkey", item);
            delete.send().await.unwrap();
            return;
        }
        1..=9 => observed::image("image/png", size),
        10..=13 => observed::rejected(size),
        14 => Observation::Rejected { object: None, rejection: Rejection::unreadable("no key") },
        _ => Observation::Absent,
    };
    let order = Order::After(Sequencer::parse(&format!("{number:016X}")).unwrap());
    catalog.record(key, &order, &observation).await.unwrap();
}

/// A subscriber that gets each event twice, and in any order, ends with the content of the catalog.
#[test]
fn doubled_events_in_random_order_rebuild_the_catalog() {
    run(async {
        let (stack, subscriber) = publishing("result-events-model").await;
        let catalog = catalog_of(&stack);
        let keys: Vec<_> = (0..12).map(|number| format!("uploads/{number}.png")).collect();
        let steps = env_or("PIXGAUGE_MODEL_STEPS", 2_000);
        for number in 1..=steps {
            step(&stack, &catalog, &keys[fastrand::usize(..keys.len())], number).await;
        }
        let last = record_images(&stack, "last", 1).await.swap_remove(0);
        subscriber.event_of(&stack, &last).await;
        let events = subscriber.received(&stack).await;
        println!("{steps} steps, {} events", events.len());
        assert!(events.len() > steps / 3);
        let mut doubled = [events.clone(), events].concat();
        fastrand::shuffle(&mut doubled);
        let mut newest = BTreeMap::<String, Value>::new();
        for event in doubled {
            let detail = &event["detail"];
            let known = newest.entry(detail["key"].as_str().unwrap().to_owned());
            let known = known.or_insert_with(|| detail.clone());
            if detail["order"].as_str() > known["order"].as_str() {
                *known = detail.clone();
            }
        }
        for key in keys {
            let known = newest.get(&key).cloned().unwrap_or_default();
            let (status, document) = stack.metadata(&key).await;
            match known.get("image") {
                Some(image) => assert_eq!((status, image), (200, &document), "{key}"),
                None => assert_eq!(status, 404, "{key}: {document}, but known is {known}"),
            }
            let reason = known.pointer("/rejection/reason").cloned().unwrap_or_default();
            assert_eq!(reason, document["reason"], "{key}");
        }
    });
}

/// A stack whose function reaches the bus through a proxy.
async fn faulty(name: &str) -> (TestStack, Subscriber, FaultProxy) {
    let (stack, subscriber) = publishing(name).await;
    let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
    route_through(&stack, "publish-results", &proxy.endpoint()).await;
    (stack, subscriber, proxy)
}

#[test]
fn nothing_is_lost_while_the_bus_refuses_entries_throttles_or_fails() {
    run(async {
        let (stack, subscriber, proxy) = faulty("result-events-faults").await;
        let mapping = Mapping::of(&stack).await;
        for (number, fault) in [
            Fault::RefusedEntries("ThrottlingException"),
            Fault::RefusedEntries("InternalFailure"),
            Fault::Throttling,
            Fault::InternalError,
            Fault::Refused(400, "AccessDeniedException"),
            Fault::Reset,
            Fault::LostResponse,
            Fault::KilledBefore,
            // The process dies between two calls: the first ten events are on the bus.
            Fault::KilledAfter,
        ]
        .into_iter()
        .enumerate()
        {
            // Disabled until all images are recorded, so that they are one batch and the fault hits
            // one of several calls.
            mapping.enable(false).await;
            let prefix = format!("fault-{number}");
            let hit = if fault == Fault::KilledAfter { "000" } else { "015" };
            let rule = proxy.inject(Rule::new(fault, PUT_EVENTS, &format!("{prefix}-{hit}"), 6));
            let keys = record_images(&stack, &prefix, 25).await;
            mapping.enable(true).await;
            for key in keys {
                subscriber.event_of(&stack, &key).await;
            }
            assert!(rule.injected() > 0, "{fault:?} was never injected");
            proxy.lift(&format!("{prefix}-{hit}"));
        }
    });
}

#[test]
fn a_mapping_that_was_disabled_continues_where_it_stopped() {
    run(async {
        let (stack, subscriber) = publishing("result-events-pause").await;
        let mapping = Mapping::of(&stack).await;
        for key in record_images(&stack, "before", 12).await {
            subscriber.event_of(&stack, &key).await;
        }
        mapping.enable(false).await;
        // A batch that is under way when the mapping is disabled may still be published.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = subscriber.received(&stack).await.len();
        let during = record_images(&stack, "during", 12).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(subscriber.received(&stack).await.len(), before);
        mapping.enable(true).await;
        for key in &during {
            subscriber.event_of(&stack, key).await;
        }
        let events = subscriber.received(&stack).await;
        let again = events.iter().filter(|it| it["detail"]["key"] == "uploads/before-000.jpg");
        assert_eq!(again.count(), 1, "it did not begin anew");
    });
}

#[test]
fn records_that_are_given_up_are_kept_whole_and_can_be_published_later() {
    run(async {
        let (stack, subscriber) = publishing("result-events-kept").await;
        let mapping = Mapping::of(&stack).await;
        mapping.enable(false).await;
        let keys = record_images(&stack, "kept", 3).await;
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        mapping.limit_age(1).await;
        mapping.enable(true).await;
        let file = mapping.kept(&stack, &keys[2]).await;
        assert_eq!(file["requestContext"]["condition"], "MaxRecordAgeExceeded");
        let payload: Value = serde_json::from_str(file["payload"].as_str().unwrap()).unwrap();
        assert_eq!(payload["Records"].as_array().unwrap().len(), 3, "no totals: {payload}");
        let answer = stack.invoke("publish-results", &payload).await.unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}));
        for key in keys {
            subscriber.event_of(&stack, &key).await;
        }
    });
}

/// `costs::` compares the units and requests of an upload, with result events off.
#[test]
fn without_result_events_the_function_never_runs() {
    run(async {
        let stack = TestStack::own("result-events-off").await;
        stack.measure("uploads/off.png", picture::png(3, 4, 0), "image/png").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let lines = stack.summaries(&stack.log_group("publish-results")).await;
        assert_eq!(lines, Vec::<Value>::new());
    });
}
