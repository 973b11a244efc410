//! The recount of totals while observations are recorded.

use catalog::{Catalog, Order, Recount};
use contract::{Observation, Sequencer};
use futures_util::future::join;
use harness::{TestStack, run};

use super::bucket::{Bucket, catalog, object, record, record_as};

const RIGHT: Recount = Recount { examined: 8, repaired: 0, unsettled: 0 };

async fn delete(catalog: &Catalog, key: &str, sequencer: &str) {
    let order = Order::After(Sequencer::parse(sequencer).unwrap());
    record_as(catalog, key, &order, &Observation::Absent).await;
}

/// The number of images and bytes in the overview.
async fn overview(catalog: &Catalog) -> (u64, u128) {
    let (overview, _) = catalog.overview().await.unwrap();
    (overview.total_images, overview.total_bytes)
}

#[test]
fn an_image_recorded_between_count_and_repair_is_not_lost() {
    run(async {
        let stack = TestStack::own("between").await;
        let bucket = Bucket::without_events(&stack).await;
        let catalog = &bucket.catalog;
        for shard in 0..8 {
            bucket.spoil(shard, "image/png", 3).await;
        }
        let counted = catalog.count_totals().await.unwrap();
        record(catalog, "uploads/new.png", "01", object(10)).await;
        let repair = catalog.repair_totals(counted).await.unwrap();
        // The totals of the new image's shard were left alone.
        assert_eq!(repair, Recount { examined: 8, repaired: 7, unsettled: 1 });
        assert_eq!(overview(catalog).await, (4, 10));
        let rest = catalog.recount().await.unwrap();
        assert_eq!(rest, Recount { examined: 8, repaired: 1, unsettled: 0 });
        assert_eq!(overview(catalog).await, (1, 10));
    });
}

#[test]
fn sums_that_changed_and_changed_back_are_not_taken_for_unchanged() {
    run(async {
        let stack = TestStack::own("and-back").await;
        let bucket = Bucket::without_events(&stack).await;
        let catalog = &bucket.catalog;
        record(catalog, "uploads/a.png", "01", object(10)).await;
        for shard in 0..8 {
            bucket.spoil(shard, "image/gif", 1).await;
        }
        let counted = catalog.count_totals().await.unwrap();
        // Every sum of the image's shard is the same before and after.
        delete(catalog, "uploads/a.png", "02").await;
        record(catalog, "uploads/a.png", "03", object(10)).await;
        let repair = catalog.repair_totals(counted).await.unwrap();
        assert_eq!(repair, Recount { examined: 8, repaired: 7, unsettled: 1 });
    });
}

/// The recording makes the totals equal to the count, as a repair would. Only the counter of
/// changes tells them apart: a recording raises it by one, a repair by a random number.
#[test]
fn a_recording_during_the_count_is_not_taken_for_a_repair() {
    run(async {
        let stack = TestStack::own("during").await;
        let bucket = Bucket::without_events(&stack).await;
        let catalog = &bucket.catalog;
        record(catalog, "uploads/a.png", "01", object(10)).await;
        // Records an image after the count has read the stored totals, while it waits for
        // transactions.
        let recording = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            record(catalog, "uploads/a.png", "02", object(20)).await;
        };
        let (counted, ()) = join(catalog.count_totals(), recording).await;
        let repair = catalog.repair_totals(counted.unwrap()).await.unwrap();
        assert_eq!(repair.repaired, 0, "{repair:?}");
        assert_eq!(catalog.recount().await.unwrap(), RIGHT);
    });
}

#[test]
fn right_totals_are_left_alone_while_records_are_written() {
    run(async {
        let stack = TestStack::own("recount").await;
        let catalog = catalog(&stack);
        let writes = async {
            for round in 1..=12 {
                for number in 0..10_u64 {
                    let key = format!("uploads/{number}.png");
                    if (round + number) % 3 == 0 {
                        delete(&catalog, &key, &format!("{round:02}")).await;
                    } else {
                        record(&catalog, &key, &format!("{round:02}"), object(number)).await;
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
    });
}
