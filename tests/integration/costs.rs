//! Counts the requests, units and log bytes of each path through the system, such as the upload of
//! an image or a request to the API. docs/COSTS.md and docs/SCALE.md are computed from these
//! counts.
//!
//! These commands print the counts, write them to tools/costs-and-scale/counts.json, and update the
//! documents:
//!
//! ```console
//! $ cargo test --test integration costs:: -- --nocapture
//! $ UPDATE_EXPECT=1 cargo test --test integration costs::
//! $ UPDATE_EXPECT=1 cargo test --test documents
//! ```

mod executions;
mod meter;
mod units;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::Order;
use contract::Sequencer;
use costs_and_scale::counts::{Counts, PathCounts, measured};
use costs_and_scale::report;
use harness::{TestStack, observed, picture, run};
use meter::Meter;

use crate::client;

/// Number of images that are added to the table before queries are counted, so that the pages of
/// listings are full.
const IMAGES: u64 = 100;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/costs-and-scale/counts.json");

#[test]
fn every_path_asks_of_aws_what_the_documents_say() {
    run(async {
        let meter = Meter::start().await;
        warm_up(&meter).await;
        let uploads = uploads(&meter).await;
        let item_bytes = meter.item_bytes("uploads/costs/photo.jpg").await;
        fill(&meter.stack).await;
        let queries = queries(&meter).await;
        let counts = Counts { uploads, queries, item_bytes };
        println!("{}", report::counts(&counts.uploads));
        println!("{}", report::counts(&counts.queries));
        println!("an image's item: {item_bytes} bytes");
        compare(&counts);
    });
}

fn compare(counts: &Counts) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let text = serde_json::to_string_pretty(counts).unwrap();
        std::fs::write(FILE, text + "\n").unwrap();
        return;
    }
    assert!(
        counts.agrees_with(&measured().unwrap()),
        "the counts differ from tools/costs-and-scale/counts.json. If they should, run\n  \
         UPDATE_EXPECT=1 cargo test --test integration costs::\n  \
         UPDATE_EXPECT=1 cargo test --test documents"
    );
}

/// Invokes the functions once before anything is counted, so that no count includes a cold start.
async fn warm_up(meter: &Meter) {
    let stack = &meter.stack;
    let key = "uploads/costs/warm.jpg";
    stack.measure(key, picture::jpeg(8, 8, 0), "image/jpeg").await;
    for url in [stack.stack.api().metadata_url(key), stack.stack.api().file_url(key)] {
        client::get(&url, &[]).await;
    }
    for path in ["/images/info", "/images?limit=1", "/openapi.json"] {
        client::get(&format!("{}{path}", stack.stack.outputs.api_url), &[]).await;
    }
    meter.skip(3 + 2 + 3).await;
}

async fn uploads(meter: &Meter) -> Vec<PathCounts> {
    let stack = &meter.stack;
    let (photo, text) = ("uploads/costs/photo.jpg", "uploads/costs/notes.jpg");
    let jpeg = |padding: usize| [picture::jpeg(1680, 1050, 0), vec![0; padding]].concat();
    let mut paths = vec![
        meter.event("image", photo, stack.measure(photo, jpeg(60_000), "image/jpeg")).await,
        meter
            .event("image, overwritten", photo, stack.measure(photo, jpeg(90_000), "image/jpeg"))
            .await,
    ];
    // S3 may deliver an event twice. Each delivery starts an execution with the same input.
    let again = stack.ended(photo, 2).await.swap_remove(0).input;
    paths.push(meter.event("duplicate event", photo, stack.execute(&again)).await);
    let rejected = stack.measure(text, "no image at all, only text", "image/jpeg");
    paths.push(meter.event("not an image", text, rejected).await);
    let by_hand = stack.event("Object Created", photo, None);
    let mut by_hand = meter.event("started by hand", photo, stack.execute(&by_hand)).await;
    by_hand.events = 0;
    let absent = async {
        stack.delete(photo).await;
        // The fifth execution of this object. The first four came from two uploads, a duplicate
        // event, and a start by hand.
        stack.ended(photo, 5).await.swap_remove(0)
    };
    paths.push(meter.event("image, deleted", photo, absent).await);
    paths.push(by_hand);
    // The photo must exist again: `Meter::item_bytes` reads the size of the photo's item, and
    // `queries` requests the photo.
    stack.measure(photo, jpeg(60_000), "image/jpeg").await;
    meter.skip(3).await;
    paths
}

/// Adds [`IMAGES`] records of images to the table. No objects are uploaded for them, because a
/// listing does not read objects.
async fn fill(stack: &TestStack) {
    let catalog = stack.catalog();
    for number in 0..IMAGES {
        let key = format!("uploads/costs/filling/{number:04}.jpg");
        let order = Order::After(Sequencer::parse("01").unwrap());
        let image = observed::image("image/jpeg", 1_000 + number);
        catalog.record(&key, &order, &image).await.unwrap();
    }
}

async fn queries(meter: &Meter) -> Vec<PathCounts> {
    let api = meter.stack.stack.api();
    let photo = "uploads/costs/photo.jpg";
    let (metadata, file) = (api.metadata_url(photo), api.file_url(photo));
    let unknown = api.metadata_url("uploads/costs/unknown.jpg");
    let url = |path: &str| format!("{}{path}", meter.stack.stack.outputs.api_url);
    let etag = client::get(&file, &[]).await.header("etag").to_owned();
    meter.skip(1).await;
    let unchanged = [("If-None-Match", etag.as_str())];
    vec![
        meter.query("metadata", &metadata, &[], 200).await,
        meter.query("metadata, unknown key", &unknown, &[], 404).await,
        meter.query("image", &file, &[], 200).await,
        meter.query("image, unchanged", &file, &unchanged, 304).await,
        meter.query("overview", &url("/images/info"), &[], 200).await,
        meter.query("page of 20 by key", &url("/images?limit=20"), &[], 200).await,
        meter.query("page of 20 by size", &url("/images?limit=20&sort=-size"), &[], 200).await,
        meter.query("OpenAPI document", &url("/openapi.json"), &[], 200).await,
    ]
}

/// The table's current item for a key.
async fn item(stack: &TestStack, key: &str) -> Option<harness::snapshot::Item> {
    let request = stack.stack.aws.dynamodb.get_item().consistent_read(true);
    let request = request.table_name(&stack.stack.outputs.table_name);
    request.key("s3objectkey", AttributeValue::S(key.into())).send().await.unwrap().item
}
