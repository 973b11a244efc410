//! The cost of reads as the catalog grows: round trips, items, bytes and read units.
//!
//! A normal run measures up to 1,000 images. To measure more:
//!
//! ```console
//! $ PIXGAUGE_READ_COST_IMAGES=100000 cargo test -p catalog read_cost:: -- --nocapture
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Cost, ListQuery, Order, Overview, Position, Shards, Sort};
use contract::{Observation, Sequencer};
use test_table::TestTable;
use test_table::filler::{Filler, SEQUENCER, image};
use test_table::snapshot::{Item, scan};
use test_table::units::{Meter, Reads};

use crate::number_in;

const SHARDS: u32 = 8;

/// Images per page.
const LIMIT: usize = 50;

fn shards() -> Shards {
    Shards::new(SHARDS).unwrap()
}

/// All items by key. Random revisions are replaced by their lengths.
async fn items(table: &TestTable) -> BTreeMap<String, Item> {
    let items = scan(table.client(), TestTable::NAME, None).await.into_iter().map(|mut item| {
        if let Some(revision) = item.get_mut("revision") {
            let length = revision.as_s().unwrap().len();
            *revision = AttributeValue::N(length.to_string());
        }
        (item["s3objectkey"].as_s().unwrap().clone(), item)
    });
    items.collect()
}

#[tokio::test]
async fn what_fills_a_table_are_the_items_that_recording_writes() {
    let (batched, recorded) = (TestTable::create().await, TestTable::create().await);
    let mut filler = Filler::new(SHARDS);
    filler.fill(batched.client(), TestTable::NAME, 0..40).await;
    filler.fill(batched.client(), TestTable::NAME, 40..60).await;
    let catalog = recorded.catalog(SHARDS);
    let order = Order::After(Sequencer::parse(SEQUENCER).unwrap());
    for (key, observation) in (0..60).map(image) {
        catalog.record(&key, &order, &observation).await.unwrap();
    }
    assert_eq!(items(&batched).await, items(&recorded).await);
}

/// A listing whose page is measured.
struct Listing {
    name: String,
    query: ListQuery,
}

/// Filters of listings, each as a name to print, a content type and a folder. An empty text does
/// not filter.
const FILTERS: [(&str, &str, &str); 3] = [
    ("all", "", ""),
    ("one type in four", "image/gif", ""),
    ("one folder in a hundred", "", "2024/05/album-07/"),
];

/// The listings to measure: for each order and each filter, the first page and a middle page. Then
/// middle pages of other lengths.
fn listings(images: u64) -> Vec<Listing> {
    let mut listings = Vec::new();
    for sort in [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst] {
        for filter in FILTERS {
            listings.push(listing(sort, LIMIT, filter, None));
            listings.push(listing(sort, LIMIT, filter, Some(middle(sort, images))));
        }
    }
    for limit in [10, 200] {
        listings.push(listing(Sort::Key, limit, FILTERS[0], Some(middle(Sort::Key, images))));
    }
    listings
}

fn listing(
    sort: Sort,
    limit: usize,
    (filter, content_type, folder): (&str, &str, &str),
    after: Option<Position>,
) -> Listing {
    let page = if after.is_some() { "a middle page" } else { "first page" };
    let query = ListQuery {
        sort,
        limit,
        content_type: Some(content_type.to_owned()).filter(|it| !it.is_empty()),
        prefix: format!("uploads/{folder}"),
        after,
    };
    Listing { name: format!("{sort:?}, {filter}, {page} of {limit}"), query }
}

/// A position near the middle of a listing. There may be no image at this position.
fn middle(sort: Sort, images: u64) -> Position {
    let key = match sort {
        Sort::Key => format!("uploads/2024/05/album-07/IMG_{:06}.jpg", images / 2),
        Sort::SmallestFirst | Sort::LargestFirst => "uploads/2024/05/middle".to_owned(),
    };
    Position { sort, shard: SHARDS / 2, size: 4_010_000, key }
}

#[expect(clippy::print_stdout, reason = "these figures are the result of a long run")]
fn show(name: &str, images: u64, reads: &Reads) {
    let Reads { round_trips, items, bytes, .. } = reads;
    let units = reads.units();
    println!("{name:<60} {images:>8} {round_trips:>12} {items:>7} {bytes:>9} {units:>6.1}");
}

/// Checks that the catalog reports the round trips and items that were measured.
#[track_caller]
fn assert_agree(cost: Cost, reads: &Reads) {
    assert_eq!((cost.round_trips, cost.items), (reads.round_trips, reads.items));
}

/// The expected overview of the first `images` images.
fn expected(images: u64) -> Overview {
    let mut expected = Overview { total_images: images, ..Overview::default() };
    let mut by_size = BTreeMap::new();
    for (key, observation) in (0..images).map(image) {
        let Observation::Image { object, image } = observation else {
            panic!("{key} is not an image")
        };
        *expected.content_types.entry(image.content_type).or_default() += 1;
        expected.total_bytes += u128::from(object.size);
        // If several images have the same size, the overview names the first key.
        let first = by_size.entry(object.size).or_insert_with(|| key.clone());
        *first = key.min(first.clone());
    }
    expected.smallest = by_size.values().next().cloned();
    expected.largest = by_size.values().next_back().cloned();
    expected
}

