//! Misleading uploads. Each ends as an image or as a named rejection; no execution fails. Tests of
//! `crates/probe` have objects of every kind; only a stack shows what clients are told.

use harness::{TestStack, picture, run};
use local::executions::Outcome;

fn rejected(name: &str, bytes: impl Into<Vec<u8>>, reason: &str) {
    run(async {
        let stack = TestStack::shared().await;
        let key = stack.key(&format!("bad input/{name}"));
        let execution = stack.measure(&key, bytes, "image/jpeg").await;
        assert_eq!(execution.outcome(), Outcome::Rejected(reason.into()));
        let (status, body) = stack.metadata(&key).await;
        let error = body["error"].as_str().unwrap();
        assert_eq!(status, 404);
        assert!(error.starts_with(&format!("{key} not found!")), "{error}");
        assert!(error.contains(reason), "{error}");
        assert_eq!(stack.file(&key).await.status, 404, "a rejected object is not served");
    });
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
