//! Recording while requests fail, responses are lost, or other programs write.

use std::time::Duration;

use catalog::{CatalogError, Order, Outcome, RecordState, Recorded};
use contract::{NamedError as _, Observation};
use serde_json::{Value, json};
use test_table::{Fault, TestTable, observed};

use crate::{after, record};

const KEY: &str = "uploads/cat.jpg";

/// Faults due to a totals item. They cancel the transaction that writes this item and a record.
const CONFLICT: Fault = Fault::Canceled("TransactionConflict");
const THROTTLED: Fault = Fault::Canceled("ThrottlingError");

fn jpeg(size: u64) -> Observation {
    observed::image("image/jpeg", size)
}

/// The recorded size of the image under `KEY`, in bytes; `None` if the table has no such image.
#[track_caller]
fn size(table: &TestTable) -> Option<u64> {
    match &table.sound_snapshot().records.get(KEY)?.state {
        RecordState::Image(image) => Some(image.object.size),
        RecordState::Rejected { .. } | RecordState::Absent { .. } => None,
    }
}

#[tokio::test]
async fn a_write_that_outlives_its_process_is_recognized_by_its_revision() {
    for (fault, landed) in [(Fault::KilledBefore, false), (Fault::KilledAfter, true)] {
        let table = TestTable::create();
        let catalog = table.faulty_catalog(8, [Some(fault)]);
        let (order, image) = (after(1), jpeg(10));
        let call = catalog.record_once("r", Some("arn"), KEY, &order, &image);
        assert!(table.unless_killed(call).await.is_none());
        assert_eq!(size(&table).is_some(), landed);
        let catalog = table.catalog(8);
        let again = catalog.record_once("r", Some("arn"), KEY, &order, &image).await.unwrap();
        assert_eq!(again.outcome, Outcome::Recorded);
        let other = catalog.record_once("other", None, KEY, &order, &image).await.unwrap();
        assert_eq!(other.outcome, Outcome::Stale);
        let record = table.sound_snapshot().records.remove(KEY).unwrap();
        assert_eq!(
            (record.revision.as_str(), record.written.unwrap().execution.as_str()),
            ("r", "arn")
        );
    }
}

#[tokio::test]
async fn each_call_draws_a_revision() {
    let table = TestTable::create();
    let catalog = table.catalog(8);
    record(&catalog, KEY, 1, &jpeg(1)).await;
    let first = table.sound_snapshot().records.remove(KEY).unwrap().revision;
    record(&catalog, KEY, 2, &jpeg(1)).await;
    let second = table.sound_snapshot().records.remove(KEY).unwrap().revision;
    assert_ne!(first, second);
    assert_eq!((first.len(), second.len()), (32, 32));
}

/// A tombstone for a key without a record changes no totals, so it is written with a plain put.
/// Even a plain put can conflict with another writer's transaction.
#[tokio::test]
async fn a_few_canceled_transactions_pass_within_one_call() {
    let conflict = Fault::Refused(400, "TransactionConflictException");
    for (observation, fault, items, name, words) in [
        (jpeg(10), CONFLICT, 12, "RecordConflict", "6 attempts"),
        (jpeg(10), THROTTLED, 12, "TableUnavailable", "ThrottlingError"),
        (Observation::Absent, conflict, 6, "RecordConflict", "uploads/other"),
    ] {
        let table = TestTable::create();
        let catalog = table.faulty_catalog(8, vec![Some(fault); 5]);
        let Recorded { outcome, cost } =
            catalog.record(KEY, &after(1), &observation).await.unwrap();
        // The cost includes the items of all six attempts.
        let expected = (Outcome::Recorded, 6, items);
        assert_eq!((outcome, cost.round_trips, cost.items), expected, "{fault:?}");
        let catalog = table.faulty_catalog(8, vec![Some(fault); 6]);
        let error = catalog.record("uploads/other", &after(1), &observation).await.unwrap_err();
        assert_eq!(error.name(), name);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(table.sound_snapshot().records.len(), 1);
    }
}

