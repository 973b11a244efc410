//! Result events, from a committed change of the table to a subscriber's queue.

pub(crate) mod mapping;
pub(crate) mod subscriber;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Order};
use contract::{Observation, Rejection, Sequencer};
use harness::faulty::proxy_for;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, env_or, observed, picture, run};
use local::executions::Outcome;
use mapping::Mapping;
use serde_json::{Value, json};
use subscriber::Subscriber;
use tokio::sync::{Mutex, OnceCell};

const PUT_EVENTS: &[&str] = &["PutEvents"];

static PUBLISHING: OnceCell<Publishing> = OnceCell::const_new();

/// A stack with result events. Its `publish-results` reaches the bus through a proxy.
struct Publishing {
    stack: TestStack,
    subscriber: Subscriber,
    proxy: FaultProxy,
    /// A test holds the lock while it keeps the mapping disabled. Meanwhile, no event of any test
    /// is published.
    mapping: Mutex<Mapping>,
}

impl Publishing {
    /// The stack that tests share. Different tests use different keys.
    async fn shared() -> &'static Self {
        PUBLISHING.get_or_init(|| Self::deploy("result-events")).await
    }

    async fn deploy(name: &str) -> Self {
        let stack = TestStack::configured(name, &[("resultEvents", json!(true))]).await;
        let subscriber = Subscriber::new(&stack).await;
        let proxy = proxy_for(&stack, ["publish-results"]).await;
        let mapping = Mutex::new(Mapping::of(&stack).await);
        Self { stack, subscriber, proxy, mapping }
    }

    /// The events that have arrived so far, of keys that begin with `prefix`.
    async fn received(&self, prefix: &str) -> Vec<Value> {
        let mut events = self.subscriber.received(&self.stack).await;
        events.retain(|it| it["detail"]["key"].as_str().unwrap().starts_with(prefix));
        events
    }

    /// Waits until at least one event of each of these keys has arrived.
    async fn wait_for(&self, keys: &[String]) {
        for key in keys {
            self.subscriber.next(&self.stack, key, "").await;
        }
    }
}

/// Records `number` images, whose keys begin with `uploads/` and this prefix, and returns the keys.
async fn record_images(stack: &TestStack, prefix: &str, number: u64) -> Vec<String> {
    let catalog = stack.catalog();
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
        let Publishing { stack, subscriber, .. } = Publishing::shared().await;
        let key = "uploads/cat \"1\".png";
        stack.measure(key, picture::png(30, 40, 0), "image/png").await;
        let recorded = subscriber.next(stack, key, "").await;
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
        let changed = subscriber.next(stack, key, &order(&recorded)).await;
        assert_eq!(changed["detail-type"], "ImageChanged");
        assert_eq!(changed["detail"]["replaced"]["image"], detail["image"]);
        assert_eq!(changed["detail"]["image"], stack.metadata(key).await.1);

        stack.measure(key, "only text", "image/png").await;
        let rejected = subscriber.next(stack, key, &order(&changed)).await;
        assert_eq!(rejected["detail-type"], "ImageRejected");
        assert_eq!(rejected["detail"]["rejection"]["reason"], "UnsupportedImage");
        assert_eq!(rejected["detail"]["replaced"]["image"], changed["detail"]["image"]);

        stack.delete(key).await;
        let deleted = stack.ended(key, 4).await.swap_remove(0);
        assert_eq!(deleted.outcome(), Outcome::Absent);
        let removed = subscriber.next(stack, key, &order(&rejected)).await;
        assert_eq!(removed["detail-type"], "ImageRemoved");
        assert_eq!(removed["detail"]["replaced"]["rejection"], rejected["detail"]["rejection"]);
    });
}