/// Measures an overview and each listing. The table contains the filler's images.
async fn measure(table: &TestTable, filler: &Filler) -> (Reads, Vec<(Listing, Reads)>) {
    let images = filler.records.len() as u64;
    let records = Arc::new(filler.records.clone());
    let (client, meter) = Meter::on(table.client(), records);
    let catalog = Catalog::new(client.config().to_builder(), TestTable::NAME, shards());
    let (overview, cost) = catalog.overview().await.unwrap();
    assert_eq!(overview, expected(images));
    let of_overview = meter.take();
    assert_agree(cost, &of_overview);
    show("overview", images, &of_overview);
    let mut of_listings = Vec::new();
    for listing in listings(images) {
        let page = catalog.list(&listing.query).await.unwrap();
        let reads = meter.take();
        assert_agree(page.cost, &reads);
        show(&listing.name, images, &reads);
        of_listings.push((listing, reads));
    }
    (of_overview, of_listings)
}

/// Checks that the cost of a page is at most proportional to its limit, regardless of the number of
/// images.
fn assert_in_proportion(listing: &Listing, reads: &Reads) {
    let Listing { name, query } = listing;
    let (limit, shards) = (query.limit as u64, u64::from(SHARDS));
    // In a listing by key, a folder is a range of keys. In a listing by size, a folder is a filter,
    // like a content type.
    let by_range = query.prefix == "uploads/" || query.sort == Sort::Key;
    let (items, rounds) = if by_range && query.content_type.is_none() {
        (2 * limit + 4 * shards, 2)
    } else {
        (10 * limit, 8)
    };
    assert!(reads.items <= items, "{name}: {reads:?}");
    assert!(reads.round_trips <= rounds * shards, "{name}: {reads:?}");
    // Units are rounded up once for each query.
    assert!(reads.half_units <= reads.round_trips + reads.bytes / 4096, "{name}: {reads:?}");
}

#[tokio::test]
async fn an_overview_costs_the_same_and_a_page_its_length_whatever_there_is() {
    let table = TestTable::create().await;
    let mut filler = Filler::new(SHARDS);
    let most = number_in("PIXGAUGE_READ_COST_IMAGES", 1_000);
    println!(
        "{:<60} {:>8} {:>12} {:>7} {:>9} {:>6}",
        "", "images", "round trips", "items", "bytes", "units"
    );
    let (mut done, mut images, mut overviews) = (0, 100, Vec::new());
    while images <= most {
        filler.fill(table.client(), TestTable::NAME, done..images).await;
        let (overview, listings) = measure(&table, &filler).await;
        overviews.push((overview.round_trips, overview.items, overview.half_units));
        for (listing, reads) in &listings {
            assert_in_proportion(listing, reads);
        }
        (done, images) = (images, images * 10);
    }
    // Each shard takes two queries of one row, and one totals item. One batch reads all totals
    // items.
    let shards = u64::from(SHARDS);
    assert!(overviews.len() > 1, "{overviews:?}");
    assert!(
        overviews.iter().all(|it| *it == (2 * shards + 1, 3 * shards, 3 * shards)),
        "{overviews:?}"
    );
}

/// Records images whose items have nearly the maximum size.
async fn fill_with_large_items(catalog: &Catalog, images: u64) {
    let order = Order::After(Sequencer::parse(SEQUENCER).unwrap());
    for number in 0..images {
        let (_, mut observation) = image(number);
        let Observation::Image { object, .. } = &mut observation else { panic!("no image") };
        object.version_id = Some("v".repeat(1024));
        object.claimed_content_type = Some("c".repeat(1300));
        let key = format!("uploads/{number:01016}");
        catalog.record(&key, &order, &observation).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_costs_at_most_250_units_whatever_its_limit_and_filter() {
    let table = TestTable::create().await;
    let (metered, meter) = Meter::on(table.client(), Arc::default());
    fill_with_large_items(&table.catalog(SHARDS), 700).await;
    let catalog = Catalog::new(metered.config().to_builder(), TestTable::NAME, shards());
    for sort in [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst] {
        for content_type in ["", "image/none"] {
            let filter = ("large items", content_type, "");
            let mut query = listing(sort, 1000, filter, None).query;
            let mut images = 0;
            loop {
                let page = catalog.list(&query).await.unwrap();
                let reads = meter.take();
                assert!(reads.units() <= 250.0, "{query:?}: {reads:?}");
                images += page.images.len();
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
                assert!(reads.units() > 150.0, "a page ends early: {query:?}: {reads:?}");
            }
            assert_eq!(images, if content_type.is_empty() { 700 } else { 0 });
        }
    }
}
