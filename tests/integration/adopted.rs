//! A bucket that existed before its stack: `pulumi/adopt.py` reads the bucket on the emulator, and
//! the local deployment takes the bucket over as `pulumi import` and `pulumi up` would.

mod script;
mod settings;

use aws_sdk_s3::Client;
use futures_util::StreamExt as _;
use harness::{TestStack, env_or, picture, run};
use serde_json::json;

use self::script::Adoption;
use self::settings::{Owner, Settings};
use crate::reconcile::bucket::Bucket;
use crate::reconcile::{reconciled, tally};

const BUCKET: &str = "holiday-photos";
const PREFIX: &str = "photos/";

const CONCURRENCY: usize = 32;

/// Writes images under the prefix, and one image outside of the prefix.
async fn fill(s3: &Client, images: usize) {
    let put = async |key: String, bytes: Vec<u8>| {
        let put = s3.put_object().bucket(BUCKET).key(key).body(bytes.into());
        put.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    };
    put("scans/outside.png".into(), picture::png(1, 1, 0)).await;
    let keys = (0..images).map(|number| (format!("{PREFIX}{number:05}.png"), number % 100));
    futures_util::stream::iter(keys)
        .for_each_concurrent(CONCURRENCY, async |(key, padding)| {
            put(key, picture::png(3, 2, padding)).await;
        })
        .await;
}

#[test]
fn a_bucket_with_settings_of_its_own_is_adopted_and_keeps_them() {
    run(async {
        let aws = &TestStack::shared().await.stack.aws;
        let owner = Owner::create(aws, BUCKET).await;
        let number = env_or("PIXGAUGE_ADOPTED_OBJECTS", 200);
        fill(&aws.s3, number).await;
        let before = Settings::of(&aws.s3, BUCKET).await;

        let adoption = Adoption::run(aws, BUCKET, "adopted", PREFIX).await;
        assert_eq!(Settings::of(&aws.s3, BUCKET).await, before, "the script changes nothing");
        let settings = adoption.settings();
        let settings = settings.iter().map(|(key, value)| (&**key, value.clone()));
        // The script's settings protect the table from deletion. Such a table must have
        // point-in-time recovery, which Pulumi.local.yaml turns off.
        let settings: Vec<_> = settings.chain([("pointInTimeRecovery", json!(true))]).collect();
        let stack = TestStack::configured("adopted", &settings).await;
        assert_eq!(stack.stack.outputs.bucket_name, BUCKET);
        let mut expected = before.clone();
        expected.notifications["EventBridgeConfiguration"] = json!({});
        assert_eq!(Settings::of(&aws.s3, BUCKET).await, expected);
        // A second deployment changes nothing in the bucket's settings.
        let stack = TestStack::configured("adopted", &settings).await;
        assert_eq!(Settings::of(&aws.s3, BUCKET).await, expected);

        let started = std::time::Instant::now();
        let report = reconciled(&stack).await;
        println!("reconciliation of {number} objects in {:.1?}", started.elapsed());
        assert_eq!((report.objects, report.failed), (tally(number as u64, number as u64, 0), 0));
        Bucket::of(&stack).assert_is_the_catalog().await;
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": number}));

        // An upload now starts an execution, and the owner's queue still gets a message about the
        // upload.
        let key = format!("{PREFIX}new.png");
        owner.forget_messages(aws).await;
        stack.measure(&key, picture::png(7, 5, 0), "image/png").await;
        assert_eq!(stack.metadata(&key).await.1["width"], "7");
        stack
            .until("the queue's message", async || owner.was_told(aws, &key).await.then_some(()))
            .await;
        let outside = stack.metadata("scans/outside.png").await;
        assert_ne!(outside.0, 200, "{}", outside.1);
    });
}
