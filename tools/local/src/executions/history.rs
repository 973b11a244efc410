//! Converts the history of an execution into the states that the execution went through.
//!
//! Step Functions reports the history as a list of events. For example, a state is entered, its
//! task is scheduled, fails, is scheduled again, succeeds, and the state is exited. See
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.

use std::collections::HashMap;

use aws_sdk_sfn::types::HistoryEvent;
use serde::Serialize;
use serde_json::Value;

use super::execution::json;

/// One visit to a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Name of the state.
    pub state: String,
    /// Type of the state: `Task`, `Choice`, `Fail`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Result of the visit.
    #[serde(flatten)]
    pub result: StepResult,
    /// Time of entry, in seconds since the execution's start.
    pub start: f64,
    /// Seconds from entry to exit; `None` while the state is running.
    pub duration: Option<f64>,
    /// Input of the state.
    pub input: Value,
    /// Output of the state, if it was exited.
    pub output: Option<Value>,
    /// Attempts of the state's task: several if the task was retried, none if the state has no
    /// task.
    pub attempts: Vec<Attempt>,
}

/// Result of a visit to a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub enum StepResult {
    /// The state has not been exited.
    Running,
    /// The state was exited without an error.
    Succeeded,
    /// The task failed, and a `Catch` of the state handled the error.
    Caught {
        /// Name of the error.
        error: String,
        /// Description of the error, often JSON.
        cause: String,
    },
    /// The execution failed, timed out or was aborted in this state.
    Failed {
        /// Name of the error.
        error: String,
        /// Description of the error, often JSON.
        cause: String,
    },
}

/// One attempt of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Id of the event that scheduled the task.
    #[serde(skip)]
    pub event: i64,
    /// Name or ARN of the Lambda function that the task invokes, if it invokes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Id of the request that invoked the function, as in the function's log, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Time at which the task was scheduled, in seconds since the execution's start.
    pub start: f64,
    /// Duration of the attempt in seconds; `None` until the attempt ends.
    pub duration: Option<f64>,
    /// Result of the attempt.
    #[serde(flatten)]
    pub result: AttemptResult,
}

/// Result of one attempt of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub enum AttemptResult {
    /// The attempt has not ended.
    Running,
    /// The task returned an output.
    Succeeded,
    /// The attempt failed or timed out.
    Failed {
        /// Name of the error.
        error: String,
        /// Description of the error, often JSON.
        cause: String,
    },
}

/// Converts an execution's events, in chronological order, into the states that it went through.
///
/// Uses the events of states and tasks and, if the execution failed, timed out or was aborted, the
/// event that says so. Ignores all other events, including types that AWS adds in the future.
#[must_use]
pub fn steps(events: &[HistoryEvent]) -> Vec<Step> {
    let origin = events.first().map_or(0.0, |event| event.timestamp.as_secs_f64());
    let mut reader = Reader::default();
    for event in events {
        reader.read(event, event.timestamp.as_secs_f64() - origin);
    }
    reader.steps
}

/// Reads an execution's events in order, and builds its steps from them.
#[derive(Debug, Default)]
struct Reader {
    steps: Vec<Step>,
    /// The step of each event: its index in `steps`, by the event's id. Branches of a Parallel
    /// state and iterations of a Map run at the same time, so an event may belong to a step other
    /// than the last one.
    owners: HashMap<i64, usize>,
}

