//! The catalog on a real table: the overview's cost.

use catalog::{Catalog, CatalogError, Cost, Order, Shards};
use futures_util::StreamExt as _;
use harness::{TestStack, observed, run};
use observation::Sequencer;

async fn record(catalog: &Catalog, number: u64) {
    let order = Order::After(Sequencer::parse("01").unwrap());
    let key = format!("uploads/{number}.png");
    let image = observed::image("image/png", number);
    // As the state machine does, what lost against its neighbours is recorded again.
    while let Err(error) = catalog.record(&key, &order, &image).await {
        assert!(matches!(error, CatalogError::RecordConflict { .. }), "{error}");
    }
}

async fn fill(catalog: &Catalog, numbers: std::ops::RangeInclusive<u64>) {
    futures_util::stream::iter(numbers)
        .for_each_concurrent(8, |number| record(catalog, number))
        .await;
}

#[test]
fn the_overview_costs_the_same_at_10_and_at_1000_images() {
    run(async {
        let stack = TestStack::own("overview").await;
        let client = stack.stack.aws.dynamodb.clone();
        let table = &stack.stack.outputs.table_name;
        let catalog = Catalog::new(client, table, Shards::new(8).unwrap());
        // Ten that fall on all eight shards: an empty shard would return no rows.
        fill(&catalog, 42..=51).await;
        let (overview, at_10) = catalog.overview().await.unwrap();
        assert_eq!(overview.total_images, 10);
        fill(&catalog, 1..=41).await;
        fill(&catalog, 52..=1000).await;
        let (overview, at_1000) = catalog.overview().await.unwrap();
        assert_eq!(overview.total_images, 1000);
        assert_eq!(overview.total_bytes, 500_500);
        assert_eq!(overview.largest.as_deref(), Some("uploads/1000.png"));
        assert_eq!(overview.smallest.as_deref(), Some("uploads/1.png"));
        println!("overview of 10 images: {at_10:?}; of 1,000 images: {at_1000:?}");
        assert_eq!(at_10, at_1000);
        // Two queries for each shard, one batch of totals.
        assert_eq!(at_1000, Cost { round_trips: 17, items: 24 });
    });
}
