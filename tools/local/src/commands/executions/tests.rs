use serde_json::{Value, json};

use super::*;
use crate::executions::{Attempt, AttemptResult, Step, StepResult};

fn execution(key: &str, status: Status, output: Option<Value>) -> Execution {
    Execution {
        status,
        started: 100.0,
        stopped: (status != Status::Running).then_some(100.42),
        input: json!({}),
        output,
        error: (status == Status::Failed).then(|| "CatalogUnavailable".to_owned()),
        ..Execution::running(key)
    }
}

fn with_id(id: &str, execution: Execution) -> Execution {
    Execution { arn: format!("arn:aws:states:us-east-1:0:execution:machine:{id}"), ..execution }
}

/// Sets the id of an execution to `digit`, written 32 times.
fn named(digit: u8, execution: Execution) -> Execution {
    with_id(&digit.to_string().repeat(32), execution)
}

#[test]
fn ids_are_as_long_as_it_takes_to_tell_them_apart() {
    let of = |id: &str| with_id(id, execution("uploads/a", Status::Succeeded, None));
    let shown = list(&[of("1234567890-a"), of("1234567890-b")], 160.0);
    assert!(shown.contains("1234567890-a") && shown.contains("1234567890-b"), "{shown}");
    let shown = list(&[of("1234567890-a"), of("2234567890-b")], 160.0);
    assert!(shown.contains(" 12345678 ") && shown.contains(" 22345678 "), "{shown}");
}

#[test]
fn a_whole_key_or_an_id_selects_executions_and_a_part_of_a_key_only_if_it_is_alone() {
    let of = |digit, key| named(digit, execution(key, Status::Succeeded, None));
    let found = [of(1, "uploads/cat.jpg"), of(2, "uploads/a cat.jpg"), of(3, "uploads/cat.jpg")];
    let ids = |what: &str| {
        let prefix: contract::KeyPrefix = "uploads/".parse().unwrap();
        let selected = selected(&found, what, &prefix.full_key(what))?;
        Some(selected.iter().map(|it| it.id()[..1].to_owned()).collect::<String>())
    };
    assert_eq!(ids("cat.jpg").as_deref(), Some("13"));
    assert_eq!(ids("uploads/a cat.jpg").as_deref(), Some("2"));
    assert_eq!(ids(&"2".repeat(32)).as_deref(), Some("2"));
    assert_eq!(ids(&found[2].arn).as_deref(), Some("3"));
    assert_eq!(ids("cat"), None);
    assert!(super::selected(&found[1..2], "cat", "uploads/cat").is_some());
}

#[test]
fn a_list_says_that_it_leaves_executions_out() {
    let note = left_out(20, &Filter::default());
    assert_eq!(
        note,
        "The newest 20 executions. There are older ones: add --limit 100, or select with a part \
         of a key, --failed or --status.\n"
    );
    assert!(left_out(1, &Filter::default()).starts_with("The newest 1 execution. "));
}

#[test]
fn details_say_that_they_leave_executions_out() {
    let note = left_out_of_details;
    assert_eq!(note(1, 0, false), None);
    let exact = "2 older executions not shown: add --limit 3 to see them.\n";
    assert_eq!(note(1, 2, false).as_deref(), Some(exact));
    let unknown = "The newest 20 executions. There may be older ones: add --limit 100.\n";
    assert_eq!(note(20, 0, true).as_deref(), Some(unknown));
}