impl Reader {
    fn read(&mut self, event: &HistoryEvent, at: f64) {
        let name = event.r#type.as_str();
        if let Some(details) = &event.state_entered_event_details {
            let kind = name.strip_suffix("StateEntered").unwrap_or(name);
            self.owners.insert(event.id, self.steps.len());
            self.steps.push(Step {
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
        if let Some(failure) = execution_failure(event) {
            self.fail(failure, at);
            return;
        }
        let exited = event.state_exited_event_details.as_ref();
        let Some(owner) = self.owner(event, exited.map(|details| details.name.as_str())) else {
            return;
        };
        self.owners.insert(event.id, owner);
        let Some(step) = self.steps.get_mut(owner) else { return };
        if let Some(details) = exited {
            exit(step, details.output.as_deref(), at);
        } else if matches!(name, "TaskScheduled" | "LambdaFunctionScheduled") {
            step.attempts.push(scheduled(event, at));
        } else if matches!(name, "TaskSucceeded" | "LambdaFunctionSucceeded") {
            end_attempt(step, AttemptResult::Succeeded, at);
            if let Some(attempt) = step.attempts.last_mut() {
                attempt.request_id = request_id(event);
            }
        } else if let Some((error, cause)) = task_failure(event) {
            end_attempt(step, AttemptResult::Failed { error, cause }, at);
        }
    }

    /// Returns the index of the step that an event belongs to: the step of the event that
    /// `previous_event_id` names. The exit of a Parallel or Map state belongs to the step in which
    /// that state was entered.
    fn owner(&self, event: &HistoryEvent, exited: Option<&str>) -> Option<usize> {
        let last = self.steps.len().checked_sub(1)?;
        // An event belongs to the newest step if it names no previous event, or one that belongs to
        // no step. In the history of some emulators, no event names a previous event.
        let before = event.previous_event_id;
        let owner = self.owners.get(&before).copied().filter(|_| before != 0).unwrap_or(last);
        let is_running = |step: &Step| matches!(step.result, StepResult::Running);
        let named =
            |name: &str| self.steps.iter().rposition(|step| step.state == name && is_running(step));
        match exited {
            Some(name) if self.steps[owner].state != name => named(name),
            _ => Some(owner),
        }
    }

    /// Gives the execution's error to the last step, and to every step that has not ended.
    fn fail(&mut self, (error, cause): (String, String), at: f64) {
        let ended = self.steps.len().saturating_sub(1);
        for (index, step) in self.steps.iter_mut().enumerate() {
            if index == ended || step.duration.is_none() {
                step.duration = Some(at - step.start);
                step.result = StepResult::Failed { error: error.clone(), cause: cause.clone() };
            }
        }
    }
}

/// The attempt that an event of type `TaskScheduled` or `LambdaFunctionScheduled` begins.
fn scheduled(event: &HistoryEvent, at: f64) -> Attempt {
    let function =
        match (&event.task_scheduled_event_details, &event.lambda_function_scheduled_event_details)
        {
            (Some(details), _) => {
                let parameters = json(&details.parameters);
                parameters.get("FunctionName").and_then(Value::as_str).map(str::to_owned)
            }
            (None, Some(details)) => Some(details.resource.clone()),
            (None, None) => None,
        };
    Attempt {
        event: event.id,
        function,
        request_id: None,
        start: at,
        duration: None,
        result: AttemptResult::Running,
    }
}

/// Returns the id of the request that invoked a function, from the output of the succeeded task.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>.
fn request_id(event: &HistoryEvent) -> Option<String> {
    let output = event.task_succeeded_event_details.as_ref()?.output.as_deref()?;
    let id = json(output);
    id.pointer("/SdkResponseMetadata/RequestId").and_then(Value::as_str).map(str::to_owned)
}

/// Ends a step whose state was exited. If the last attempt failed, a `Catch` handled the error.
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

/// Returns the error and the cause if the event ends the execution unsuccessfully.
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

/// Returns the error and the cause if the event ends one attempt of a task unsuccessfully.
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

/// Returns the error and the cause. An error without a name gets the type of its event as its name,
/// for example `ExecutionTimedOut`.
fn named(event: &HistoryEvent, error: Option<&str>, cause: Option<&str>) -> (String, String) {
    let error = error.filter(|it| !it.is_empty()).unwrap_or(event.r#type.as_str());
    (error.to_owned(), cause.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests;
