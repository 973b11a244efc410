//! Listings over HTTP: pages, cursors, filters and lines. Tests of `crates/catalog` show the order,
//! the cost, and listings during concurrent writes.

use std::collections::BTreeSet;

use catalog::{Catalog, Order, Shards};
use contract::{KeyPrefix, Observation, Sequencer, StoredObject};
use futures_util::StreamExt as _;
use harness::{TestStack, observed, run};
use serde_json::Value;

use crate::client::get;

const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

fn catalog(stack: &TestStack) -> Catalog {
    let client = stack.stack.aws.dynamodb.clone();
    Catalog::new(
        client.config().to_builder(),
        &stack.stack.outputs.table_name,
        Shards::new(8).unwrap(),
    )
}

/// The key and observation of image `number`: ten images of each size, a quarter of each type, and
/// one in fifty in the folder `rare`. The key has the prefix of the stack.
fn image(prefix: &KeyPrefix, number: u64) -> (String, Observation) {
    let folder = if number.is_multiple_of(50) { "rare" } else { "plenty" };
    let content_type = TYPES[usize::try_from(number % 4).unwrap()];
    let object = StoredObject {
        size: 1 + number / 10,
        etag: format!("{number}"),
        version_id: None,
        claimed_content_type: None,
        last_modified: None,
    };
    let image = observed::facts(content_type);
    (prefix.key(&format!("{folder}/{number:04}.img")), Observation::Image { object, image })
}

async fn record(catalog: &Catalog, key: &str, sequencer: &str, observation: &Observation) {
    let order = Order::After(Sequencer::parse(sequencer).unwrap());
    // A write that loses a conflict is repeated, as the state machine would repeat it.
    while catalog.record(key, &order, observation).await.is_err() {}
}

async fn fill(stack: &TestStack, numbers: std::ops::Range<u64>) {
    let (catalog, prefix) = (&catalog(stack), &stack.stack.outputs.key_prefix);
    futures_util::stream::iter(numbers)
        .for_each_concurrent(8, |number| async move {
            let (key, observation) = image(prefix, number);
            record(catalog, &key, "01", &observation).await;
        })
        .await;
}

/// Fetches all pages of a listing.
async fn pages(stack: &TestStack, parameters: &str) -> Vec<Vec<Value>> {
    let url = format!("{}/images?{parameters}", stack.stack.outputs.api_url);
    let (mut pages, mut next) = (Vec::new(), url.clone());
    loop {
        let response = get(&next, &[]).await;
        assert_eq!(response.status, 200, "{next}: {response:?}");
        let page = response.json();
        pages.push(page["images"].as_array().unwrap().clone());
        assert!(pages.len() < 1000, "the listing does not end");
        match page["cursor"].as_str() {
            Some(cursor) => next = format!("{url}&cursor={cursor}"),
            None => return pages,
        }
    }
}

fn keys(pages: &[Vec<Value>]) -> Vec<&str> {
    pages.iter().flatten().map(|image| image["s3objectkey"].as_str().unwrap()).collect()
}

fn sizes(pages: &[Vec<Value>]) -> Vec<u64> {
    let sizes = pages.iter().flatten().map(|image| image["size"].as_str().unwrap());
    sizes.map(|size| size.parse().unwrap()).collect()
}

#[test]
fn pages_have_every_image_once_in_order() {
    run(async {
        let stack = TestStack::elsewhere("listing").await;
        fill(&stack, 0..120).await;
        let by_key = pages(&stack, "limit=25").await;
        assert_eq!(keys(&by_key).len(), 120);
        assert!(keys(&by_key).is_sorted_by(|a, b| a < b), "{:?}", keys(&by_key));
        assert!(by_key[..4].iter().all(|page| page.len() == 25));
        let smallest = pages(&stack, "sort=size&limit=50").await;
        assert!(sizes(&smallest).is_sorted(), "{smallest:?}");
        let largest = pages(&stack, "sort=-size&limit=50").await;
        assert!(sizes(&largest).is_sorted_by(|a, b| a >= b), "{largest:?}");
        for listed in [smallest, largest] {
            assert_eq!(keys(&listed).len(), 120);
            assert_eq!(keys(&listed).iter().collect::<BTreeSet<_>>().len(), 120);
        }
        let metadata = stack.metadata(&stack.key("plenty/0007.img")).await.1;
        assert!(by_key.iter().flatten().any(|image| *image == metadata), "{metadata}");
        filtered(&stack).await;
        lines(&stack, &by_key).await;
    });
}

async fn filtered(stack: &TestStack) {
    let rare = pages(stack, "prefix=rare/").await;
    assert_eq!(
        keys(&rare),
        ["rare/0000.img", "rare/0050.img", "rare/0100.img"].map(|it| stack.key(it))
    );
    let rare = pages(stack, "prefix=rare%2F&sort=-size&limit=1").await;
    assert_eq!(
        keys(&rare),
        ["rare/0100.img", "rare/0050.img", "rare/0000.img"].map(|it| stack.key(it))
    );
    let gifs = pages(stack, "contentType=image/gif&limit=4").await;
    assert_eq!(keys(&gifs).len(), 30);
    assert!(gifs.iter().flatten().all(|image| image["contentType"] == "image/gif"));
    assert_eq!(pages(stack, "contentType=IMAGE/GIF&limit=4").await, gifs);
    assert_eq!(keys(&pages(stack, "contentType=image/jpg").await).len(), 30);
    assert_eq!(keys(&pages(stack, "contentType=image/*").await).len(), 120);
    assert_eq!(keys(&pages(stack, "contentType=image/bmp").await).len(), 0);
    assert_eq!(keys(&pages(stack, "prefix=none").await).len(), 0);
}

/// Follows the links of the NDJSON listing. Its pages must have the same images as the pages of the
/// JSON listing, `expected`.
async fn lines(stack: &TestStack, expected: &[Vec<Value>]) {
    let url = format!("{}/images", stack.stack.outputs.api_url);
    let accept = ("Accept", "application/x-ndjson");
    let mut query = "?limit=25".to_owned();
    for page in expected {
        let response = get(&format!("{url}{query}"), &[accept]).await;
        assert_eq!(response.header("content-type"), "application/x-ndjson", "{query}");
        // The emulator replaces `Vary`, so a unit test (`image_list.rs`) checks the function's.
        let text = String::from_utf8(response.body.clone()).unwrap();
        let images = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(&images.collect::<Vec<_>>(), page, "{query}");
        let tag = response.header("etag");
        let again = get(&format!("{url}{query}"), &[accept, ("If-None-Match", tag)]).await;
        assert_eq!(again.status, 304, "{query}");
        // JSON and NDJSON have different ETags. A cursor is valid only for the format it came from.
        let other = get(&format!("{url}{query}"), &[("If-None-Match", tag)]).await;
        if query.contains("cursor=") {
            let error = other.json()["error"].to_string();
            assert_eq!((other.status, error.contains("another form")), (400, true), "{error}");
        } else {
            assert_eq!((other.status, &other.json()["images"]), (200, &Value::from(page.clone())));
        }
        let link = response.header("link");
        query = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
        assert!(link.is_empty() || link.ends_with("rel=\"next\""), "{link}");
    }
    assert_eq!(query, "", "the last page has no link");
    let origin = ("Origin", "http://localhost:5173");
    let other = get(&format!("{url}?limit=1"), &[accept, origin]).await;
    assert!(other.header("access-control-expose-headers").contains("link"));
    let error = get(&format!("{url}?limit=0"), &[accept]).await;
    assert_eq!((error.status, error.header("content-type")), (400, "application/json"));
}
