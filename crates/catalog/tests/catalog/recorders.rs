//! Many recorders that write to few keys at the same time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use catalog::{Catalog, CatalogError, Order, Outcome, RecordState, Shards};
use contract::{Observation, Sequencer};
use futures_util::{FutureExt as _, StreamExt as _};
use test_table::snapshot::Snapshot;
use test_table::{Fault, TestTable, observed};

/// Number of keys: few, so that recorders conflict.
const KEYS: usize = 3;

/// Number of events of each key.
const EVENTS: u64 = 40;

/// Number of deliveries of each event.
const DELIVERIES: usize = 2;

/// The state of a key's object after this event.
fn after_event(key: usize, event: u64) -> Observation {
    match (event + key as u64) % 5 {
        0 => Observation::Absent,
        1 => observed::rejected(event),
        2 => observed::image("image/png", event),
        _ => observed::image("image/jpeg", event),
    }
}

/// Records an observation and retries after conflicts, as the function and the state machine do.
/// Returns the number of conflicts.
async fn record(catalog: &Catalog, key: &str, event: u64, observation: &Observation) -> u64 {
    let order = Order::After(Sequencer::parse(&format!("{event:08X}")).unwrap());
    for conflicts in 0..50 {
        match catalog.record(key, &order, observation).await {
            Ok(recorded) => {
                assert_ne!(recorded.outcome, Outcome::Unchanged);
                return conflicts;
            }
            Err(CatalogError::RecordConflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("event {event} of {key} was never recorded");
}

/// Every delivery of every event, in random order.
fn deliveries() -> Vec<(usize, u64)> {
    let each = (0..KEYS).flat_map(|key| (1..=EVENTS).map(move |event| (key, event)));
    let mut deliveries: Vec<_> = std::iter::repeat_n(each, DELIVERIES).flatten().collect();
    fastrand::shuffle(&mut deliveries);
    deliveries
}

/// A client whose requests let other tasks run first. The client injects conflicts into some
/// transactions, because the table in this process executes one request after the other and has no
/// conflicts of its own.
fn busy(table: &TestTable) -> aws_sdk_dynamodb::Client {
    table.client_with(|call| {
        async move {
            for _ in 0..fastrand::u8(..4) {
                tokio::task::yield_now().await;
            }
            let conflicts = call.operation == "TransactWriteItems" && fastrand::u8(..4) == 0;
            conflicts.then_some(Fault::Canceled(&["None", "TransactionConflict"]))
        }
        .boxed()
    })
}

#[tokio::test]
async fn of_many_recorders_at_once_the_greatest_sequencer_stays() {
    let test_table = TestTable::create().await;
    let (client, table) = (test_table.client(), TestTable::NAME);
    // Two shards for three keys: recorders of different keys change the same totals.
    let catalog =
        Catalog::new(busy(&test_table).config().to_builder(), table, Shards::new(2).unwrap());
    let names: Vec<_> = (0..KEYS).map(|key| format!("uploads/{key}.jpg")).collect();
    let (conflicts, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let recording = async {
        futures_util::stream::iter(deliveries())
            .for_each_concurrent(16, async |(key, event)| {
                let observation = after_event(key, event);
                let lost = record(&catalog, &names[key], event, &observation).await;
                conflicts.fetch_add(lost, Ordering::Relaxed);
            })
            .await;
        done.store(true, Ordering::Relaxed);
    };
    let watching = async {
        let mut looks = 0;
        while !done.load(Ordering::Relaxed) {
            Snapshot::take(client, table).await.assert_totals_are_a_recount();
            looks += 1;
            tokio::task::yield_now().await;
        }
        looks
    };
    let ((), looks) = futures_util::future::join(recording, watching).await;
    println!(
        "{} deliveries, {} left to the state machine, {looks} recounts meanwhile",
        KEYS * DELIVERIES * usize::try_from(EVENTS).unwrap(),
        conflicts.into_inner(),
    );
    let last: BTreeMap<_, _> =
        (0..KEYS).map(|key| (names[key].clone(), after_event(key, EVENTS))).collect();
    let snapshot = Snapshot::take(client, table).await;
    snapshot.assert_totals_are_a_recount();
    snapshot.assert_index_holds_the_images();
    for (key, observation) in &last {
        let record = &snapshot.records[key];
        assert_eq!(record.sequencer, Some(Sequencer::parse("00000028").unwrap()), "{key}");
        match (&record.state, observation) {
            (RecordState::Image(actual), Observation::Image { object, image }) => {
                assert_eq!((&actual.object, &actual.image), (object, image), "{key}");
            }
            (
                RecordState::Rejected { object: actual, .. },
                Observation::Rejected { object, .. },
            ) => {
                assert_eq!(actual, object, "{key}");
            }
            (RecordState::Absent { .. }, Observation::Absent) => {}
            (actual, expected) => panic!("{key} is {actual:?}, should be {expected:?}"),
        }
    }
}
