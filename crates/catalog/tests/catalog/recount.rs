//! The recount of totals while observations are recorded.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Order, Progress, Recount, RecountPart};
use contract::{NamedError as _, Observation, Sequencer};
use futures_util::FutureExt as _;
use futures_util::future::join;
use test_table::snapshot::{Snapshot, scan};
use test_table::{Fault, TestTable, observed, totals};

use crate::record_as;

const RIGHT: Recount = Recount { examined: 8, repaired: 0, unsettled: 0 };

fn after(sequencer: &str) -> Order {
    Order::After(Sequencer::parse(sequencer).unwrap())
}

/// Records a PNG of this size in bytes.
async fn record(catalog: &Catalog, key: &str, sequencer: &str, size: u64) {
    record_as(catalog, key, &after(sequencer), &observed::image("image/png", size)).await;
}

async fn delete(catalog: &Catalog, key: &str, sequencer: &str) {
    record_as(catalog, key, &after(sequencer), &Observation::Absent).await;
}

/// Makes one of a shard's totals wrong: adds `by` to the attribute `sum` directly in the table.
async fn spoil(table: &TestTable, shard: u32, sum: &str, by: i64) {
    totals::add(table.client(), TestTable::NAME, shard, sum, by).await;
}

/// The number of images and bytes in the overview.
async fn overview(catalog: &Catalog) -> (u64, u128) {
    let (overview, _) = catalog.overview().await.unwrap();
    (overview.total_images, overview.total_bytes)
}

#[tokio::test]
async fn an_image_recorded_between_count_and_repair_is_not_lost() {
    let table = TestTable::create().await;
    let catalog = &table.catalog(8);
    for shard in 0..8 {
        spoil(&table, shard, "image/png", 3).await;
    }
    let counted = catalog.count_totals().await.unwrap();
    record(catalog, "uploads/new.png", "01", 10).await;
    let repair = catalog.repair_totals(counted).await.unwrap();
    // The totals of the new image's shard were left alone.
    assert_eq!(repair, Recount { examined: 8, repaired: 7, unsettled: 1 });
    assert_eq!(overview(catalog).await, (4, 10));
    let rest = catalog.recount().await.unwrap();
    assert_eq!(rest, Recount { examined: 8, repaired: 1, unsettled: 0 });
    assert_eq!(overview(catalog).await, (1, 10));
}

#[tokio::test]
async fn sums_that_changed_and_changed_back_are_not_taken_for_unchanged() {
    let table = TestTable::create().await;
    let catalog = &table.catalog(8);
    record(catalog, "uploads/a.png", "01", 10).await;
    for shard in 0..8 {
        spoil(&table, shard, "image/gif", 1).await;
    }
    let counted = catalog.count_totals().await.unwrap();
    // After these two changes, every sum of the image's shard is the same as before.
    delete(catalog, "uploads/a.png", "02").await;
    record(catalog, "uploads/a.png", "03", 10).await;
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair, Recount { examined: 8, repaired: 7, unsettled: 1 });
}

/// The recording makes the totals equal to the count, as a repair would. Only the counter of
/// changes tells a recording from a repair: a recording raises the counter by one, a repair by a
/// random number.
#[tokio::test]
async fn a_recording_during_the_count_is_not_taken_for_a_repair() {
    let table = TestTable::create().await;
    let catalog = &table.catalog(8);
    record(catalog, "uploads/a.png", "01", 10).await;
    // Records an image after the count has read the stored totals, before its first scan.
    let other = catalog.clone();
    let client = table.client_with(move |call| {
        let other = other.clone();
        async move {
            if call.operation == "Scan" {
                record(&other, "uploads/a.png", "02", 20).await;
            }
            None
        }
        .boxed()
    });
    let counting = Catalog::new(client.config().to_builder(), TestTable::NAME, catalog.shards());
    let counted = counting.count_totals().await.unwrap();
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair.repaired, 0, "{repair:?}");
    assert_eq!(catalog.recount().await.unwrap(), RIGHT);
}

