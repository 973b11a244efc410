//! Misleading uploads. Each ends as an image or as a named rejection; no execution fails.

use harness::{TestStack, picture, run};
use local::executions::Outcome;

/// Uploads an object, and returns the outcome with the API's status and error.
async fn outcome_of(name: &str, bytes: Vec<u8>) -> (Outcome, u16, String) {
    let stack = TestStack::shared().await;
    let key = stack.key(&format!("bad input/{name}"));
    let execution = stack.measure(&key, bytes, "image/jpeg").await;
    let (status, body) = stack.metadata(&key).await;
    (execution.outcome(), status, body["error"].as_str().unwrap_or_default().to_owned())
}

fn rejected(name: &str, bytes: impl Into<Vec<u8>>, reason: &str) {
    run(async {
        let (outcome, status, error) = outcome_of(name, bytes.into()).await;
        assert_eq!(outcome, Outcome::Rejected(reason.into()));
        assert_eq!(status, 404);
        let stack = TestStack::shared().await;
        let key = stack.key(&format!("bad input/{name}"));
        assert!(error.starts_with(&format!("{key} not found!")), "{error}");
        assert!(error.contains(reason), "{error}");
        let file = stack.file(&key).await;
        assert_eq!(file.status, 404, "a rejected object is not served");
    });
}

fn measured(name: &str, bytes: Vec<u8>, content_type: &str) {
    run(async {
        let (outcome, status, _) = outcome_of(name, bytes).await;
        assert_eq!((outcome, status), (Outcome::Image, 200));
        let stack = TestStack::shared().await;
        let (_, metadata) = stack.metadata(&stack.key(&format!("bad input/{name}"))).await;
        assert_eq!(metadata["contentType"], content_type);
    });
}

#[test]
fn an_empty_object_is_rejected() {
    rejected("empty.jpg", "", "UnsupportedImage");
}

#[test]
fn a_truncated_image_is_rejected() {
    rejected("truncated.jpg", &picture::jpeg(10, 10, 0)[..9], "CorruptImage");
}

#[test]
fn text_that_is_named_as_an_image_is_rejected() {
    rejected("text.jpg", "These are words.\n", "UnsupportedImage");
}

#[test]
fn a_folder_marker_is_rejected() {
    rejected("folder/", "", "UnsupportedImage");
}

#[test]
fn the_prefix_itself_is_an_object_like_any_other() {
    run(async {
        let stack = TestStack::shared().await;
        let execution = stack.measure(&stack.key(""), picture::png(2, 3, 0), "image/png").await;
        assert_eq!(execution.outcome(), Outcome::Image);
    });
}

#[test]
fn a_png_that_is_named_jpg_is_a_png() {
    measured("png.jpg", picture::png(4, 5, 0), "image/png");
}

#[test]
fn an_upper_case_extension_does_not_matter() {
    measured("UPPER.JPG", picture::jpeg(4, 5, 0), "image/jpeg");
}

#[test]
fn a_missing_extension_does_not_matter() {
    measured("none", picture::gif(4, 5), "image/gif");
}
