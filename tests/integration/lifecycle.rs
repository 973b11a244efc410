//! The life cycle of an object: uploaded, overwritten, deleted. `hostile.rs` has late, duplicated
//! and reordered events.

use futures_util::future::join_all;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

#[test]
fn an_upload_is_measured_without_anyone_asking() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("lifecycle/cat.png");
        let bytes = picture::png(8000, 6000, 3_000_000);
        let execution = stack.measure(key, bytes.clone(), "application/octet-stream").await;
        assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        let (status, metadata) = stack.metadata(key).await;
        assert_eq!(status, 200);
        // The document begins with the fields that no image lacks, in the documented order. Numbers
        // are strings.
        let text = metadata.to_string();
        let size = bytes.len();
        assert!(
            text.starts_with(&format!(
                r#"{{"s3objectkey":"{key}","size":"{size}","contentType":"image/png","width":"8000","height":"6000","#
            )),
            "{text}"
        );
        let file = stack.file(key).await;
        assert_eq!((file.status, file.content_type.as_deref()), (200, Some("image/png")));
        assert!(file.body == bytes, "the image differs from what was uploaded");

        let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.state.as_str()).collect();
        assert_eq!(names, ["HeadObject", "IsPresent?", "ReadDimensions", "PutMetadata"]);
        let read = serde_json::to_value(&steps[2]).unwrap()["output"]["image"].clone();
        assert_eq!(read["gets"], 1, "{read}");
        let read = read["bytesRead"].as_u64().unwrap();
        assert!(read * 40 < size as u64, "{read} bytes are more than the header");
    });
}

/// Misleading uploads. Tests of `crates/probe` have objects of every kind; only a stack shows what
/// clients are told.
#[test]
fn what_is_no_image_is_rejected_with_the_reason() {
    run(async {
        let stack = TestStack::shared().await;
        let truncated = picture::jpeg(10, 10, 0)[..9].to_vec();
        let uploads = [
            ("truncated.jpg", truncated, "CorruptImage"),
            ("text.jpg", b"These are words.\n".to_vec(), "UnsupportedImage"),
            ("folder/", Vec::new(), "UnsupportedImage"),
        ];
        join_all(uploads.map(async |(name, bytes, reason)| {
            let key = stack.key(&format!("lifecycle/no image/{name}"));
            let execution = stack.measure(&key, bytes, "image/jpeg").await;
            assert_eq!(execution.outcome(), Outcome::Rejected(reason.into()), "{name}");
            let (status, body) = stack.metadata(&key).await;
            let error = body["error"].as_str().unwrap();
            assert_eq!(status, 404, "{name}");
            assert!(error.starts_with(&format!("{key} not found!")), "{error}");
            assert!(error.contains(reason), "{error}");
            assert_eq!(stack.file(&key).await.status, 404, "{name} is served");
        }))
        .await;
        // The key prefix itself is a key like any other.
        let execution = stack.measure(&stack.key(""), picture::png(2, 3, 0), "image/png").await;
        assert_eq!(execution.outcome(), Outcome::Image);
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

        // Overwritten by a smaller image of another type.
        stack.measure(a, picture::gif(1, 2), "image/png").await;
        let (_, metadata) = stack.metadata(a).await;
        assert_eq!((&metadata["width"], &metadata["height"]), (&json!("1"), &json!("2")));
        assert_eq!(metadata["contentType"], "image/gif");
        assert_eq!(stack.info().await["contentTypes"], json!({"image/gif": 2}));

        // Overwritten by an object that is not an image.
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
