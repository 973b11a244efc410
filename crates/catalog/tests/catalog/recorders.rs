//! Many recorders that write to few keys at the same time.

use std::sync::atomic::{AtomicBool, Ordering};

use catalog::Catalog;
use contract::Observation;
use futures_util::StreamExt as _;
use test_table::{Fault, TestTable, observed};

use crate::{record, sequencer};

/// Number of keys: few, so that recorders conflict.
const KEYS: usize = 3;

/// Number of events of each key.
const EVENTS: u64 = 40;

/// Number of deliveries of each event.
const DELIVERIES: usize = 2;

/// The observation of a key's object after this event.
fn after_event(key: usize, event: u64) -> Observation {
    match (event + key as u64) % 5 {
        0 => Observation::Absent,
        1 => observed::rejected(event),
        2 => observed::image("image/png", event),
        _ => observed::image("image/jpeg", event),
    }
}

/// Every delivery of every event, in random order.
fn deliveries() -> Vec<(usize, u64)> {
    let each = (0..KEYS).flat_map(|key| (1..=EVENTS).map(move |event| (key, event)));
    let mut deliveries: Vec<_> = std::iter::repeat_n(each, DELIVERIES).flatten().collect();
    fastrand::shuffle(&mut deliveries);
    deliveries
}

/// A catalog whose requests let other tasks run first. The table in this process executes one
/// request after the other, so no real conflicts arise. Some transactions get an injected conflict.
fn busy(table: &TestTable) -> Catalog {
    // The three keys share two shards, so recorders of different keys change the same totals.
    table.catalog_with(2, async |call| {
        for _ in 0..fastrand::u8(..4) {
            tokio::task::yield_now().await;
        }
        let conflicts = call.operation == "TransactWriteItems" && fastrand::u8(..4) == 0;
        conflicts.then_some(Fault::Canceled("TransactionConflict"))
    })
}

#[tokio::test]
async fn of_many_recorders_at_once_the_greatest_sequencer_stays() {
    let table = TestTable::create();
    let catalog = busy(&table);
    let names: Vec<_> = (0..KEYS).map(|key| format!("uploads/{key}.jpg")).collect();
    let done = AtomicBool::new(false);
    let recording = async {
        futures_util::stream::iter(deliveries())
            .for_each_concurrent(16, async |(key, event)| {
                record(&catalog, &names[key], event, &after_event(key, event)).await;
            })
            .await;
        done.store(true, Ordering::Relaxed);
    };
    let watching = async {
        while !done.load(Ordering::Relaxed) {
            let _ = table.sound_snapshot();
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join(recording, watching).await;
    let snapshot = table.sound_snapshot();
    for (key, name) in names.iter().enumerate() {
        let record = &snapshot.records[name];
        assert_eq!(record.sequencer, Some(sequencer(EVENTS)), "{name}");
        let expected = after_event(key, EVENTS);
        assert!(observed::is_state_of(&record.state, &expected), "{record:?}, {expected:?}");
    }
}
