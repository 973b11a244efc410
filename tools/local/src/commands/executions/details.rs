//! Formats one execution and the states that it went through: in short, or with all inputs and
//! outputs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use console::style;
use serde_json::Value;

use super::outcome;
use crate::executions::{Attempt, AttemptResult, Execution, Outcome, Step, StepResult};
use crate::terminal::format;

/// Maximum number of lines that are shown of an input or output.
const JSON_LINES: usize = 32;

/// Formats an execution and its states. Each state has its result, its duration, its attempts if
/// there were several, and the changes from its input to its output.
pub(super) fn details(execution: &Execution, steps: &[Step]) -> String {
    let mut text = heading(execution);
    for (number, step) in (1..).zip(steps) {
        text.push_str(&state(number, step));
        for (number, attempt) in retried(step) {
            // Writing to a string cannot fail.
            let _written = writeln!(text, "      attempt {number}  {}", one_attempt(attempt));
        }
        let changes = changes(&step.input, step.output.as_ref());
        if !changes.is_empty() {
            let _written = writeln!(text, "      {}", style(changes).dim());
        }
    }
    text.push('\n');
    text
}

/// Formats an execution like [`details`], but with the inputs and outputs of its states instead of
/// the changes.
pub(super) fn verbose(execution: &Execution, steps: &[Step]) -> String {
    let mut text = heading(execution);
    // Writing to a string cannot fail.
    let _written = writeln!(text, "{}", style(&execution.arn).dim());
    for (number, step) in (1..).zip(steps) {
        text.push('\n');
        text.push_str(&state(number, step));
        for (number, attempt) in retried(step) {
            let _written = writeln!(text, "    attempt {number}  {}", one_attempt(attempt));
        }
        push_json(&mut text, "input", &step.input);
        if let Some(output) = &step.output {
            push_json(&mut text, "output", output);
        }
    }
    text.push('\n');
    text
}

fn heading(execution: &Execution) -> String {
    let key = execution.key().map_or("(no S3 event)".to_owned(), format::printable);
    let mut text = format!("{} {}", style(key).bold(), execution.status);
    if !matches!(execution.outcome(), Outcome::Running | Outcome::Other) {
        // Writing to a string cannot fail.
        let _written = write!(text, ", {}", outcome(execution));
    }
    if let Some(duration) = execution.duration() {
        let _written = write!(text, ", {}", format::seconds(duration));
    }
    let _written = writeln!(text, "\n{}", style(execution.id()).dim());
    if let Some(cause) = execution.cause.as_deref().filter(|cause| !cause.is_empty()) {
        let _written = writeln!(text, "{}", style(format::whole_cause(cause)).red());
    }
    text
}

/// Formats a state: its name, type, result, and times.
fn state(number: usize, step: &Step) -> String {
    let took = step.duration.map(format::seconds).unwrap_or_default();
    format!(
        "{number:>2}. {} ({}) {}  +{} {}\n",
        style(&step.state).bold(),
        step.kind,
        result(&step.result),
        format::seconds(step.start),
        style(took).dim(),
    )
}

/// The attempts, each with its number; none if the state was not retried.
fn retried(step: &Step) -> impl Iterator<Item = (usize, &Attempt)> {
    let retried = step.attempts.len() > 1;
    (1..).zip(&step.attempts).filter(move |_| retried)
}

fn push_json(text: &mut String, title: &str, value: &Value) {
    let value = format::json(value, "      ", JSON_LINES);
    let _written = writeln!(text, "    {}\n{value}", style(title).dim());
}

fn result(result: &StepResult) -> String {
    match result {
        StepResult::Running => style("running").yellow().to_string(),
        StepResult::Succeeded => style("succeeded").green().to_string(),
        StepResult::Caught { error, cause } => {
            style(format!("caught {}", failure(error, cause))).yellow().to_string()
        }
        StepResult::Failed { error, cause } => {
            style(format!("failed {}", failure(error, cause))).red().to_string()
        }
    }
}

fn one_attempt(attempt: &Attempt) -> String {
    let took = attempt.duration.map(format::seconds).unwrap_or_default();
    match &attempt.result {
        AttemptResult::Running => "running".to_owned(),
        AttemptResult::Succeeded => format!("succeeded in {took}"),
        AttemptResult::Failed { error, cause } => {
            format!("failed after {took}: {}", failure(error, cause))
        }
    }
}

/// Formats an error's name and its whole message.
fn failure(error: &str, cause: &str) -> String {
    let message = format::whole_cause(cause);
    if message.is_empty() { error.to_owned() } else { format!("{error}: {message}") }
}

/// Formats the values that a state added or changed: each value of its output, unless the input has
/// the same value at the same path, such as `image.width`.
fn changes(input: &Value, output: Option<&Value>) -> String {
    let (mut before, mut after) = (BTreeMap::new(), Vec::new());
    leaves(input, "", &mut |path, value| {
        before.insert(path, value.clone());
    });
    leaves(output.unwrap_or(&Value::Null), "", &mut |path, value| {
        if !path.is_empty() && before.get(&path) != Some(value) {
            let value = value.as_str().map_or_else(|| value.to_string(), format::printable);
            after.push(format!("{path} {}", format::short(&value)));
        }
    });
    after.join(", ")
}

/// Calls `leaf` for each value that is neither an object nor an array, with its path and the value.
fn leaves(value: &Value, path: &str, leaf: &mut impl FnMut(String, &Value)) {
    let below = |name: &str| match path {
        "" => format::printable(name),
        path => format!("{path}.{}", format::printable(name)),
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                leaves(value, &below(name), leaf);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &below(&index.to_string()), leaf);
            }
        }
        value => leaf(path.to_owned(), value),
    }
}
