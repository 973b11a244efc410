//! The cost of reads as the catalog grows: round trips, items and read units.
//!
//! A normal run measures up to 1,000 images. To measure more:
//!
//! ```console
//! $ PIXGAUGE_READ_COST_IMAGES=10000 cargo test -p catalog read_cost:: -- --nocapture
//! ```

use catalog::{Cost, ListQuery, Position, Sort};
use contract::Observation;
use test_table::{Consumed, TestTable, observed};

use crate::{number_in, record};

const SHARDS: u32 = 8;

const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The key and the observation of image `number`. The images are spread over a hundred folders and
/// four content types, with sizes up to 8 MB.
fn image(number: u64) -> (String, Observation) {
    let key = format!("uploads/2024/05/album-{:02}/IMG_{number:06}.jpg", number % 100);
    let size = 10_000 + number.wrapping_mul(7_919_317) % 8_000_000;
    let content_type = TYPES[usize::try_from(number / 100 % 4).unwrap()];
    (key, observed::image(content_type, size))
}

/// The listings to measure in each order: a name to print, images per page, a content type and a
/// folder. An empty content type or folder does not filter.
const LISTINGS: [(&str, usize, &str, &str); 5] = [
    ("all", 50, "", ""),
    ("one type in four", 50, "image/gif", ""),
    ("one folder in a hundred", 50, "", "2024/05/album-07/"),
    ("all", 10, "", ""),
    ("all", 200, "", ""),
];

fn query(sort: Sort, limit: usize, content_type: &str, folder: &str) -> ListQuery {
    let content_type = Some(content_type.to_owned()).filter(|it| !it.is_empty());
    ListQuery { sort, limit, content_type, prefix: format!("uploads/{folder}"), after: None }
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
fn show(name: &str, images: u64, reads: Consumed) {
    let Consumed { round_trips, items, units } = reads;
    println!("{name:<60} {images:>8} {round_trips:>12} {items:>7} {units:>6.1}");
}

/// Checks that the catalog reports as many round trips and items as the table has counted.
#[track_caller]
fn assert_agree(cost: Cost, reads: Consumed) {
    assert_eq!((cost.round_trips, cost.items), (reads.round_trips, reads.items));
}

/// Checks that the items and round trips of a page do not exceed a bound. The bound depends on the
/// limit of the page and the number of shards, but not on the number of images in the table.
fn assert_in_proportion(name: &str, query: &ListQuery, reads: Consumed) {
    let (limit, shards) = (query.limit as u64, u64::from(SHARDS));
    // Without a folder, the prefix is `uploads/`. In a listing by key, a folder is a range of keys.
    // In a listing by size, a folder is a filter, like a content type.
    let by_range = query.prefix == "uploads/" || query.sort == Sort::Key;
    let (items, rounds) = if by_range && query.content_type.is_none() {
        (2 * limit + 4 * shards, 2)
    } else {
        (10 * limit, 8)
    };
    assert!(reads.items <= items, "{name}: {reads:?}");
    assert!(reads.round_trips <= rounds * shards, "{name}: {reads:?}");
}

#[tokio::test]
async fn an_overview_costs_the_same_and_a_page_its_length_whatever_there_is() {
    let table = TestTable::create();
    let catalog = table.catalog(SHARDS);
    let most = number_in("PIXGAUGE_READ_COST_IMAGES", 1_000);
    assert!(most >= 1_000, "two sizes of table at least");
    println!("{:<60} {:>8} {:>12} {:>7} {:>6}", "", "images", "round trips", "items", "units");
    let (mut done, mut images) = (0, 100);
    while images <= most {
        for (key, observation) in (done..images).map(image) {
            record(&catalog, &key, 1, &observation).await;
        }
        let _filled = table.consumed();
        let (overview, cost) = catalog.overview().await.unwrap();
        assert_eq!(overview.total_images, images);
        let reads = table.consumed();
        assert_agree(cost, reads);
        show("overview", images, reads);
        // Two queries of each shard read one row each. One batch reads the totals items of all
        // shards. Each row and each totals item takes half a unit.
        let (shards, units) = (u64::from(SHARDS), 1.5 * f64::from(SHARDS));
        let expected = Consumed { round_trips: 2 * shards + 1, items: 3 * shards, units };
        assert_eq!(reads, expected, "{images} images");
        for sort in [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst] {
            for (name, limit, content_type, folder) in LISTINGS {
                let first = query(sort, limit, content_type, folder);
                let middle = ListQuery { after: Some(middle(sort, images)), ..first.clone() };
                for (page, query) in [("first page", first), ("a middle page", middle)] {
                    let name = format!("{sort:?}, {name}, {page} of {limit}");
                    let page = catalog.list(&query).await.unwrap();
                    let reads = table.consumed();
                    assert_agree(page.cost, reads);
                    show(&name, images, reads);
                    assert_in_proportion(&name, &query, reads);
                }
            }
        }
        (done, images) = (images, images * 10);
    }
}

/// Reading all 700 items of 4 KB would cost 350 units, so no page may contain all of them.
#[tokio::test]
async fn a_page_of_large_items_costs_at_most_250_units() {
    let table = TestTable::create();
    let catalog = table.catalog(SHARDS);
    for number in 0..700 {
        // Each item has nearly 4,096 bytes, the maximum for the item of an image. To reach this
        // size, the content type is longer than the 255 bytes that a stack records.
        let (_, mut observation) = image(number);
        let Observation::Image { object, .. } = &mut observation else { panic!("no image") };
        object.version_id = Some("v".repeat(1024));
        object.claimed_content_type = Some("c".repeat(1300));
        record(&catalog, &format!("uploads/{number:01016}"), 1, &observation).await;
    }
    let _filled = table.consumed();
    let mut query = query(Sort::Key, 1000, "", "");
    let mut images = 0;
    loop {
        let page = catalog.list(&query).await.unwrap();
        let reads = table.consumed();
        assert!(reads.units <= 250.0, "{query:?}: {reads:?}");
        images += page.images.len();
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
        assert!(reads.units > 150.0, "a page ends early: {query:?}: {reads:?}");
    }
    assert_eq!(images, 700);
}
