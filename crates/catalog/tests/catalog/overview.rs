//! The overview of all images.

use std::collections::BTreeMap;

use catalog::Overview;
use contract::Observation;
use test_table::{TestTable, observed};

use crate::record;

/// If several images have the largest or the smallest size, the overview names the first of their
/// keys.
#[tokio::test]
async fn extremes_are_those_of_all_shards_and_ties_go_to_the_first_key() {
    let table = TestTable::create();
    let catalog = table.catalog(8);
    let (empty, cost) = catalog.overview().await.unwrap();
    assert_eq!(empty, Overview::default());
    assert_eq!((cost.round_trips, cost.items), (17, 0));
    let sizes = [5, 9, 9, 3, 3, 7, 9, 3, 4, 6];
    for (number, size) in sizes.into_iter().enumerate() {
        let key = format!("uploads/{}", sizes.len() - number);
        record(&catalog, &key, 1, &observed::image("image/gif", size)).await;
    }
    record(&catalog, "uploads/text", 1, &observed::rejected(1)).await;
    record(&catalog, "uploads/gone", 1, &Observation::Absent).await;
    let expected = Overview {
        largest: Some("uploads/4".into()),
        smallest: Some("uploads/3".into()),
        content_types: BTreeMap::from([("image/gif".into(), 10)]),
        total_images: 10,
        total_bytes: 58,
    };
    assert_eq!(catalog.overview().await.unwrap().0, expected);
}

/// When the number of shards is raised, an image keeps its shard until it is recorded again.
#[tokio::test]
async fn raising_the_number_of_shards_keeps_every_answer_right() {
    let table = TestTable::create();
    let (few, many) = (table.catalog(1), table.catalog(16));
    for number in 0..20 {
        record(&few, &format!("uploads/{number}"), 1, &observed::image("image/png", number)).await;
    }
    for number in 20..40 {
        record(&many, &format!("uploads/{number}"), 1, &observed::image("image/gif", number)).await;
    }
    let before = many.overview().await.unwrap().0;
    assert_eq!(before.largest.as_deref(), Some("uploads/39"));
    assert_eq!(before.smallest.as_deref(), Some("uploads/0"));
    assert_eq!((before.total_images, before.total_bytes), (40, (0..40).sum()));
    for number in 0..20 {
        record(&many, &format!("uploads/{number}"), 2, &observed::image("image/png", number)).await;
    }
    assert_eq!(many.overview().await.unwrap().0, before);
    // The totals are right, although images have moved from the first shard to other shards.
    let recount = many.recount().await.unwrap();
    assert_eq!((recount.examined, recount.repaired), (16, 0));
}
