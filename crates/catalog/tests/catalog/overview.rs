//! The overview of all images.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{CatalogError, Overview};
use contract::Observation;
use test_table::{TestTable, observed};

use crate::record;

async fn overview(table: &TestTable, shards: u32) -> Overview {
    table.catalog(shards).overview().await.unwrap().0
}

#[tokio::test]
async fn an_empty_table_has_no_extremes() {
    let table = TestTable::create().await;
    let (overview, cost) = table.catalog(8).overview().await.unwrap();
    assert_eq!(overview, Overview::default());
    assert_eq!((cost.round_trips, cost.items), (17, 0));
}

/// If several images have the largest or the smallest size, the overview names the first key.
#[tokio::test]
async fn extremes_are_those_of_all_shards_and_ties_go_to_the_first_key() {
    let table = TestTable::create().await;
    let catalog = table.catalog(8);
    let sizes = [5, 9, 9, 3, 3, 7, 9, 3, 4, 6];
    for (number, size) in sizes.into_iter().enumerate() {
        let key = format!("uploads/{}", sizes.len() - number);
        record(&catalog, &key, 1, &observed::image("image/gif", size)).await;
    }
    record(&catalog, "uploads/text", 1, &observed::rejected(1)).await;
    record(&catalog, "uploads/gone", 1, &Observation::Absent).await;
    let overview = overview(&table, 8).await;
    assert_eq!(overview.largest.unwrap(), "uploads/4");
    assert_eq!(overview.smallest.unwrap(), "uploads/3");
    assert_eq!((overview.total_images, overview.total_bytes), (10, 58));
    assert_eq!(overview.content_types, BTreeMap::from([("image/gif".to_owned(), 10)]));
}

/// When the number of shards is raised, an image keeps its shard until it is recorded again.
#[tokio::test]
async fn raising_the_number_of_shards_keeps_every_answer_right() {
    let table = TestTable::create().await;
    let (few, many) = (table.catalog(1), table.catalog(16));
    for number in 0..20 {
        record(&few, &format!("uploads/{number}"), 1, &observed::image("image/png", number)).await;
    }
    for number in 20..40 {
        record(&many, &format!("uploads/{number}"), 1, &observed::image("image/gif", number)).await;
    }
    let before = overview(&table, 16).await;
    assert_eq!(before.largest.as_deref(), Some("uploads/39"));
    assert_eq!(before.smallest.as_deref(), Some("uploads/0"));
    assert_eq!((before.total_images, before.total_bytes), (40, (0..40).sum()));
    for number in 0..20 {
        record(&many, &format!("uploads/{number}"), 2, &observed::image("image/png", number)).await;
    }
    assert_eq!(overview(&table, 16).await, before);
    // The totals of the first shard no longer include the images that have moved to other shards.
    let recount = many.recount().await.unwrap();
    assert_eq!((recount.examined, recount.repaired), (16, 0));
}

#[tokio::test]
async fn a_malformed_size_or_sum_is_named() {
    let table = TestTable::create().await;
    let put = table.client().put_item().table_name(TestTable::NAME);
    let put = put.item("s3objectkey", AttributeValue::S("#totals/0".into()));
    put.item("image/png", AttributeValue::S("many".into())).send().await.unwrap();
    let error = table.catalog(1).overview().await.unwrap_err();
    assert!(matches!(error, CatalogError::MalformedItem { .. }), "{error}");
    assert!(error.to_string().contains("#totals/0"), "{error}");
}
