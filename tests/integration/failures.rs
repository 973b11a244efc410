//! Permanent failures: executions that fail, and leave their event in the failure queue.

use std::io::{Cursor, Write as _};

use aws_sdk_lambda::types::Environment;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

/// Starts an execution that fails, and checks that the failure queue gets its event, error and ARN.
async fn assert_reported(stack: &TestStack, event: &Value, error: &str) {
    let execution = stack.execute(event).await;
    assert_eq!(execution.outcome(), Outcome::Failed(error.into()), "{execution:?}");
    let failure = stack.failures(1).await.swap_remove(0);
    assert_eq!(&failure["event"], event);
    assert_eq!(failure["error"], error);
    assert_eq!(failure["execution"], execution.arn);
}

#[test]
fn a_table_that_refuses_ends_in_the_failure_queue() {
    run(async {
        let stack = TestStack::own("no-table").await;
        let table = &stack.stack.outputs.table_name;
        stack.stack.aws.dynamodb.delete_table().table_name(table).send().await.unwrap();
        let event = stack.event("Object Created", "uploads/a.png", Some("01"));
        assert_reported(&stack, &event, "TableRefused").await;
    });
}

#[test]
fn a_function_that_dies_is_retried_and_ends_in_the_failure_queue() {
    run(async {
        let stack = TestStack::with_fast_retries("dying").await;
        replace_code(&stack, "head-object", "#!/bin/sh\nexit 3\n").await;
        let event = stack.event("Object Created", "uploads/a.png", Some("01"));
        // The emulator's name for the error; AWS reports `Runtime.ExitError`.
        assert_reported(&stack, &event, "Runtime.Unknown").await;
        let execution =
            stack.stack.executions.of_key("uploads/a.png").await.unwrap().swap_remove(0);
        let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.state.as_str()).collect();
        let returning = ["HeadObject", "IsTimeLeft?", "BackOff", "Resume", "HeadObject"];
        assert_eq!(names[..5], returning, "{names:?}");
        assert!(names.ends_with(&["IsTimeLeft?", "ReportFailure", "Failed"]), "{names:?}");
        assert_eq!(steps[0].attempts.len(), 2, "one try and one retry");
    });
}

/// On AWS the error is `InvalidSettings`, which is not retried. The emulator reports another error,
/// with `InvalidSettings` in its cause.
#[test]
fn a_function_without_a_setting_names_it_in_the_failure_queue() {
    run(async {
        let stack = TestStack::with_fast_retries("no-setting").await;
        let environment = Environment::builder().variables("SHARDS", "8").build();
        let request = stack.stack.aws.lambda.update_function_configuration();
        let request = request.function_name(stack.function("put-metadata"));
        request.environment(environment).send().await.unwrap();
        let event = stack.event("Object Created", "uploads/a.png", Some("01"));
        stack.execute(&event).await;
        let failure = stack.failures(1).await.swap_remove(0);
        let cause = failure["cause"].as_str().unwrap();
        assert!(cause.contains("InvalidSettings") && cause.contains("TABLE_NAME"), "{failure}");
    });
}

#[test]
fn an_event_that_is_none_ends_in_the_failure_queue() {
    run(async {
        let stack = TestStack::own("no-event").await;
        assert_reported(&stack, &json!({"hello": "world"}), "InvalidInput").await;
    });
}

/// Changes to an event, each of which makes it invalid: a JSON pointer, and the value to put there;
/// null removes a member.
fn nonsense() -> [(&'static str, Value); 9] {
    [
        ("/detail/bucket/name", json!("the-bucket-of-somebody-else")),
        ("/detail/bucket/name", json!(5)),
        ("/detail/bucket", Value::Null),
        ("/detail/object/key", json!("")),
        ("/detail/object/key", json!(["uploads/a.png"])),
        ("/detail/object/key", Value::Null),
        ("/detail/object/sequencer", json!("soon")),
        ("/detail/object/sequencer", json!({"number": 1})),
        ("/detail", json!("uploads/a.png")),
    ]
}

#[test]
fn events_of_nothing_end_in_the_failure_queue_unchanged() {
    run(async {
        let stack = TestStack::own("nonsense-event").await;
        for (pointer, value) in nonsense() {
            let mut event = stack.event("Object Created", "uploads/a.png", Some("01"));
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            let parent = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            if value.is_null() {
                parent.remove(member);
            } else {
                parent.insert(member.to_owned(), value);
            }
            assert_reported(&stack, &event, "InvalidInput").await;
        }
    });
}

#[test]
fn a_table_that_refuses_is_no_404() {
    run(async {
        let stack = TestStack::own("no-table-api").await;
        stack.measure("uploads/a.png", picture::png(1, 1, 0), "image/png").await;
        let table = &stack.stack.outputs.table_name;
        stack.stack.aws.dynamodb.delete_table().table_name(table).send().await.unwrap();
        let (status, body) = stack.metadata("uploads/a.png").await;
        assert_eq!(status, 500);
        assert!(!body.to_string().contains(table.as_str()), "{body}");
    });
}

/// Replaces a function's code by this script.
async fn replace_code(stack: &TestStack, function: &str, script: &str) {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bootstrap", SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
    archive.write_all(script.as_bytes()).unwrap();
    let code = archive.finish().unwrap().into_inner();
    let bucket = &stack.stack.outputs.bucket_name;
    let name = bucket.split("-000000000000").next().unwrap();
    let lambda = &stack.stack.aws.lambda;
    lambda
        .update_function_code()
        .function_name(format!("{name}-{function}"))
        .zip_file(code.into())
        .send()
        .await
        .unwrap();
}
