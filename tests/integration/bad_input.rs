//! Misleading uploads. Each is recorded as an image, or as a rejection with a reason; no execution
//! fails. These tests check what clients are told. The tests of `crates/probe` cover every kind of
//! object.

use harness::{TestStack, picture, run};
use local::executions::Outcome;

#[test]
fn what_is_not_an_image_is_rejected_with_the_reason() {
    let truncated = picture::jpeg(10, 10, 0)[..9].to_vec();
    let rows = [
        ("truncated.jpg", truncated, "CorruptImage"),
        ("text.jpg", b"These are words.\n".to_vec(), "UnsupportedImage"),
        ("folder/", Vec::new(), "UnsupportedImage"),
    ];
    run(async {
        let stack = TestStack::shared().await;
        for (name, bytes, reason) in rows {
            let key = stack.key(&format!("bad input/{name}"));
            let execution = stack.measure(&key, bytes, "image/jpeg").await;
            assert_eq!(execution.outcome(), Outcome::Rejected(reason.into()));
            let (status, body) = stack.metadata(&key).await;
            let error = body["error"].as_str().unwrap();
            assert_eq!(status, 404);
            assert!(error.starts_with(&format!("{key} not found!")), "{error}");
            assert!(error.contains(reason), "{error}");
            assert_eq!(stack.file(&key).await.status, 404, "a rejected object is not served");
        }
        // The stack's prefix, with nothing after it, is a key like any other.
        let execution = stack.measure(&stack.key(""), picture::png(2, 3, 0), "image/png").await;
        assert_eq!(execution.outcome(), Outcome::Image);
    });
}
