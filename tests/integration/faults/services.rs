//! States that call a service directly, without a function. The proxy cannot see these calls, so
//! the emulator mocks their errors: see `tests/harness/mocked_errors.json`.

use contract::{FailureClass, Service, class_of};
use futures_util::StreamExt as _;
use harness::proxy::{Fault, Rule};
use harness::{FaultyStack, run};
use local::executions::Outcome;
use serde_json::json;

use super::{CONCURRENCY, errors};

/// Error codes that the SDK declares for `GetItem`. In Step Functions, the name of an error with
/// one of these codes contains the code. An error with any other code is named
/// `DynamoDB.AmazonDynamoDBException`.
const CODES: [&str; 6] = [
    "InternalServerError",
    "InvalidEndpointException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "ThrottlingException",
];

#[test]
fn a_fault_that_stays_at_read_record_ends_in_the_failure_queue() {
    run(async {
        let stack = FaultyStack::shared().await;
        let codes = CODES.map(|code| (code, class_of(Service::DynamoDb, code)));
        let others = ["Latency", "Reset", "AmazonDynamoDBException"];
        let others = others.map(|fault| (fault, Some(FailureClass::Transient)));
        futures_util::stream::iter(codes.into_iter().chain(others))
            .for_each_concurrent(CONCURRENCY, async |(fault, class)| {
                let key = format!("uploads/by-hand/{fault}");
                let event = stack.stack.event("Object Created", &key, None);
                let case = format!("ReadRecord-{fault}");
                let execution = stack.stack.execute_case(&case, &event).await;
                let errors = errors(&stack.stack, &execution, "ReadRecord").await;
                let retried = errors.len() >= 4;
                assert_eq!(retried, class == Some(FailureClass::Transient), "{fault}: {errors:?}");
                let reported = stack.stack.reported(&execution).await;
                assert_eq!(reported["event"], event, "{fault}");
                println!("{fault} at ReadRecord: reported as {}", reported["error"]);
            })
            .await;
    });
}

#[test]
fn a_fault_that_stays_at_report_failure_fails_the_execution_with_the_first_error() {
    run(async {
        let stack = FaultyStack::shared().await;
        let faults = ["InternalError", "Throttling", "Latency", "Reset"];
        futures_util::stream::iter(faults)
            .for_each_concurrent(CONCURRENCY, async |fault| {
                let input = json!({"no": "event", "fault": fault});
                let case = format!("ReportFailure-{fault}");
                let execution = stack.stack.execute_case(&case, &input).await;
                assert_eq!(execution.outcome(), Outcome::Failed("InvalidInput".into()));
                // `ReportFailure` failed, but the input is not lost: the execution keeps it.
                assert_eq!(execution.input, input);
                assert_eq!(errors(&stack.stack, &execution, "ReportFailure").await.len(), 4);
                println!("{fault} at ReportFailure: failed as InvalidInput");
            })
            .await;
    });
}

/// A state machine passes values such as `waits` from state to state. An event cannot set them: its
/// members of the same names are ignored.
#[test]
fn an_event_says_nothing_about_the_progress_of_its_execution() {
    run(async {
        let stack = FaultyStack::shared().await;
        let members = [
            ("changes", json!("x")),
            ("changes", json!(9)),
            ("waits", json!("x")),
            ("baseline", json!({"revision": "x"})),
        ];
        futures_util::stream::iter(members.into_iter().enumerate())
            .for_each_concurrent(CONCURRENCY, async |(number, (name, value))| {
                let key = format!("uploads/progress/{number}");
                let mut event = stack.stack.event("Object Created", &key, None);
                event[name] = value;
                // The state `HeadObject` makes two attempts. Both fail, so the execution enters the
                // state again.
                stack.proxy.inject(Rule::new(Fault::SlowDown, &["HeadObject"], &key, 2));
                let execution = stack.stack.execute(&event).await;
                assert_eq!(execution.outcome(), Outcome::Absent, "{event}: {execution:?}");
                // The key has no record, so recording an absence changes nothing. If the execution
                // used the `baseline` in the event, the outcome would be `stale`.
                assert_eq!(execution.output.as_ref().unwrap()["outcome"], "unchanged", "{event}");
            })
            .await;
    });
}
