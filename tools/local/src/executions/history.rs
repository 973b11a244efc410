//! From an execution's events to the states it went through.
//!
//! Step Functions reports an execution as a list of events: a state is
//! entered, its task is scheduled, fails, is scheduled again, and the state is
//! exited. See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.

use aws_sdk_sfn::types::HistoryEvent;
use serde::Serialize;
use serde_json::Value;

use super::execution::json;

/// One visit of a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The state's name.
    pub state: String,
    /// The state's type: `Task`, `Choice`, `Fail`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// How it ended.
    #[serde(flatten)]
    pub result: StepResult,
    /// When it was entered, in seconds after the execution's start.
    pub start: f64,
    /// How long it took, in seconds; none while it runs.
    pub duration: Option<f64>,
    /// What it was given.
    pub input: Value,
    /// What it passed on.
    pub output: Option<Value>,
    /// Each time its task was started: more than one when it was retried.
    pub attempts: Vec<Attempt>,
}

/// How a visit of a state ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub enum StepResult {
    /// It has not.
    Running,
    /// As planned.
    Succeeded,
    /// Its task failed, and a `Catch` of the state chose where to go on.
    Caught {
        /// The name of the error.
        error: String,
        /// What the error says.
        cause: String,
    },
    /// It ended the execution.
    Failed {
        /// The name of the error.
        error: String,
        /// What the error says.
        cause: String,
    },
}

/// One try of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it was started, in seconds after the execution's start.
    pub start: f64,
    /// How long it took, in seconds; none while it runs.
    pub duration: Option<f64>,
    /// How it ended.
    #[serde(flatten)]
    pub result: AttemptResult,
}

/// How one try of a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub enum AttemptResult {
    /// It has not.
    Running,
    /// Well.
    Succeeded,
    /// With an error.
    Failed {
        /// The name of the error.
        error: String,
        /// What the error says.
        cause: String,
    },
}

/// The states that an execution with these events went through, in order.
///
/// The events must be in order of time. What is not about states or tasks is
/// passed over, so that event types yet to come do no harm.
#[must_use]
pub fn steps(events: &[HistoryEvent]) -> Vec<Step> {
    let origin = events.first().map_or(0.0, |event| event.timestamp.as_secs_f64());
    let mut steps = Vec::new();
    for event in events {
        read(&mut steps, event, event.timestamp.as_secs_f64() - origin);
    }
    steps
}

fn read(steps: &mut Vec<Step>, event: &HistoryEvent, at: f64) {
    let name = event.r#type.as_str();
    if let Some(details) = &event.state_entered_event_details {
        let kind = name.strip_suffix("StateEntered").unwrap_or(name);
        steps.push(Step {
            state: details.name.clone(),
            kind: kind.to_owned(),
            result: StepResult::Running,
            start: at,
            duration: None,
            input: details.input.as_deref().map(json).unwrap_or_default(),
            output: None,
            attempts: Vec::new(),
        });
        return;
    }
    let Some(step) = steps.last_mut() else { return };
    if let Some(details) = &event.state_exited_event_details {
        exit(step, details.output.as_deref(), at);
    } else if matches!(name, "TaskScheduled" | "LambdaFunctionScheduled") {
        step.attempts.push(Attempt { start: at, duration: None, result: AttemptResult::Running });
    } else if matches!(name, "TaskSucceeded" | "LambdaFunctionSucceeded") {
        end_attempt(step, AttemptResult::Succeeded, at);
    } else if let Some((error, cause)) = execution_failure(event) {
        step.duration = Some(at - step.start);
        step.result = StepResult::Failed { error, cause };
    } else if let Some((error, cause)) = task_failure(event) {
        end_attempt(step, AttemptResult::Failed { error, cause }, at);
    }
}

/// A state that is left after its last attempt failed was left through a `Catch`.
fn exit(step: &mut Step, output: Option<&str>, at: f64) {
    step.output = output.map(json);
    step.duration = Some(at - step.start);
    step.result = match step.attempts.last().map(|attempt| &attempt.result) {
        Some(AttemptResult::Failed { error, cause }) => {
            StepResult::Caught { error: error.clone(), cause: cause.clone() }
        }
        _ => StepResult::Succeeded,
    };
}

fn end_attempt(step: &mut Step, result: AttemptResult, at: f64) {
    if let Some(attempt) = step.attempts.last_mut() {
        attempt.duration = Some(at - attempt.start);
        attempt.result = result;
    }
}

/// Error and cause of an event that ends the execution without success.
fn execution_failure(event: &HistoryEvent) -> Option<(String, String)> {
    let (error, cause) = if let Some(it) = &event.execution_failed_event_details {
        (&it.error, &it.cause)
    } else if let Some(it) = &event.execution_timed_out_event_details {
        (&it.error, &it.cause)
    } else {
        let it = event.execution_aborted_event_details.as_ref()?;
        (&it.error, &it.cause)
    };
    Some(named(event, error.as_deref(), cause.as_deref()))
}

/// Error and cause of an event that ends one attempt of a task without success.
fn task_failure(event: &HistoryEvent) -> Option<(String, String)> {
    let (error, cause) = if let Some(it) = &event.task_failed_event_details {
        (&it.error, &it.cause)
    } else if let Some(it) = &event.task_timed_out_event_details {
        (&it.error, &it.cause)
    } else if let Some(it) = &event.task_start_failed_event_details {
        (&it.error, &it.cause)
    } else if let Some(it) = &event.task_submit_failed_event_details {
        (&it.error, &it.cause)
    } else if let Some(it) = &event.lambda_function_failed_event_details {
        (&it.error, &it.cause)
    } else {
        let it = event.lambda_function_timed_out_event_details.as_ref()?;
        (&it.error, &it.cause)
    };
    Some(named(event, error.as_deref(), cause.as_deref()))
}

/// An error without a name gets that of its event: `ExecutionTimedOut`.
fn named(event: &HistoryEvent, error: Option<&str>, cause: Option<&str>) -> (String, String) {
    let error = error.filter(|it| !it.is_empty()).unwrap_or(event.r#type.as_str());
    (error.to_owned(), cause.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests;
