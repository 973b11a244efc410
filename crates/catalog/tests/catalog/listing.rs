//! Listings of images, a page at a time.

use std::collections::BTreeSet;

use catalog::{Catalog, CatalogError, ImagePage, ListQuery, Sort};
use contract::Observation;
use futures_util::StreamExt as _;
use serde_json::json;
use test_table::{TestTable, observed};

use crate::record;

const SORTS: [Sort; 3] = [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst];

const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The key and observation of image `number`: ten images of each size, a quarter of each type, and
/// one in fifty under `uploads/rare/`.
fn image(number: u64) -> (String, Observation) {
    let folder = if number.is_multiple_of(50) { "rare" } else { "plenty" };
    let content_type = TYPES[usize::try_from(number % 4).unwrap()];
    let observation = observed::image(content_type, 1 + number / 10);
    (format!("uploads/{folder}/{number:04}.img"), observation)
}

async fn filled(images: u64) -> TestTable {
    let table = TestTable::create();
    for (key, observation) in (0..images).map(image) {
        record(&table.catalog(8), &key, 1, &observation).await;
    }
    table
}

fn query(sort: Sort, limit: usize, content_type: &str, prefix: &str) -> ListQuery {
    let content_type = Some(content_type.to_owned()).filter(|it| !it.is_empty());
    ListQuery { sort, limit, content_type, prefix: format!("uploads/{prefix}"), after: None }
}

/// All pages from the query's position.
async fn pages(catalog: &Catalog, mut query: ListQuery) -> Vec<ImagePage> {
    let mut pages = Vec::new();
    loop {
        let page = catalog.list(&query).await.unwrap();
        query.after.clone_from(&page.next);
        pages.push(page);
        assert!(pages.len() < 2000, "the listing does not end: {query:?}");
        if query.after.is_none() {
            return pages;
        }
    }
}

/// The images of all pages: size and key.
fn images(pages: &[ImagePage]) -> Vec<(u64, &str)> {
    let images = pages.iter().flat_map(|page| &page.images);
    images.map(|(key, image)| (image.object.size, key.as_str())).collect()
}

/// Images of the same size are in the order of their shards, so only the order of the sizes is
/// compared; `simulation.rs` compares the whole order.
#[tokio::test]
async fn pages_of_any_length_are_the_sorted_list() {
    let table = filled(120).await;
    let catalog = table.catalog(8);
    for sort in SORTS {
        for (content_type, prefix) in
            [("", ""), ("image/gif", ""), ("", "rare/"), ("image/png", "plenty/00"), ("none/", "")]
        {
            let query = query(sort, 1000, content_type, prefix);
            let wanted = (0..120).map(image).filter_map(|(key, observation)| {
                let Observation::Image { object, image } = observation else { return None };
                let is_wanted = key.starts_with(&query.prefix)
                    && (content_type.is_empty() || image.content_type == content_type);
                is_wanted.then_some((object.size, key))
            });
            let wanted: BTreeSet<_> = wanted.collect();
            for limit in [7, 1000] {
                let pages = pages(&catalog, ListQuery { limit, ..query.clone() }).await;
                assert!(pages.iter().all(|page| page.images.len() <= limit));
                let found = images(&pages);
                assert!(match sort {
                    Sort::Key => found.is_sorted_by_key(|it| it.1),
                    Sort::SmallestFirst => found.is_sorted_by_key(|it| it.0),
                    Sort::LargestFirst => found.iter().rev().is_sorted_by_key(|it| it.0),
                });
                assert_eq!(found.len(), wanted.len(), "{query:?}");
                let found: BTreeSet<_> = found.iter().map(|it| (it.0, it.1.to_owned())).collect();
                assert_eq!(found, wanted, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn images_that_stay_are_each_on_one_page_while_others_come_and_go() {
    let table = filled(150).await;
    // Before each request of the listing, another client records or deletes a further image, whose
    // key is between the keys of the 150 images.
    let catalog = table.catalog_with_rival(8, |call, other| async move {
        let number = call.number as u64;
        let (key, mut observation) = image(number * 7 % 150);
        if number % 3 == 2 {
            observation = Observation::Absent;
        }
        record(&other, &format!("{key}.passing"), 2 + number, &observation).await;
    });
    for sort in SORTS {
        let pages = pages(&catalog, query(sort, 20, "", "")).await;
        let listed = images(&pages).into_iter().map(|(_, key)| key);
        let stayed: Vec<_> = listed.filter(|key| !key.ends_with(".passing")).collect();
        assert_eq!(stayed.len(), 150, "{sort:?}");
        assert_eq!(stayed.into_iter().collect::<BTreeSet<_>>().len(), 150, "{sort:?}");
    }
}

#[tokio::test]
async fn a_prefix_longer_than_any_key_has_no_images_and_costs_nothing() {
    let table = TestTable::create();
    let key = format!("uploads/{}", "k".repeat(1016));
    record(&table.catalog(8), &key, 1, &observed::image("image/png", 1)).await;
    for (length, images, requests) in [(1016, 1, 8), (1017, 0, 0)] {
        let prefix = "k".repeat(length);
        let page = table.catalog(8).list(&query(Sort::Key, 10, "", &prefix)).await.unwrap();
        assert_eq!((page.images.len(), page.next, page.cost.round_trips), (images, None, requests));
    }
}

/// The index does not check that a row is an image: it requires only the attributes of its own
/// keys.
#[tokio::test]
async fn a_row_that_is_not_an_image_is_named() {
    let table = TestTable::create();
    record(&table.catalog(1), "uploads/text", 1, &observed::rejected(3)).await;
    table.set("uploads/text", "shard", &json!({"N": "0"}));
    let error = table.catalog(1).list(&query(Sort::Key, 10, "", "")).await.unwrap_err();
    assert!(matches!(error, CatalogError::MalformedItem { .. }), "{error}");
    assert!(error.to_string().contains("uploads/text"), "{error}");
}

/// A page of images stays below the 6 MB of a Lambda response, however long the keys are.
#[tokio::test]
async fn a_page_of_the_longest_keys_ends_before_its_limit() {
    let table = TestTable::create();
    // In JSON, a control character takes six bytes.
    let keys: Vec<_> =
        (0..640).map(|number| format!("uploads/{}{number:03}", "\u{1}".repeat(1013))).collect();
    let catalog = table.catalog(1);
    futures_util::stream::iter(&keys)
        .for_each_concurrent(8, async |key| {
            record(&catalog, key, 1, &observed::image("image/png", 1)).await;
        })
        .await;
    let pages = pages(&catalog, query(Sort::Key, 1000, "", "")).await;
    let lengths: Vec<_> = pages.iter().map(|page| page.images.len()).collect();
    // The page is full at 4 MB. Each image counts as 800 bytes and 6,089 for its key, so 581 images
    // fill a page.
    assert_eq!(lengths, [581, 59]);
}
