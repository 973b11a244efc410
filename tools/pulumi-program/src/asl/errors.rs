//! Checks of timeouts, retriers and catchers:
//!
//! - Every Task has a timeout, and retries transient errors.
//! - No retrier or catcher hides a later one.
//! - If one Task of a state machine catches all errors, every Task of it does.
//!
//! Rules: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Linter, State};
use crate::finding::Place;

/// Maximum timeout in Step Functions, in seconds.
const MAX_SECONDS: u64 = 99_999_999;

/// Transient errors of Lambda itself, from
/// <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception>.
const TRANSIENT: [&str; 5] = [
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
];

/// The name that matches every error except `States.DataLimitExceeded` and `States.Runtime`.
const ANY_ERROR: &str = "States.ALL";

/// Step Functions' own errors; other names with the prefix `States.` are reserved.
const SERVICE_ERRORS: [&str; 16] = [
    ANY_ERROR,
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// Errors that services and the Lambda runtime report, such as `Lambda.Unknown`: the name
/// before the dot, and the names that may follow it. From
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
const REPORTED: [(&str, &[&str]); 6] = [
    (
        "Lambda",
        &[
            "AWSLambdaException",
            "ClientExecutionTimeoutException",
            "EC2ThrottledException",
            "EC2UnexpectedException",
            "ResourceConflictException",
            "ResourceNotReadyException",
            "SdkClientException",
            "ServiceException",
            "TooManyRequestsException",
            "Unknown",
        ],
    ),
    (
        "DynamoDB",
        &[
            "AmazonDynamoDBException",
            "InternalServerError",
            "InternalServerErrorException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "SdkClientException",
            "ThrottlingException",
        ],
    ),
    (
        "StepFunctions",
        &[
            "AWSStepFunctionsException",
            "ExecutionAlreadyExists",
            "ExecutionAlreadyExistsException",
            "ExecutionLimitExceeded",
            "ExecutionLimitExceededException",
            "SdkClientException",
            "ThrottlingException",
        ],
    ),
    // Errors of the AWS SDK integration for Step Functions. `SfnException` stands for every error
    // that the API model of Step Functions does not define, such as throttling.
    ("Sfn", &["SdkClientException", "SfnException"]),
    ("Runtime", &["ExitError", "OutOfMemory", "Unknown"]),
    ("Sandbox", &["Timedout"]),
];

impl Linter {
    /// Checks the timeout, the retriers and the catchers of a state. If the state machine reports
    /// its errors ([`reports`]), a Task must catch every error.
    pub(super) fn errors(&mut self, state: &State<'_>, reports: bool) {
        if state.kind == "Task" {
            self.task(state);
            if reports {
                self.caught(state);
            }
        }
        for field in ["Retry", "Catch"] {
            if state.fields.get(field).is_some_and(|value| !value.is_array()) {
                self.error(&state.place.key(field), "must be an array");
            }
            self.order(&state.objects(field));
        }
        for (place, retrier) in state.objects("Retry") {
            self.retrier(&place, retrier);
        }
        for (place, catcher) in state.objects("Catch") {
            if !catcher.get("Next").is_some_and(Value::is_string) {
                self.error(&place, "Next is missing");
            }
        }
    }

    /// Requires that a Task has a valid timeout and retries, because its call can be slow or fail
    /// temporarily.
    fn task(&mut self, state: &State<'_>) {
        if !state.fields.contains_key("TimeoutSeconds")
            && !state.fields.contains_key("TimeoutSecondsPath")
        {
            let message = "TimeoutSeconds is missing: by default, a Task waits for up to a year";
            self.error(&state.place, message);
        }
        for field in ["TimeoutSeconds", "HeartbeatSeconds"] {
            let seconds = state.fields.get(field).filter(|value| value.is_number());
            if seconds
                .is_some_and(|it| !it.as_u64().is_some_and(|it| (1..=MAX_SECONDS).contains(&it)))
            {
                let message = format!("must be a whole number from 1 to {MAX_SECONDS}");
                self.error(&state.place.key(field), message);
            }
        }
        if state.objects("Retry").is_empty() {
            self.error(
                &state.place,
                "Retry is missing: a transient error would fail the execution",
            );
        }
        if state.text("Resource").is_some_and(|it| it.ends_with(":lambda:invoke")) {
            self.transient(state);
        }
    }

    /// Requires that a Task catches every error.
    fn caught(&mut self, state: &State<'_>) {
        let catchers = state.objects("Catch");
        if catchers.is_empty() {
            self.error(
                &state.place,
                "Catch is missing: an error would end the execution unreported",
            );
        } else if !catchers.iter().any(|(_, catcher)| names(catcher).contains(&ANY_ERROR)) {
            let message =
                "must catch States.ALL: any other error would end the execution unreported";
            self.error(&state.place.key("Catch"), message);
        }
    }

    /// Requires that a Task that invokes a function retries Lambda's own transient errors.
    fn transient(&mut self, state: &State<'_>) {
        let retriers = state.objects("Retry");
        let retried: Vec<_> = retriers.iter().flat_map(|(_, retrier)| names(retrier)).collect();
        let any = [ANY_ERROR, "States.TaskFailed"].iter().any(|any| retried.contains(any));
        let missing: Vec<_> =
            TRANSIENT.into_iter().filter(|error| !any && !retried.contains(error)).collect();
        if !missing.is_empty() && !retriers.is_empty() {
            let message = format!("must also retry {}", missing.join(", "));
            self.error(&state.place.key("Retry"), message);
        }
    }

    /// Checks the order and the error names of retriers or catchers. Only the first entry that
    /// matches an error is used, so no error may be named twice, and `States.ALL` must come last.
    fn order(&mut self, entries: &[(Place, &Map<String, Value>)]) {
        let mut seen = BTreeSet::new();
        for (index, (place, entry)) in entries.iter().enumerate() {
            let place = place.key("ErrorEquals");
            let names = names(entry);
            if names.is_empty() {
                self.error(&place, "must name at least one error");
            }
            if names.contains(&ANY_ERROR) && names.len() > 1 {
                self.error(&place, "States.ALL must be the only error of its entry");
            }
            if names.contains(&ANY_ERROR) && index + 1 < entries.len() {
                self.error(&place, "States.ALL must come last");
            }
            for name in names {
                if !seen.insert(name) {
                    self.error(&place, format!("{name} is already matched by an earlier entry"));
                }
                self.error_name(&place, name);
            }
        }
    }

    /// Checks an error name. A name with a dot belongs to a service and must be known. A name
    /// without a dot belongs to a function and is not checked.
    fn error_name(&mut self, place: &Place, name: &str) {
        let Some((service, error)) = name.split_once('.') else { return };
        let known = match service {
            "States" => SERVICE_ERRORS.contains(&name),
            _ => REPORTED.iter().any(|(one, errors)| *one == service && errors.contains(&error)),
        };
        if !known {
            let errors = REPORTED.iter().filter(|(one, _)| *one == service);
            let near =
                crate::suggestion::near(error, errors.flat_map(|(_, errors)| *errors).copied());
            self.error(place, format!("unknown error {name}{near}; if it exists, add it to tools/pulumi-program/src/asl/errors.rs"));
        }
    }

    fn retrier(&mut self, place: &Place, retrier: &Map<String, Value>) {
        let number = |field: &str| retrier.get(field).map(|value| value.as_f64().unwrap_or(-1.0));
        for (field, least) in [
            ("IntervalSeconds", 1.0),
            ("BackoffRate", 1.0),
            ("MaxDelaySeconds", 1.0),
            ("MaxAttempts", 0.0),
        ] {
            if number(field).is_some_and(|value| value < least) {
                self.error(&place.key(field), format!("must be a number of at least {least}"));
            }
        }
        let interval = number("IntervalSeconds").unwrap_or(1.0);
        if number("MaxDelaySeconds").is_some_and(|delay| delay <= interval) {
            self.error(&place.key("MaxDelaySeconds"), "must be greater than IntervalSeconds");
        }
        match retrier.get("JitterStrategy").map(Value::as_str) {
            Some(Some("FULL" | "NONE")) => {}
            Some(_) => self.error(&place.key("JitterStrategy"), "must be FULL or NONE"),
            None => {
                let message = "JitterStrategy is missing: executions that failed together would retry together";
                self.error(place, message);
            }
        }
    }
}

/// True if the state machine reports its errors itself: at least one of its Tasks catches every
/// error. All its Tasks must then catch every error, because an uncaught error would end the
/// execution unreported.
///
/// Other state machines may leave errors uncaught. Their failed executions can be redriven from the
/// state that failed:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>
pub(super) fn reports(states: &[State<'_>]) -> bool {
    let tasks = states.iter().filter(|state| state.kind == "Task");
    let mut catchers = tasks.flat_map(|state| state.objects("Catch"));
    catchers.any(|(_, catcher)| names(catcher).contains(&ANY_ERROR))
}

fn names(entry: &Map<String, Value>) -> Vec<&str> {
    let names = entry.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}
