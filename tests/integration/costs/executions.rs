//! The counts of an execution, from its history: state transitions, invocations, table reads and
//! log bytes.

use aws_sdk_sfn::types::HistoryEvent;
use costs_and_scale::counts::PathCounts;
use serde_json::{Value, json};

/// Adds an execution's counts to `counts`, but not the calls that its functions make.
pub(super) fn count(history: &[HistoryEvent], arn: &str, counts: &mut PathCounts) {
    for event in history {
        counts.transitions += u32::from(event.state_entered_event_details.is_some());
        // On AWS, `resource` is a word such as `invoke`. On the emulator, it is an ARN that ends in
        // `:` and the word.
        let task = event.task_scheduled_event_details.as_ref();
        match task.and_then(|task| task.resource.rsplit(':').next()) {
            Some("invoke") => counts.invocations += 1,
            Some("getItem") => {
                counts.table_calls += 1;
                counts.table_waits += 1;
                // Records are below 4 KB, so a consistent read takes one unit.
                counts.read_units += 1.0;
            }
            None => {}
            other => panic!("no costs are known for the task resource {other:?}"),
        }
        let line = log_line(event, arn);
        let bytes = line.to_string().len() as u64;
        counts.execution_log_bytes += bytes;
        counts.execution_log_bytes_without_data += without_data(line).to_string().len() as u64;
        if is_error(event) {
            counts.execution_log_bytes_at_error += bytes;
        }
    }
}

/// The line that is logged if `includeExecutionData` is false: without inputs, outputs and
/// parameters. Error and cause stay, because AWS does not document that this setting affects them.
fn without_data(mut line: Value) -> Value {
    if let Some(details) = line["details"].as_object_mut() {
        for member in ["input", "inputDetails", "output", "outputDetails", "parameters"] {
            details.remove(member);
        }
    }
    line
}

/// True if a log at level ERROR includes the event
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level>).
fn is_error(event: &HistoryEvent) -> bool {
    let name = event.r#type.as_str();
    name == "FailStateEntered"
        || ["Aborted", "Failed", "TimedOut"].iter().any(|end| name.ends_with(end))
}

/// The line that Step Functions logs for an event if `includeExecutionData` is true
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>). The emulator logs no such
/// lines.
fn log_line(event: &HistoryEvent, arn: &str) -> Value {
    let details = [
        event.execution_started_event_details.as_ref().map(
            |it| json!({"input": it.input, "inputDetails": {"truncated": false}, "roleArn": it.role_arn}),
        ),
        event.state_entered_event_details.as_ref().map(
            |it| json!({"input": it.input, "inputDetails": {"truncated": false}, "name": it.name}),
        ),
        event.task_scheduled_event_details.as_ref().map(|it| {
            json!({"parameters": it.parameters, "region": it.region, "resource": it.resource,
                   "resourceType": it.resource_type, "timeoutInSeconds": "15"})
        }),
        event.task_started_event_details.as_ref().map(
            |it| json!({"resource": it.resource, "resourceType": it.resource_type}),
        ),
        event.task_succeeded_event_details.as_ref().map(|it| {
            json!({"output": it.output, "outputDetails": {"truncated": false},
                   "resource": it.resource, "resourceType": it.resource_type})
        }),
        event.task_failed_event_details.as_ref().map(|it| {
            json!({"cause": it.cause, "error": it.error, "resource": it.resource,
                   "resourceType": it.resource_type})
        }),
        event.state_exited_event_details.as_ref().map(
            |it| json!({"name": it.name, "output": it.output, "outputDetails": {"truncated": false}}),
        ),
        event.execution_succeeded_event_details.as_ref().map(
            |it| json!({"output": it.output, "outputDetails": {"truncated": false}}),
        ),
    ];
    let details = details.into_iter().flatten().next().unwrap_or_default();
    json!({
        "id": event.id.to_string(), "type": event.r#type.as_str(), "details": details,
        "previous_event_id": event.previous_event_id.to_string(),
        "event_timestamp": "1795356000000", "execution_arn": arn, "redrive_count": "0",
    })
}
