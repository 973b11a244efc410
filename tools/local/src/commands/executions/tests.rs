use serde_json::json;

use super::*;

fn execution(key: &str, status: Status, output: Option<Value>) -> Execution {
    Execution {
        arn: "arn:aws:states:us-east-1:000000000000:execution:machine:name".to_owned(),
        status,
        started: 100.0,
        stopped: (status != Status::Running).then_some(100.42),
        input: json!({}),
        output,
        error: (status == Status::Failed).then(|| "CatalogUnavailable".to_owned()),
        ..Execution::running(key)
    }
}

#[test]
fn list_is_a_table() {
    let executions = [
        execution("uploads/cat.jpg", Status::Succeeded, Some(json!({"status": "image"}))),
        execution(
            "uploads/late one.jpg",
            Status::Succeeded,
            Some(json!({"status": "absent", "outcome": "stale"})),
        ),
        execution("uploads/\u{1b}[2Jx", Status::Running, None),
        execution("uploads/é.png", Status::Failed, None),
    ];
    insta::assert_snapshot!(list(&executions, 160.0), @"
    STATUS     OUTCOME             EVENT    KEY                     STARTED  DURATION
    SUCCEEDED  image               created  uploads/cat.jpg       1 min ago    0.42 s
    SUCCEEDED  absent (stale)      created  uploads/late one.jpg  1 min ago    0.42 s
    RUNNING                        created  uploads/\\u{1b}[2Jx    1 min ago
    FAILED     CatalogUnavailable  created  uploads/é.png         1 min ago    0.42 s
    ");
}

#[test]
fn details_show_retries_and_catches() {
    console::set_colors_enabled(false);
    let failed = AttemptResult::Failed {
        error: "StorageUnavailable".to_owned(),
        cause: "{\"errorMessage\":\"S3 is slow\"}".to_owned(),
    };
    let steps = [Step {
        state: "ReadDimensions".to_owned(),
        kind: "Task".to_owned(),
        result: StepResult::Caught {
            error: "CorruptImage".to_owned(),
            cause: "{\"errorMessage\":\"ends early\"}".to_owned(),
        },
        start: 0.1,
        duration: Some(0.3),
        input: json!({"key": "uploads/cat.jpg"}),
        output: Some(json!({})),
        attempts: vec![
            Attempt { start: 0.1, duration: Some(0.05), result: failed },
            Attempt { start: 0.2, duration: None, result: AttemptResult::Running },
        ],
    }];
    let output = json!({"status": "rejected", "reason": "CorruptImage"});
    let execution = execution("uploads/cat.jpg", Status::Succeeded, Some(output));
    insta::assert_snapshot!(details(&execution, &steps), @r#"
    uploads/cat.jpg SUCCEEDED, rejected: CorruptImage, 0.42 s
    arn:aws:states:us-east-1:000000000000:execution:machine:name

     1. ReadDimensions (Task) caught CorruptImage: ends early  +0.10 s 0.30 s
        attempt 1  failed after 0.05 s: StorageUnavailable: S3 is slow
        attempt 2  running
        input
          {
            "key": "uploads/cat.jpg"
          }
        output
          {}
    "#);
}

#[test]
fn prefix_of_a_key_is_optional() {
    assert_eq!(full_key("a b.jpg"), "uploads/a b.jpg");
    assert_eq!(full_key("uploads/a b.jpg"), "uploads/a b.jpg");
}

#[test]
fn limit_is_at_least_one() {
    assert_eq!(limit("3"), Ok(3));
    assert!(limit("0").is_err() && limit("-1").is_err() && limit("x").is_err());
}