/// Each wait is random below a bound that doubles: 20 ms, 40 ms, …, 640 ms.
#[tokio::test]
async fn waits_between_attempts_are_random_below_a_bound_that_doubles() {
    for fault in [CONFLICT, THROTTLED] {
        let mut longest = [Duration::ZERO; 6];
        for _ in 0..30 {
            let table = TestTable::create();
            let catalog = table.faulty_catalog(8, vec![Some(fault); 6]);
            catalog.record(KEY, &after(1), &jpeg(10)).await.unwrap_err();
            let waits: [Duration; 6] = table.waits().try_into().unwrap();
            longest = std::array::from_fn(|attempt| longest[attempt].max(waits[attempt]));
        }
        for (attempt, longest) in longest.into_iter().enumerate() {
            let bound = Duration::from_millis(20 << attempt);
            assert!(longest <= bound && longest > bound / 2, "{fault:?}: {longest:?} of {bound:?}");
        }
    }
}

/// In a transaction and in a plain put, each failure of DynamoDB becomes the error of its class. If
/// a retry succeeds, the observation is recorded once, even if DynamoDB carried out an earlier
/// attempt whose response was lost.
#[tokio::test]
async fn failures_keep_their_class() {
    let transient = [
        Fault::Reset,
        Fault::LostResponse,
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(503, "ServiceUnavailable"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Refused(400, "ProvisionedThroughputExceededException"),
        Fault::Refused(400, "RequestLimitExceeded"),
    ];
    let permanent = [
        Fault::Refused(400, "AccessDeniedException"),
        Fault::Refused(400, "ResourceNotFoundException"),
        Fault::Refused(400, "ValidationException"),
        Fault::Canceled("ItemCollectionSizeLimitExceeded"),
        Fault::Canceled("ValidationError"),
    ];
    for (observation, written) in [(jpeg(10), Some(10)), (Observation::Absent, None)] {
        for fault in transient {
            let table = TestTable::create();
            let catalog = table.faulty_catalog(8, [Some(fault), Some(fault)]);
            let recorded = catalog.record(KEY, &after(1), &observation).await.unwrap();
            assert_eq!((recorded.outcome, size(&table)), (Outcome::Recorded, written), "{fault:?}");
            let catalog = table.faulty_catalog(8, vec![Some(fault); 3]);
            let error = catalog.record("uploads/b", &after(1), &observation).await.unwrap_err();
            assert_eq!(error.name(), "TableUnavailable", "{fault:?}");
            let _ = table.sound_snapshot();
        }
        for fault in permanent {
            let table = TestTable::create();
            let catalog = table.faulty_catalog(8, [Some(fault)]);
            let error = catalog.record(KEY, &after(1), &observation).await.unwrap_err();
            assert_eq!(error.name(), "TableRefused", "{fault:?}");
            assert_eq!(table.sound_snapshot().records.len(), 0);
            assert!(table.waits().is_empty(), "a retry cannot help");
        }
    }
}

/// Another program has written the item under the key of an object.
#[tokio::test]
async fn an_item_that_is_not_a_record_is_replaced() {
    for revision in [Value::Null, json!({"S": "text"}), json!({"N": "5"})] {
        for (order, observation) in [
            (after(1), jpeg(10)),
            (after(1), Observation::Absent),
            (Order::Unchanged(revision["S"].as_str().map(str::to_owned)), jpeg(10)),
        ] {
            let table = TestTable::create();
            table.set(KEY, "status", &json!({"S": "nonsense"}));
            if !revision.is_null() {
                table.set(KEY, "revision", &revision);
            }
            let recorded = table.catalog(8).record(KEY, &order, &observation).await.unwrap();
            assert_eq!((recorded.outcome, recorded.cost.round_trips), (Outcome::Recorded, 2));
            assert_eq!(table.sound_snapshot().records.len(), 1);
        }
    }
}

/// A table with one JPEG of 5 bytes. In its totals item, `attribute` is a string instead of a
/// number.
async fn with_spoiled_totals(attribute: &str) -> TestTable {
    let table = TestTable::create();
    record(&table.catalog(1), "uploads/other.jpg", 1, &jpeg(5)).await;
    table.set("#totals/0", attribute, &json!({"S": "of another program"}));
    table
}

/// DynamoDB refuses to add a number to a string. The record is written even if the totals contain a
/// string. A string in `image/jpeg` or `totalBytes` stays until the next recount replaces it. The
/// recording itself replaces a string in `changes`.
#[tokio::test]
async fn a_sum_to_which_nothing_can_be_added_does_not_keep_a_record_from_being_written() {
    let refused = Fault::Refused(400, "ValidationException");
    for (attribute, repaired) in [("image/jpeg", 1), ("totalBytes", 1), ("changes", 0)] {
        for fault in [None, Some(refused)] {
            let table = with_spoiled_totals(attribute).await;
            let catalog = table.faulty_catalog(1, [fault]);
            let Recorded { outcome, cost } =
                catalog.record(KEY, &after(1), &jpeg(10)).await.unwrap();
            // Two attempts write two items each. Between them, the totals item is read.
            let expected = (Outcome::Recorded, 3, 2 + 1 + 2);
            assert_eq!((outcome, cost.round_trips, cost.items), expected, "{attribute} {fault:?}");
            let recount = catalog.recount().await.unwrap();
            assert_eq!(recount.repaired, repaired, "{attribute} {fault:?}");
            let (overview, _) = catalog.overview().await.unwrap();
            assert_eq!((overview.total_images, overview.total_bytes), (2, 15));
            assert_eq!(size(&table), Some(10));
        }
    }
}

#[tokio::test]
async fn spoiled_totals_are_not_blamed_for_another_refusal() {
    let table = with_spoiled_totals("totalBytes").await;
    let denied = Fault::Refused(400, "AccessDeniedException");
    let error = table.faulty_catalog(1, [Some(denied)]).record(KEY, &after(1), &jpeg(10)).await;
    assert_eq!(error.unwrap_err().name(), "TableRefused");
}

#[tokio::test]
async fn only_tombstones_expire_and_only_after_seven_days() {
    let table = TestTable::create();
    let catalog = table.catalog(8);
    record(&catalog, "uploads/image", 1, &jpeg(10)).await;
    record(&catalog, "uploads/text", 1, &observed::rejected(10)).await;
    record(&catalog, KEY, 1, &Observation::Absent).await;
    assert_eq!(table.expire(), 0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let RecordState::Absent { expires_at } = table.sound_snapshot().records[KEY].state else {
        panic!("no tombstone")
    };
    assert!((now.as_secs() + 604_790..=now.as_secs() + 604_800).contains(&expires_at));
    table.set(KEY, "expiresAt", &json!({"N": (now.as_secs() - 3600).to_string()}));
    // The expired tombstone is still a record until DynamoDB deletes it.
    assert!(catalog.get(KEY).await.unwrap().0.is_some());
    assert_eq!(table.expire(), 1);
    assert_eq!(catalog.get(KEY).await.unwrap().0, None);
    let left: Vec<_> = table.sound_snapshot().records.into_keys().collect();
    assert_eq!(left, ["uploads/image", "uploads/text"]);
}

/// The keys of the table's own items begin with `#`. A stack's key prefix contains no `#`, so no
/// measured object has such a key. An event that someone writes by hand may still name such a key.
#[tokio::test]
async fn nothing_is_recorded_under_the_key_of_an_item_of_the_catalog_itself() {
    let table = TestTable::create();
    let catalog = table.catalog(1);
    catalog.record(KEY, &after(1), &jpeg(10)).await.unwrap();
    let before = table.sound_snapshot();
    for key in ["#totals/0", "#totals/1", "#connect", "#"] {
        for observation in [jpeg(20), Observation::Absent] {
            for order in [after(2), Order::Unchanged(None)] {
                let error = catalog.record(key, &order, &observation).await.unwrap_err();
                assert!(matches!(error, CatalogError::InternalKey { .. }), "{key}: {error}");
                assert_eq!(error.name(), "InvalidInput");
            }
        }
    }
    assert_eq!(table.sound_snapshot(), before);
}
