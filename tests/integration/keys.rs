//! Keys that are easily corrupted on their way from S3 through EventBridge, the state machine and
//! the table to the API's paths.

use harness::{TestStack, picture, run};
use local::executions::Outcome;

fn round_trip(name: &str) {
    run(async {
        let stack = TestStack::shared().await;
        let key = format!("uploads/{name}");
        let bytes = picture::png(17, 19, 0);
        let execution = stack.measure(&key, bytes.clone(), "image/png").await;
        assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        let (status, metadata) = stack.metadata(&key).await;
        assert_eq!(status, 200, "{metadata}");
        assert_eq!(metadata["s3objectkey"], key);
        assert!(stack.file(&key).await.body == bytes, "the image differs from what was uploaded");
    });
}

#[test]
fn spaces() {
    round_trip("keys/two words.png");
}

#[test]
fn plus_signs() {
    round_trip("keys/a+b.png");
}

#[test]
fn percent_signs() {
    round_trip("keys/100%.png");
}

#[test]
fn escapes_as_letters() {
    round_trip("keys/a%2Fb%20c%25d.png");
}

#[test]
fn question_marks_and_hashes() {
    round_trip("keys/what?#1&x=y.png");
}

#[test]
fn accents() {
    round_trip("keys/é.png");
}

#[test]
fn emoji() {
    round_trip("keys/🦀.png");
}

#[test]
fn quotes_and_backslashes() {
    round_trip("keys/\"it's\" \\ {% $x %}.png");
}

#[test]
fn dots_as_names() {
    round_trip("keys/a/../b/./c.png");
}

#[test]
fn slashes_in_a_row() {
    round_trip("keys//a///b.png");
}

#[test]
fn a_thousand_bytes() {
    round_trip(&format!("keys/{}", "long".repeat(248)));
}
