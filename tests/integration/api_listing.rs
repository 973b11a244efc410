//! Listings over HTTP: pages, cursors, filters and NDJSON. Tests of `crates/catalog` show the
//! order, the filters, the cost, and listings during concurrent writes. Tests of `crates/api` show
//! how parameters are read. Only a stack shows that cursors and links pass through API Gateway.

use catalog::Order;
use contract::{Observation, Sequencer, StoredObject};
use harness::{TestStack, observed, run};
use serde_json::Value;

use crate::client::{ORIGIN, get};

const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The key and observation of image `number`. Ten successive images have the same size, the content
/// types are those of [`TYPES`] in turn, and every twentieth image is in the folder `rare`. The
/// keys begin with the stack's prefix.
fn image(stack: &TestStack, number: u64) -> (String, Observation) {
    let folder = if number.is_multiple_of(20) { "rare" } else { "plenty" };
    let content_type = TYPES[usize::try_from(number % 4).unwrap()];
    let object = StoredObject {
        size: 1 + number / 10,
        etag: format!("{number}"),
        version_id: None,
        claimed_content_type: None,
        last_modified: None,
    };
    let image = observed::facts(content_type);
    (stack.key(&format!("{folder}/{number:04}.img")), Observation::Image { object, image })
}

/// Fetches all pages of a listing, and returns the images on each.
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

#[test]
fn pages_have_every_image_once_in_order() {
    run(async {
        let stack = TestStack::elsewhere("listing").await;
        let (catalog, order) = (stack.catalog(), Order::After(Sequencer::parse("01").unwrap()));
        for (key, observation) in (0..60).map(|number| image(&stack, number)) {
            catalog.record(&key, &order, &observation).await.unwrap();
        }
        let by_key = pages(&stack, "limit=25").await;
        assert_eq!(keys(&by_key).len(), 60);
        assert!(keys(&by_key).is_sorted_by(|a, b| a < b), "{:?}", keys(&by_key));
        assert!(by_key[..2].iter().all(|page| page.len() == 25));
        let metadata = stack.metadata(&stack.key("plenty/0007.img")).await.1;
        assert!(by_key.iter().flatten().any(|image| *image == metadata), "{metadata}");

        let rare = pages(&stack, "prefix=rare%2F&sort=-size&limit=1").await;
        assert_eq!(keys(&rare), [40, 20, 0].map(|it| stack.key(&format!("rare/{it:04}.img"))));
        lines(&stack, &by_key).await;
    });
}

/// Follows the links of the NDJSON listing, and checks that its pages have the same images as
/// `expected`, the pages of the JSON listing.
async fn lines(stack: &TestStack, expected: &[Vec<Value>]) {
    let url = format!("{}/images", stack.stack.outputs.api_url);
    let accept = ("Accept", "application/x-ndjson");
    let mut query = "?limit=25".to_owned();
    for page in expected {
        let response = get(&format!("{url}{query}"), &[accept]).await;
        assert_eq!(response.header("content-type"), "application/x-ndjson", "{query}");
        // The header `Vary` is not checked here, because the emulator replaces it. A unit test
        // (`image_list.rs`) checks the header that the function sends.
        let text = String::from_utf8(response.body.clone()).unwrap();
        let images = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(&images.collect::<Vec<_>>(), page, "{query}");
        let tag = response.header("etag");
        let again = get(&format!("{url}{query}"), &[accept, ("If-None-Match", tag)]).await;
        assert_eq!(again.status, 304, "{query}");
        // Without `accept`, the same request asks for JSON. The ETag of the NDJSON page does not
        // match the JSON page, and a JSON listing refuses the cursor of an NDJSON listing.
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
    let other = get(&format!("{url}?limit=1"), &[accept, ORIGIN]).await;
    assert!(other.header("access-control-expose-headers").contains("link"));
    let error = get(&format!("{url}?limit=0"), &[accept]).await;
    assert_eq!((error.status, error.header("content-type")), (400, "application/json"));
}
