//! Listings of images, a page at a time.

use catalog::{Catalog, CatalogError, ImagePage, ListQuery, Sort};
use contract::Observation;
use futures_util::StreamExt as _;
use serde_json::json;
use test_table::{TestTable, observed};

use crate::record;

const SORTS: [Sort; 3] = [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst];

/// The key and the size of image `number`. Ten consecutive images have the same size.
fn image(number: u64) -> (String, u64) {
    (format!("uploads/{number:04}.img"), 1 + number / 10)
}

fn query(sort: Sort, limit: usize, prefix: &str) -> ListQuery {
    let prefix = format!("uploads/{prefix}");
    ListQuery { sort, limit, content_type: None, prefix, after: None }
}

/// Reads all pages of the listing, from the query's position on.
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

#[tokio::test]
async fn images_that_stay_are_each_on_one_page_while_others_come_and_go() {
    let table = TestTable::create();
    for (key, size) in (0..150).map(image) {
        record(&table.catalog(8), &key, 1, &observed::image("image/png", size)).await;
    }
    // Before each request of the listing, another catalog records that an image has been uploaded
    // or deleted. The key of this image is between the keys of the 150 images.
    let catalog = table.catalog_with_rival(8, |call, other| async move {
        let number = call.number as u64;
        let (key, size) = image(number * 7 % 150);
        let is_deleted = number % 3 == 2;
        let observation =
            if is_deleted { Observation::Absent } else { observed::image("image/png", size) };
        record(&other, &format!("{key}.passing"), 2 + number, &observation).await;
    });
    for sort in SORTS {
        let pages = pages(&catalog, query(sort, 20, "")).await;
        let listed: Vec<_> = pages
            .iter()
            .flat_map(|page| &page.images)
            .map(|(key, image)| (key.clone(), image.object.size))
            .collect();
        assert!(match sort {
            Sort::Key => listed.is_sorted_by_key(|it| &it.0),
            Sort::SmallestFirst => listed.is_sorted_by_key(|it| it.1),
            Sort::LargestFirst => listed.iter().rev().is_sorted_by_key(|it| it.1),
        });
        let mut stayed = listed;
        stayed.retain(|(key, _)| !key.ends_with(".passing"));
        stayed.sort();
        assert_eq!(stayed, (0..150).map(image).collect::<Vec<_>>(), "{sort:?}");
    }
}

#[tokio::test]
async fn a_prefix_longer_than_any_key_has_no_images_and_costs_nothing() {
    let table = TestTable::create();
    let key = format!("uploads/{}", "k".repeat(1016));
    record(&table.catalog(8), &key, 1, &observed::image("image/png", 1)).await;
    for (length, images, requests) in [(1016, 1, 8), (1017, 0, 0)] {
        let prefix = "k".repeat(length);
        let page = table.catalog(8).list(&query(Sort::Key, 10, &prefix)).await.unwrap();
        assert_eq!((page.images.len(), page.next, page.cost.round_trips), (images, None, requests));
    }
}

/// An item with the key attributes of an index is in that index, even if the item is not an image.
#[tokio::test]
async fn a_row_that_is_not_an_image_is_named() {
    let table = TestTable::create();
    record(&table.catalog(1), "uploads/text", 1, &observed::rejected(3)).await;
    table.set("uploads/text", "shard", &json!({"N": "0"}));
    let error = table.catalog(1).list(&query(Sort::Key, 10, "")).await.unwrap_err();
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
    let pages = pages(&catalog, query(Sort::Key, 1000, "")).await;
    let lengths: Vec<_> = pages.iter().map(|page| page.images.len()).collect();
    // An image counts as 800 bytes plus its key, which has 6,089 bytes in JSON. 581 images reach
    // the limit of 4 MB.
    assert_eq!(lengths, [581, 59]);
}