#[test]
fn list_is_a_table() {
    let rejected = json!({"status": "rejected", "reason": "CorruptImage", "message": "it\nends"});
    let executions = [
        execution("uploads/cat.jpg", Status::Succeeded, Some(json!({"status": "image"}))),
        execution(
            "uploads/late one.jpg",
            Status::Succeeded,
            Some(json!({"status": "absent", "outcome": "stale"})),
        ),
        execution("uploads/\u{1b}[2Jx", Status::Running, None),
        execution("uploads/é.png", Status::Failed, None),
        execution("uploads/b", Status::Succeeded, Some(rejected)),
    ];
    let executions: Vec<_> = (1..).zip(executions).map(|(digit, it)| named(digit, it)).collect();
    insta::assert_snapshot!(list(&executions, 160.0), @"
    STATUS     OUTCOME                           EVENT      STARTED  DURATION  ID        KEY
    SUCCEEDED  image                             created  1 min ago    0.42 s  11111111  uploads/cat.jpg
    SUCCEEDED  absent (stale)                    created  1 min ago    0.42 s  22222222  uploads/late one.jpg
    RUNNING                                      created  1 min ago            33333333  uploads/\\u{1b}[2Jx
    FAILED     CatalogUnavailable                created  1 min ago    0.42 s  44444444  uploads/é.png
    SUCCEEDED  rejected: CorruptImage: it\\nends  created  1 min ago    0.42 s  55555555  uploads/b
    ");
}

/// A state with a failed attempt, a running attempt, and an error that a `Catch` handled.
fn caught() -> Step {
    let attempt = |start, duration, result| Attempt {
        event: 0,
        function: None,
        request_id: None,
        start,
        duration,
        result,
    };
    let error = |name: &str, message: &str| {
        (name.to_owned(), json!({ "errorMessage": message }).to_string())
    };
    let (name, why) = error("StorageUnavailable", "S3 is slow");
    let (error, cause) = error("CorruptImage", "ends early");
    Step {
        state: "ReadDimensions".to_owned(),
        kind: "Task".to_owned(),
        result: StepResult::Caught { error, cause },
        start: 0.1,
        duration: Some(0.3),
        input: json!({"key": "uploads/cat.jpg", "object": {"size": 1}}),
        output: Some(json!({"key": "uploads/cat.jpg", "object": {"size": 2}, "tags": ["a", null]})),
        attempts: vec![
            attempt(0.1, Some(0.05), AttemptResult::Failed { error: name, cause: why }),
            attempt(0.2, None, AttemptResult::Running),
        ],
    }
}

fn rejected() -> Execution {
    let output = json!({"status": "rejected", "reason": "CorruptImage", "message": "ends early"});
    named(5, execution("uploads/cat.jpg", Status::Succeeded, Some(output)))
}

#[test]
fn details_show_durations_retries_errors_and_what_each_state_added() {
    console::set_colors_enabled(false);
    insta::assert_snapshot!(details(&rejected(), &[caught()]), @r"
    uploads/cat.jpg SUCCEEDED, rejected: CorruptImage: ends early, 0.42 s
    55555555555555555555555555555555
     1. ReadDimensions (Task) caught CorruptImage: ends early  +0.10 s 0.30 s
          attempt 1  failed after 0.05 s: StorageUnavailable: S3 is slow
          attempt 2  running
          object.size 2, tags.0 a, tags.1 null
    ");
}

#[test]
fn verbose_details_show_inputs_and_outputs() {
    console::set_colors_enabled(false);
    let step = Step { output: Some(json!({})), input: json!({"key": "uploads/x"}), ..caught() };
    insta::assert_snapshot!(verbose(&rejected(), &[step]), @r#"
    uploads/cat.jpg SUCCEEDED, rejected: CorruptImage: ends early, 0.42 s
    55555555555555555555555555555555
    arn:aws:states:us-east-1:0:execution:machine:55555555555555555555555555555555

     1. ReadDimensions (Task) caught CorruptImage: ends early  +0.10 s 0.30 s
        attempt 1  failed after 0.05 s: StorageUnavailable: S3 is slow
        attempt 2  running
        input
          {
            "key": "uploads/x"
          }
        output
          {}
    "#);
}

#[test]
fn an_error_is_shown_whole() {
    console::set_colors_enabled(false);
    let cause = "x".repeat(1000);
    let mut failed = execution("uploads/a", Status::Failed, None);
    failed.cause = Some(json!({ "errorMessage": &cause }).to_string());
    assert!(details(&failed, &[]).contains(&cause));
}

#[test]
fn limit_is_at_least_one() {
    assert_eq!(limit("3"), Ok(3));
    assert!(limit("0").is_err() && limit("-1").is_err() && limit("x").is_err());
}
