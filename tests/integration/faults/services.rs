//! States that call a service directly, without a function. The proxy cannot see these calls, so
//! the emulator mocks their errors: see `mocked_errors.json`.

use contract::{FailureClass, Service, class_of};
use futures_util::StreamExt as _;
use harness::{FaultyStack, run};
use local::executions::Outcome;
use serde_json::json;

use super::{CONCURRENCY, errors};

/// Codes that `GetItem` can end with: those that the SDK declares, and common ones.
const CODES: [&str; 8] = [
    "InternalServerError",
    "InvalidEndpointException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "ThrottlingException",
    "AccessDeniedException",
    "ValidationException",
];

#[test]
fn a_fault_that_stays_at_read_record_ends_in_the_failure_queue() {
    run(async {
        let stack = FaultyStack::shared().await;
        let codes = CODES.map(|code| (code, class_of(Service::DynamoDb, code)));
        let others = ["Latency", "Reset"].map(|fault| (fault, Some(FailureClass::Transient)));
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
                // The event is not lost: it is the execution's input.
                assert_eq!(execution.input, input);
                assert_eq!(errors(&stack.stack, &execution, "ReportFailure").await.len(), 4);
                println!("{fault} at ReportFailure: failed as InvalidInput");
            })
            .await;
    });
}
