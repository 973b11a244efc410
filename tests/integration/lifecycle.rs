//! The life cycle of an object: uploaded, overwritten, deleted.

use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::json;

#[test]
fn an_upload_is_measured_without_anyone_asking() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("lifecycle/cat.jpg");
        let bytes = picture::jpeg(1680, 1050, 0);
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
fn the_execution_goes_through_the_states_of_the_design() {
    run(async {
        let stack = TestStack::shared().await;
        let execution =
            stack.measure(&stack.key("lifecycle/states.png"), picture::png(2, 3, 0), "").await;
        let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.state.as_str()).collect();
        assert_eq!(names, ["HeadObject", "IsPresent?", "ReadDimensions", "PutMetadata"]);
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

#[test]
fn an_object_outside_the_prefix_is_ignored() {
    run(async {
        let stack = TestStack::shared().await;
        stack.upload("thumbnails/cat.png", picture::png(1, 1, 0), "image/png").await;
        // The emulator forwards events in order. If the rule matched the upload above, the
        // execution of that upload would start before the execution of the upload below.
        stack.measure(&stack.key("lifecycle/after.png"), picture::png(1, 1, 0), "image/png").await;
        let executions = stack.stack.executions.of_key("thumbnails/cat.png").await.unwrap();
        assert!(executions.is_empty(), "{executions:?}");
    });
}

#[test]
fn only_the_header_of_a_large_object_is_read() {
    run(async {
        let stack = TestStack::shared().await;
        let image = picture::png(8000, 6000, 3_000_000);
        let size = image.len() as u64;
        let execution = stack.measure(&stack.key("lifecycle/large.png"), image, "image/png").await;
        let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
        let read = steps.iter().find(|step| step.state == "ReadDimensions").unwrap();
        let output = serde_json::to_value(read).unwrap()["output"]["image"].clone();
        assert_eq!(output["gets"], 1, "{output}");
        assert!(output["bytesRead"].as_u64().unwrap() * 40 < size, "{output}");
    });
}