#[tokio::test]
async fn right_totals_are_left_alone_while_records_are_written() {
    let table = TestTable::create().await;
    let catalog = busy(&table);
    let writes = async {
        for round in 1..=12 {
            for number in 0..10_u64 {
                let key = format!("uploads/{number}.png");
                if (round + number) % 3 == 0 {
                    delete(&catalog, &key, &format!("{round:02}")).await;
                } else {
                    record(&catalog, &key, &format!("{round:02}"), number).await;
                }
            }
        }
    };
    let recounts = async {
        let first = catalog.recount().await.unwrap();
        let second = catalog.recount().await.unwrap();
        [first, second]
    };
    let ((), recounts) = join(writes, recounts).await;
    assert!(recounts.iter().all(|recount| recount.repaired == 0), "{recounts:?}");
    assert_eq!(catalog.recount().await.unwrap(), RIGHT);
    // The images that were not deleted in the last round.
    let left: Vec<_> = (0..10_u64).filter(|number| (12 + number) % 3 != 0).collect();
    let bytes = left.iter().sum::<u64>();
    assert_eq!(overview(&catalog).await, (left.len() as u64, u128::from(bytes)));
}

/// A catalog whose scans return one item at a time.
fn in_short_pages(table: &TestTable) -> Catalog {
    let client = table.client_with(|call| {
        let is_scan = call.operation == "Scan";
        std::future::ready(is_scan.then_some(Fault::ShortPage(1))).boxed()
    });
    Catalog::new(client.config().to_builder(), TestTable::NAME, table.catalog(8).shards())
}

/// Makes a recount in the shortest possible parts, and passes the progress on as JSON, like the
/// state machine. Returns the result, and the number of parts.
async fn recount_in_parts(catalog: &Catalog) -> (Recount, usize) {
    let mut progress: Option<Progress> = None;
    for parts in 1.. {
        match catalog.recount_part(progress, Duration::ZERO).await.unwrap() {
            RecountPart::Unfinished(unfinished) => {
                let text = serde_json::to_string(&unfinished).unwrap();
                progress = Some(serde_json::from_str(&text).unwrap());
            }
            RecountPart::Finished(recount) => return (recount, parts),
        }
    }
    panic!("the recount does not end")
}

#[tokio::test]
async fn a_recount_in_parts_counts_each_image_once() {
    let table = TestTable::create().await;
    let catalog = in_short_pages(&table);
    for number in 0..60 {
        record(&catalog, &format!("uploads/{number}.png"), "01", number).await;
    }
    let (recount, parts) = recount_in_parts(&catalog).await;
    assert_eq!(recount, RIGHT);
    assert!(parts > 5, "{parts}");
    for shard in 0..8 {
        spoil(&table, shard, "totalBytes", 5 - i64::from(shard)).await;
    }
    // The amount added to shard 5 is zero, so only seven shards are wrong.
    let (recount, _) = recount_in_parts(&catalog).await;
    assert_eq!(recount, Recount { repaired: 7, ..RIGHT });
    assert_eq!(recount_in_parts(&catalog).await.0, RIGHT);
    assert_eq!(overview(&catalog).await, (60, (0..60).sum()));
    // If the time suffices, one part is enough.
    let part = catalog.recount_part(None, Duration::MAX).await.unwrap();
    assert_eq!(part, RecountPart::Finished(RIGHT));
    let part = catalog.recount_part(None, Duration::from_mins(10)).await.unwrap();
    assert_eq!(part, RecountPart::Finished(RIGHT));
}

/// A second after the counters were read, each transaction that was in progress is complete.
#[tokio::test]
async fn transactions_get_a_second_before_the_scan() {
    let table = TestTable::create().await;
    table.catalog(8).recount().await.unwrap();
    assert_eq!(table.waits(), [Duration::from_secs(1)]);
}

/// During each count, a recording changes the shard's totals.
#[tokio::test]
async fn a_shard_that_keeps_changing_is_left_alone_after_three_counts() {
    let table = TestTable::create().await;
    let other = table.catalog(1);
    record(&other, "uploads/a.png", "01", 10).await;
    spoil(&table, 0, "image/png", 3).await;
    let client = table.client_with(move |call| {
        let other = other.clone();
        async move {
            if call.operation == "Scan" {
                let sequencer = format!("02{:04}", call.number);
                record(&other, "uploads/a.png", &sequencer, 10 + call.number as u64).await;
            }
            None
        }
        .boxed()
    });
    let catalog =
        Catalog::new(client.config().to_builder(), TestTable::NAME, table.catalog(1).shards());
    let recount = catalog.recount().await.unwrap();
    assert_eq!(recount, Recount { examined: 1, repaired: 0, unsettled: 1 });
    assert_eq!(table.waits().len(), 3, "one for each count");
    assert_eq!(overview(&catalog).await.0, 4);
    let repaired = table.catalog(1).recount().await.unwrap();
    assert_eq!(repaired, Recount { examined: 1, repaired: 1, unsettled: 0 });
}

