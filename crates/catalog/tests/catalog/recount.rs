//! The recount of totals while observations are recorded.

use std::time::Duration;

use catalog::{Catalog, Progress, Recount, RecountPart};
use contract::{NamedError as _, Observation};
use futures_util::future::join;
use serde_json::json;
use test_table::{Fault, TestTable, observed};

use crate::record;

const RIGHT: Recount = Recount { examined: 8, repaired: 0, unsettled: 0 };

/// Key of the image in most tests.
const KEY: &str = "uploads/a.png";

fn png(size: u64) -> Observation {
    observed::image("image/png", size)
}

/// A table with one shard and one image. The shard's totals count four images.
async fn with_wrong_totals() -> TestTable {
    let table = TestTable::create();
    record(&table.catalog(1), KEY, 1, &png(10)).await;
    table.spoil(0, "image/png", 3);
    table
}

/// The number of images and bytes in the overview.
async fn overview(catalog: &Catalog) -> (u64, u128) {
    let (overview, _) = catalog.overview().await.unwrap();
    (overview.total_images, overview.total_bytes)
}

#[tokio::test]
async fn an_image_recorded_between_count_and_repair_is_not_lost() {
    let table = TestTable::create();
    let catalog = &table.catalog(8);
    for shard in 0..8 {
        table.spoil(shard, "image/png", 3);
    }
    let counted = catalog.count_totals().await.unwrap();
    record(catalog, KEY, 1, &png(10)).await;
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
    let table = with_wrong_totals().await;
    let catalog = table.catalog(1);
    let counted = catalog.count_totals().await.unwrap();
    // After these two changes, every sum of the image's shard is the same as before.
    record(&catalog, KEY, 2, &Observation::Absent).await;
    record(&catalog, KEY, 3, &png(10)).await;
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair, Recount { examined: 1, repaired: 0, unsettled: 1 });
}

/// Before the repair, the recording has already made the totals equal to the count.
#[tokio::test]
async fn a_recording_during_the_count_is_not_taken_for_a_repair() {
    let table = TestTable::create();
    let catalog = &table.catalog(8);
    record(catalog, KEY, 1, &png(10)).await;
    // After the count has read the stored totals, and before it scans, another catalog records an
    // image.
    let counting = table.catalog_with_rival(8, |call, other| async move {
        if call.operation == "Scan" {
            record(&other, KEY, 2, &png(20)).await;
        }
    });
    let counted = counting.count_totals().await.unwrap();
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair.repaired, 0, "{repair:?}");
    assert_eq!(catalog.recount().await.unwrap(), RIGHT);
}

