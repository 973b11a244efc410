//! The life cycle of an object: uploaded, overwritten, deleted. `hostile.rs` is about events that
//! arrive late, twice or out of order.

use futures_util::future::join_all;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

#[test]
fn an_upload_is_measured_without_anyone_asking() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("lifecycle/cat.jpg");
        let mut bytes = picture::jpeg(1680, 1050, 0);
        // `read-dimensions` should read only the beginning of these bytes.
        bytes.resize(3_000_000, 0);
        let execution = stack.measure(key, bytes.clone(), "application/octet-stream").await;
        assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.state.as_str()).collect();
        assert_eq!(names, ["HeadObject", "IsPresent?", "ReadDimensions", "PutMetadata"]);
        let read = serde_json::to_value(&steps[2]).unwrap()["output"]["image"].clone();
        assert_eq!(read["gets"], 1, "{read}");
        assert!(read["bytesRead"].as_u64().unwrap() * 40 < 3_000_000, "{read}");
        let (status, metadata) = stack.metadata(key).await;
        assert_eq!(status, 200);
        // The API contract requires these five fields in this order, and numbers as strings.
        let text = metadata.to_string();
        let size = bytes.len();
        assert!(
            text.starts_with(&format!(
                r#"{{"s3objectkey":"{key}","size":"{size}","contentType":"image/jpeg","width":"1680","height":"1050","#
            )),
            "{text}"
        );
        let file = stack.file(key).await;
        assert_eq!((file.status, file.content_type.as_deref()), (200, Some("image/jpeg")));
        assert!(file.body == bytes, "the image differs from what was uploaded");
    });
}

#[test]
fn overwrites_and_deletes_are_followed_by_every_answer() {
    run(async {
        let stack = TestStack::elsewhere("lifecycle").await;
        assert_eq!(stack.info().await["contentTypes"], json!({}));
        assert_eq!(stack.info().await["highestSizeImage"], json!(null));

        let (a, b) = (&stack.key("a.png"), &stack.key("b.gif"));
        stack.measure(a, picture::png(10, 20, 5_000), "image/png").await;
        stack.measure(b, picture::gif(30, 40), "image/gif").await;
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/gif": 1, "image/png": 1}));
        assert_eq!(info["highestSizeImage"], **a);
        assert_eq!(info["lowestSizeImage"], **b);

        // `a` is overwritten by a smaller image of another type.
        stack.measure(a, picture::gif(1, 2), "image/png").await;
        let (_, metadata) = stack.metadata(a).await;
        assert_eq!((&metadata["width"], &metadata["height"]), (&json!("1"), &json!("2")));
        assert_eq!(metadata["contentType"], "image/gif");
        assert_eq!(stack.info().await["contentTypes"], json!({"image/gif": 2}));

        // `b` is overwritten by an object that is not an image.
        stack.measure(b, "text", "image/gif").await;
        assert_eq!(stack.metadata(b).await.0, 404);
        assert_eq!(stack.info().await["contentTypes"], json!({"image/gif": 1}));

        stack.delete(a).await;
        stack.ended(a, 3).await;
        let (status, gone) = stack.metadata(a).await;
        assert_eq!((status, gone), (404, json!({"error": format!("{a} not found!")})));
        assert_eq!(stack.file(a).await.status, 404);
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({}));
        assert_eq!((&info["highestSizeImage"], &info["totalBytes"]), (&json!(null), &json!(0)));
    });
}

#[test]
fn an_object_outside_the_prefix_is_ignored() {
    run(async {
        let stack = TestStack::shared().await;
        stack.upload("thumbnails/cat.png", picture::png(1, 1, 0), "image/png").await;
        // The emulator forwards events in order, so an execution for the upload above would start
        // before the execution for the upload below.
        stack.measure(&stack.key("lifecycle/after.png"), picture::png(1, 1, 0), "image/png").await;
        let executions = stack.stack.executions.of_key("thumbnails/cat.png").await.unwrap();
        assert!(executions.is_empty(), "{executions:?}");
    });
}

#[test]
fn fifty_uploads_at_once_are_all_measured_and_counted() {
    run(async {
        let stack = TestStack::elsewhere("burst").await;
        let keys: Vec<_> = (1..=50).map(|number| stack.key(&format!("{number}.png"))).collect();
        join_all(
            keys.iter()
                .zip(1..)
                .map(|(key, width)| stack.upload(key, picture::png(width, 1, 0), "image/png")),
        )
        .await;
        // One request counts all executions. Describing each execution would slow the
        // executions down.
        let ended =
            async || (stack.stack.executions.count_ended().await.unwrap() >= 50).then_some(());
        stack.until("50 executions", ended).await;
        for execution in stack.ended_all(keys.len()).await {
            assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        }
        let info = stack.info().await;
        assert_eq!(info["contentTypes"], json!({"image/png": 50}));
        for (key, width) in keys.iter().zip(1..) {
            assert_eq!(stack.metadata(key).await.1["width"], width.to_string());
        }
    });
}
