//! The whole pipeline while objects are created, overwritten and deleted, and their events arrive
//! twice, late, out of order, or only at the end. Once all events are delivered, the catalog equals
//! the bucket.
//!
//! `cargo test` delivers 120 events. To deliver more:
//!
//! ```console
//! $ PIXGAUGE_HOSTILE_EVENTS=5000 cargo test --test integration hostile:: -- --nocapture
//! ```
//!
//! A failed run prints its seed. With this seed in `PIXGAUGE_HOSTILE_SEED`, a run draws the same
//! numbers, and so makes the same changes. The order of the deliveries, and which executions
//! overlap, still depend on the machine.

use std::collections::BTreeMap;
use std::sync::Mutex;

use catalog::{Record, RecordState};
use fastrand::Rng;
use futures_util::StreamExt as _;
use harness::snapshot::Snapshot;
use harness::{TestStack, env_or, picture, run};
use local::executions::Status;
use serde_json::Value;

/// Number of objects: few, so that each changes often.
const KEYS: usize = 12;

const CONCURRENCY: usize = 8;

/// An object in the bucket.
#[derive(Clone, Debug)]
struct Stored {
    /// The width in pixels that should be recorded; `None` if the object is not an image.
    width: Option<u64>,
    etag: String,
}

/// The bytes of a random object, and its width in pixels if it is an image.
fn content(rng: &mut Rng) -> (Vec<u8>, Option<u64>) {
    let width = rng.u16(1..9999);
    let bytes = match rng.u8(..10) {
        0..4 => picture::png(width.into(), 7, rng.usize(..5_000)),
        4..7 => picture::jpeg(width, 7, rng.usize(..100_000)),
        7..9 => picture::gif(width, 7),
        _ => return (b"These are words.\n".to_vec(), None),
    };
    (bytes, Some(width.into()))
}

/// The bucket's objects, and the events that are yet to be delivered.
#[derive(Default)]
struct Hostility {
    bucket: Mutex<BTreeMap<String, Stored>>,
    /// Delayed events. Random ones are delivered while objects still change, the others after all
    /// changes.
    late: Mutex<Vec<Value>>,
    /// Events to deliver only after all changes.
    missing: Mutex<Vec<Value>>,
}

impl Hostility {
    /// Creates, overwrites or deletes an object. Decides at random when and how often the event
    /// of this change is delivered. Returns the events to deliver now, which may include delayed
    /// events of earlier changes.
    async fn change(
        &self,
        stack: &TestStack,
        key: &str,
        position: usize,
        rng: &mut Rng,
    ) -> Vec<Value> {
        let detail_type = if rng.u8(..4) == 0 {
            stack.delete(key).await;
            self.bucket.lock().unwrap().remove(key);
            "Object Deleted"
        } else {
            let (bytes, width) = content(rng);
            let etag = stack.upload(key, bytes, "image/png").await;
            self.bucket.lock().unwrap().insert(key.to_owned(), Stored { width, etag });
            "Object Created"
        };
        let event = stack.event(detail_type, key, Some(&sequencer(position)));
        match rng.u8(..10) {
            0..4 => vec![event],
            4..6 => vec![event.clone(), event],
            6..8 => self.delay(event, rng),
            8 => self.delay(event.clone(), rng).into_iter().chain([event]).collect(),
            _ => {
                self.missing.lock().unwrap().push(event);
                Vec::new()
            }
        }
    }

    /// Adds an event to `late`. If `late` then has five events or more, takes a random one out and
    /// returns it.
    fn delay(&self, event: Value, rng: &mut Rng) -> Vec<Value> {
        // The number is drawn even if it is not used. Otherwise, later draws would depend on the
        // length of `late`.
        let drawn = rng.usize(..);
        let mut late = self.late.lock().unwrap();
        late.push(event);
        if late.len() < 5 {
            return Vec::new();
        }
        let index = drawn % late.len();
        vec![late.swap_remove(index)]
    }

    /// Takes all events that are yet to be delivered, in random order.
    fn rest(&self, rng: &mut Rng) -> Vec<Value> {
        let mut rest = std::mem::take(&mut *self.late.lock().unwrap());
        rest.append(&mut self.missing.lock().unwrap());
        rng.shuffle(&mut rest);
        rest
    }
}