#[tokio::test]
async fn right_totals_are_left_alone_while_records_are_written() {
    let table = TestTable::create();
    // Before each request, this catalog lets other tasks run, so that writes and recounts mix.
    let catalog = table.catalog_with(8, async |_| {
        for _ in 0..fastrand::u8(..4) {
            tokio::task::yield_now().await;
        }
        None
    });
    let writes = async {
        for round in 1..=12 {
            for number in 0..10 {
                let is_deleted = (round + number) % 3 == 0;
                let observation = if is_deleted { Observation::Absent } else { png(number) };
                record(&catalog, &format!("uploads/{number}.png"), round, &observation).await;
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
    let _ = table.sound_snapshot();
}

/// Recounts in parts that are as short as possible. Each part passes its progress to the next as
/// JSON, as in the state machine. Returns the result, and the number of parts.
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
    let table = TestTable::create();
    let catalog = table.catalog_with(8, async |call| {
        Some(Fault::ShortPage(1)).filter(|_| call.operation == "Scan")
    });
    for number in 0..60 {
        record(&catalog, &format!("uploads/{number}.png"), 1, &png(number)).await;
    }
    let (recount, parts) = recount_in_parts(&catalog).await;
    assert_eq!(recount, RIGHT);
    assert!(parts > 5, "{parts}");
    for shard in 0..8 {
        table.spoil(shard, "totalBytes", 5 - i64::from(shard));
    }
    // Zero is added to the sum of shard 5, so only seven shards are wrong.
    let (recount, _) = recount_in_parts(&catalog).await;
    assert_eq!(recount, Recount { repaired: 7, ..RIGHT });
    assert_eq!(recount_in_parts(&catalog).await.0, RIGHT);
    assert_eq!(overview(&catalog).await, (60, (0..60).sum()));
    // With enough time, one part scans the whole table.
    for time in [Duration::MAX, Duration::from_mins(10)] {
        let part = catalog.recount_part(None, time).await.unwrap();
        assert_eq!(part, RecountPart::Finished(RIGHT));
    }
}

/// During each count, a recording changes the shard's totals. A count waits a second before its
/// scan, so that the transactions in progress complete.
#[tokio::test]
async fn a_shard_that_keeps_changing_is_left_alone_after_three_counts() {
    let table = with_wrong_totals().await;
    let catalog = table.catalog_with_rival(1, |call, other| async move {
        if call.operation == "Scan" {
            let number = call.number as u64;
            record(&other, KEY, 2 + number, &png(10 + number)).await;
        }
    });
    let recount = catalog.recount().await.unwrap();
    assert_eq!(recount, Recount { examined: 1, repaired: 0, unsettled: 1 });
    assert_eq!(table.waits(), [Duration::from_secs(1); 3], "one for each count");
    assert_eq!(overview(&catalog).await.0, 4);
    let repaired = table.catalog(1).recount().await.unwrap();
    assert_eq!(repaired, Recount { examined: 1, repaired: 1, unsettled: 0 });
}

/// A repair whose response is lost has taken place. A repair that DynamoDB refuses, because of a
/// conflict or for lack of a permission, has not.
#[tokio::test]
async fn a_repair_is_recognized_or_given_up() {
    for (fault, repaired) in [
        (Fault::LostResponse, Some(1)),
        (Fault::Refused(400, "TransactionConflictException"), Some(0)),
        (Fault::Refused(400, "AccessDeniedException"), None),
    ] {
        let table = with_wrong_totals().await;
        let counted = table.catalog(1).count_totals().await.unwrap();
        // The first request reads the totals again. The second, which writes them, gets the fault.
        let catalog = table.faulty_catalog(1, [None, Some(fault)]);
        match catalog.repair_totals(counted).await {
            Ok(recount) => {
                assert_eq!(Some(recount.repaired), repaired, "{fault:?}");
                assert_eq!(recount.repaired + recount.unsettled, 1, "{fault:?}");
            }
            Err(error) => assert_eq!((error.name(), repaired), ("TableRefused", None), "{fault:?}"),
        }
        let images = if repaired == Some(1) { 1 } else { 4 };
        assert_eq!(overview(&catalog).await.0, images, "{fault:?}");
        // A repair adds a random number of at least a million to the counter of changes. The only
        // recording, in `with_wrong_totals`, has added one.
        let changes = &table.item("#totals/0")["changes"]["N"];
        let changes: u64 = changes.as_str().unwrap().parse().unwrap();
        assert_eq!((1_000_001..1 << 32).contains(&changes), images == 1, "{fault:?}: {changes}");
    }
}

/// Totals without a counter of changes come from another program. A repair replaces them, unless a
/// recording has added the counter in the meantime.
#[tokio::test]
async fn totals_without_a_counter_are_repaired_unless_a_recording_adds_one() {
    for recorded in [false, true] {
        let table = TestTable::create();
        table.set("#totals/0", "image/png", &json!({"N": "7"}));
        let catalog = table.catalog(1);
        let counted = catalog.count_totals().await.unwrap();
        if recorded {
            record(&catalog, KEY, 1, &png(10)).await;
        }
        let repair = catalog.repair_totals(counted).await.unwrap();
        assert_eq!((repair.repaired, repair.unsettled), if recorded { (0, 1) } else { (1, 0) });
        assert_eq!(overview(&catalog).await.0, if recorded { 8 } else { 0 });
    }
}

/// A repair reads the totals, and then writes them. A recording in between raises the counter of
/// changes, which stops the repair.
#[tokio::test]
async fn a_recording_directly_before_the_repair_stops_it() {
    let table = with_wrong_totals().await;
    let counted = table.catalog(1).count_totals().await.unwrap();
    let catalog = table.catalog_with_rival(1, |call, other| async move {
        if call.operation == "PutItem" {
            record(&other, "uploads/b.png", 1, &png(20)).await;
        }
    });
    let repair = catalog.repair_totals(counted).await.unwrap();
    assert_eq!(repair, Recount { examined: 1, repaired: 0, unsettled: 1 });
    assert_eq!(overview(&catalog).await, (5, 30));
}