/// A repair whose response is lost has taken place. A repair that meets another writer has not.
#[tokio::test]
async fn a_repair_is_recognized_or_given_up() {
    let conflict = Fault::Refused(400, "TransactionConflictException");
    for (fault, expected) in [
        (Fault::LostResponse, Recount { examined: 1, repaired: 1, unsettled: 0 }),
        (conflict, Recount { examined: 1, repaired: 0, unsettled: 1 }),
    ] {
        let table = TestTable::create().await;
        record(&table.catalog(1), "uploads/a.png", "01", 10).await;
        spoil(&table, 0, "image/png", 3).await;
        let counted = table.catalog(1).count_totals().await.unwrap();
        // The first request reads the totals again. The second request is the repair.
        let catalog = table.faulty_catalog(1, [None, Some(fault)]);
        assert_eq!(catalog.repair_totals(counted).await.unwrap(), expected, "{fault:?}");
        assert_eq!(overview(&catalog).await.0, if expected.repaired == 1 { 1 } else { 4 });
    }
    let table = TestTable::create().await;
    spoil(&table, 0, "image/png", 3).await;
    let counted = table.catalog(1).count_totals().await.unwrap();
    let refused = [None, Some(Fault::Refused(400, "AccessDeniedException"))];
    let error = table.faulty_catalog(1, refused).repair_totals(counted).await.unwrap_err();
    assert_eq!(error.name(), "TableRefused");
}

/// Totals without a counter, which another program has written, are replaced. They are left alone
/// if a recording adds a counter before the repair.
#[tokio::test]
async fn totals_without_a_counter_are_repaired_unless_a_recording_adds_one() {
    for recorded in [false, true] {
        let table = TestTable::create().await;
        let put = table.client().put_item().table_name(TestTable::NAME);
        let put = put.item("s3objectkey", AttributeValue::S("#totals/0".into()));
        put.item("image/png", AttributeValue::N("7".into())).send().await.unwrap();
        let catalog = table.catalog(1);
        let counted = catalog.count_totals().await.unwrap();
        if recorded {
            record(&catalog, "uploads/a.png", "01", 10).await;
        }
        let repair = catalog.repair_totals(counted).await.unwrap();
        assert_eq!((repair.repaired, repair.unsettled), if recorded { (0, 1) } else { (1, 0) });
        assert_eq!(overview(&catalog).await.0, if recorded { 8 } else { 0 });
    }
}

/// A recording between the last read and the repair raises the counter, which stops the repair.
#[tokio::test]
async fn a_recording_directly_before_the_repair_stops_it() {
    let table = TestTable::create().await;
    let other = table.catalog(1);
    record(&other, "uploads/a.png", "01", 10).await;
    spoil(&table, 0, "image/png", 3).await;
    let counted = other.count_totals().await.unwrap();
    let client = table.client_with(move |call| {
        let other = other.clone();
        async move {
            if call.operation == "PutItem" {
                record(&other, "uploads/b.png", "01", 20).await;
            }
            None
        }
        .boxed()
    });
    let catalog =
        Catalog::new(client.config().to_builder(), TestTable::NAME, table.catalog(1).shards());
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair, Recount { examined: 1, repaired: 0, unsettled: 1 });
    assert_eq!(overview(&catalog).await, (5, 30));
}

/// A repair raises the counter of changes by a random number of at least a million.
#[tokio::test]
async fn a_repair_raises_the_counter_by_more_than_recordings_can() {
    let table = TestTable::create().await;
    spoil(&table, 0, "image/png", 3).await;
    table.catalog(1).recount().await.unwrap();
    let items = scan(table.client(), TestTable::NAME, None).await;
    let changes: u64 = items[0]["changes"].as_n().unwrap().parse().unwrap();
    assert!((1_000_000..=u64::from(u32::MAX)).contains(&changes), "{changes}");
    Snapshot::take(table.client(), TestTable::NAME).await.assert_totals_are_a_recount();
}

/// A catalog whose requests let other tasks run first.
fn busy(table: &TestTable) -> Catalog {
    let client = table.client_with(|_| {
        async {
            for _ in 0..fastrand::u8(..4) {
                tokio::task::yield_now().await;
            }
            None
        }
        .boxed()
    });
    Catalog::new(client.config().to_builder(), TestTable::NAME, table.catalog(8).shards())
}