/// Records a random observation of the key, or deletes the key's item.
async fn step(stack: &TestStack, catalog: &Catalog, key: &str, number: usize) {
    let (client, table) = (&stack.stack.aws.dynamodb, &stack.stack.outputs.table_name);
    let item = AttributeValue::S(key.to_owned());
    let size = fastrand::u64(1..4);
    let observation = match fastrand::u8(..20) {
        0 => {
            // Deletes the item, as another program might, or as DynamoDB deletes an expired
            // tombstone.
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

/// A subscriber that gets each event twice, and in any order, ends up with the content of the
/// catalog.
#[test]
fn doubled_events_in_random_order_rebuild_the_catalog() {
    run(async {
        let publishing = Publishing::shared().await;
        let stack = &publishing.stack;
        let catalog = stack.catalog();
        let keys: Vec<_> = (0..12).map(|number| format!("uploads/model/{number}.png")).collect();
        let steps = env_or("PIXGAUGE_MODEL_STEPS", 200);
        for number in 1..=steps {
            step(stack, &catalog, &keys[fastrand::usize(..keys.len())], number).await;
        }
        publishing.wait_for(&record_images(stack, "model/last", 1).await).await;
        let events = publishing.received("uploads/model/").await;
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

#[test]
fn nothing_is_lost_while_the_bus_refuses_entries_throttles_or_fails() {
    run(async {
        let publishing = Publishing::shared().await;
        let (stack, proxy) = (&publishing.stack, &publishing.proxy);
        // The mapping is disabled until all images are recorded. Their stream records then form
        // batches of a hundred, and each batch takes several calls of `PutEvents`. Each fault
        // hits only the calls that contain the key of one image.
        let mapping = publishing.mapping.lock().await;
        mapping.enable(false).await;
        let (mut keys, mut rules) = (Vec::new(), Vec::new());
        for (number, fault) in [
            Fault::RefusedEntries("ThrottlingException"),
            Fault::RefusedEntries("InternalFailure"),
            Fault::Throttling,
            Fault::InternalError,
            Fault::Refused(400, "AccessDeniedException"),
            Fault::Reset,
            Fault::LostResponse,
            Fault::KilledBefore,
            Fault::KilledAfter,
        ]
        .into_iter()
        .enumerate()
        {
            let prefix = format!("fault-{number}");
            keys.extend(record_images(stack, &prefix, 25).await);
            // Each fault outlasts an invocation of the function, so that the mapping has to send
            // the records again. An invocation calls `PutEvents` four times if entries are refused,
            // and once if the call fails. The SDK's attempts count as one call.
            let calls = if matches!(fault, Fault::RefusedEntries(_)) { 4 } else { 1 };
            let hit = format!("{prefix}-015");
            rules.push(proxy.inject(Rule::new(fault, PUT_EVENTS, &hit, calls)));
        }
        mapping.enable(true).await;
        publishing.wait_for(&keys).await;
        for rule in rules {
            assert_eq!(rule.injected(), rule.calls, "calls with {:?}", rule.fault);
            proxy.lift(&rule.key);
        }
    });
}

#[test]
fn a_mapping_that_was_disabled_continues_where_it_stopped() {
    run(async {
        let publishing = Publishing::shared().await;
        let stack = &publishing.stack;
        let mapping = publishing.mapping.lock().await;
        publishing.wait_for(&record_images(stack, "before", 12).await).await;
        mapping.enable(false).await;
        // A batch that is under way when the mapping is disabled may still be published.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let during = record_images(stack, "during", 12).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(publishing.received("uploads/during").await, Vec::<Value>::new());
        mapping.enable(true).await;
        publishing.wait_for(&during).await;
        let again = publishing.received("uploads/before-000.jpg").await;
        assert_eq!(again.len(), 1, "it did not begin anew");
    });
}

/// The test has its own stack, because it makes the mapping give up every stream record that is
/// older than a second.
#[test]
fn records_that_are_given_up_are_kept_whole_and_can_be_published_later() {
    run(async {
        let publishing = Publishing::deploy("result-events-kept").await;
        let (stack, mapping) = (&publishing.stack, publishing.mapping.lock().await);
        mapping.enable(false).await;
        let keys = record_images(stack, "kept", 3).await;
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        mapping.limit_age(1).await;
        mapping.enable(true).await;
        let file = mapping.kept(stack, &keys[2]).await;
        assert_eq!(file["requestContext"]["condition"], "MaxRecordAgeExceeded");
        let payload: Value = serde_json::from_str(file["payload"].as_str().unwrap()).unwrap();
        assert_eq!(payload["Records"].as_array().unwrap().len(), 3, "no totals: {payload}");
        let answer = stack.invoke("publish-results", &payload).await.unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}));
        publishing.wait_for(&keys).await;
    });
}