/// The sequencer of a key's event: its `position` among the key's events, in eight hexadecimal
/// digits without the zeros at the end. So sequencers differ in length, as S3's do.
fn sequencer(position: usize) -> String {
    let digits = format!("{position:08X}");
    digits.trim_end_matches('0').to_owned()
}

async fn deliver(stack: &TestStack, event: Value) {
    let execution = stack.execute(&event).await;
    assert_eq!(execution.status, Status::Succeeded, "{execution:?}");
}

/// Makes `positions` changes to the object under a key. After each change, delivers the events that
/// [`Hostility::change`] returns. Returns the number of deliveries.
async fn change_repeatedly(
    stack: &TestStack,
    hostility: &Hostility,
    key: &str,
    positions: usize,
    mut rng: Rng,
) -> usize {
    let mut delivering = futures_util::stream::FuturesUnordered::new();
    let mut events = 0;
    for position in 1..=positions {
        let now = hostility.change(stack, key, position, &mut rng).await;
        events += now.len();
        delivering.extend(now.into_iter().map(|event| deliver(stack, event)));
        // Leave up to two executions running, so that they overlap the object's next change.
        while delivering.len() > 2 {
            delivering.next().await;
        }
    }
    while delivering.next().await.is_some() {}
    events
}

fn assert_is(key: &str, record: Option<&Record>, stored: Option<&Stored>) {
    let state = record.map(|record| &record.state);
    match (state, stored.map(|stored| (stored.width, &stored.etag))) {
        (Some(RecordState::Image(image)), Some((Some(width), etag))) => {
            assert_eq!((image.image.width, &image.object.etag), (width, etag), "{key}");
        }
        (Some(RecordState::Rejected { object, .. }), Some((None, etag))) => {
            assert_eq!(object.as_ref().map(|object| &object.etag), Some(etag), "{key}");
        }
        (None | Some(RecordState::Absent { .. }), None) => {}
        (actual, expected) => panic!("{key} is recorded as {actual:?}, but S3 holds {expected:?}"),
    }
}

#[test]
fn the_catalog_is_the_bucket_once_every_event_has_arrived() {
    run(async {
        let stack = TestStack::elsewhere("hostile").await;
        stack.silence_events().await;
        let (hostility, wanted) = (Hostility::default(), env_or("PIXGAUGE_HOSTILE_EVENTS", 120));
        let seed = env_or("PIXGAUGE_HOSTILE_SEED", fastrand::usize(..));
        println!("PIXGAUGE_HOSTILE_SEED={seed}");
        let mut rng = Rng::with_seed(seed as u64);
        // In total, the objects change at least `wanted` times. The event of each change is
        // delivered once or twice.
        let positions = wanted.div_ceil(KEYS);
        let keys: Vec<_> =
            (0..KEYS).map(|key| stack.key(&format!("hostile/{key} é.png"))).collect();
        // Each key has a separate random number generator, so the changes of a key do not depend on
        // how fast the other keys change.
        let lives: Vec<_> = keys
            .iter()
            .map(|key| change_repeatedly(&stack, &hostility, key, positions, rng.fork()))
            .collect();
        let delivered: Vec<_> =
            futures_util::stream::iter(lives).buffer_unordered(CONCURRENCY).collect().await;
        stack.snapshot().await.assert_totals_are_a_recount();
        let rest = hostility.rest(&mut rng);
        let (rest_number, first) = (rest.len(), delivered.iter().sum::<usize>());
        futures_util::stream::iter(rest)
            .for_each_concurrent(CONCURRENCY, |event| deliver(&stack, event))
            .await;
        println!(
            "{first} events while {} changes happened, {rest_number} after them",
            positions * KEYS
        );
        let snapshot: Snapshot = stack.snapshot().await;
        snapshot.assert_totals_are_a_recount();
        snapshot.assert_index_holds_the_images();
        let bucket = hostility.bucket.into_inner().unwrap();
        for key in &keys {
            assert_is(key, snapshot.records.get(key), bucket.get(key));
        }
        assert!(first + rest_number >= wanted, "too few events");
    });
}
