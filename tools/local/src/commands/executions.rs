//! `cargo local executions`: lists executions, or shows the states of one object's executions.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use comfy_table::Cell;
use console::style;
use serde_json::{Value, json};

use super::{CommandError, ExitStatus, print, print_json};
use crate::api::PREFIX;
use crate::aws::Aws;
use crate::executions::{
    Attempt, AttemptResult, Execution, Executions, Outcome, Status, Step, StepResult,
};
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::terminal::table::{Tone, render, table, toned};
use crate::workspace::Workspace;

/// Number of executions in the list without `--limit`.
const LISTED: usize = 20;

/// Maximum number of lines shown of an input or output.
const JSON_LINES: usize = 32;

/// List recent executions; with KEY, show each state of the object's latest execution.
///
/// Shows the inputs, outputs, retries and errors that the Step Functions console shows for a stack
/// on AWS.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local executions\n  cargo local executions cat.jpg\n  cargo local executions uploads/cat.jpg --limit 3 --json"
)]
pub(super) struct ExecutionsCommand {
    /// Key of an object, with or without the prefix `uploads/`.
    key: Option<String>,
    /// Maximum number of executions to show, newest first [default: 20; 1 with KEY].
    #[arg(long, value_parser = limit)]
    limit: Option<usize>,
    /// Print JSON, with nothing shortened.
    #[arg(long)]
    json: bool,
}

/// Parses a number of executions: at least one.
pub(super) fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("must be a whole number, 1 or more".to_owned()),
        Ok(limit) => Ok(limit),
    }
}

impl ExecutionsCommand {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let outputs = StateFile::of(workspace).outputs()?;
        let sfn = Aws::connect(&outputs.endpoint).sfn;
        let executions = Executions::new(sfn, outputs.state_machine_arn);
        match &self.key {
            Some(key) => self.one(&executions, &full_key(key)).await,
            None => self.list(&executions).await,
        }
    }

    async fn list(&self, executions: &Executions) -> Result<ExitStatus, CommandError> {
        let recent = executions.recent(self.limit.unwrap_or(LISTED)).await?;
        if self.json {
            print_json(&recent)?;
        } else if recent.is_empty() {
            print("No executions yet. Upload an object to start one.\n")?;
        } else {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            print(&list(&recent, now.as_secs_f64()))?;
        }
        Ok(ExitStatus::Success)
    }

    async fn one(&self, executions: &Executions, key: &str) -> Result<ExitStatus, CommandError> {
        let found = executions.of_key(key).await?;
        let limit = self.limit.unwrap_or(1);
        let mut shown = Vec::new();
        for execution in found.iter().take(limit) {
            shown.push((execution, executions.steps(&execution.arn).await?));
        }
        if self.json {
            let shown: Vec<_> = shown
                .iter()
                .map(|(execution, steps)| json!({ "execution": execution, "steps": steps }))
                .collect();
            print_json(&shown)?;
            return Ok(if shown.is_empty() { ExitStatus::Failure } else { ExitStatus::Success });
        }
        if shown.is_empty() {
            print(&format!("No execution found for {}.\n", format::printable(key)))?;
            return Ok(ExitStatus::Failure);
        }
        for (execution, steps) in &shown {
            print(&details(execution, steps))?;
        }
        if found.len() > limit {
            let older = found.len() - limit;
            print(&format!("Older executions not shown: {older}. Use --limit to see them.\n"))?;
        }
        Ok(ExitStatus::Success)
    }
}

/// Adds the prefix `uploads/` to a key that lacks it.
fn full_key(key: &str) -> String {
    if key.starts_with(PREFIX) { key.to_owned() } else { format!("{PREFIX}{key}") }
}

/// Formats a table of executions. `now` is in seconds since 1970.
fn list(executions: &[Execution], now: f64) -> String {
    let titles = ["STATUS", "OUTCOME", "EVENT", "KEY", "STARTED", "DURATION"];
    let mut table = table(&titles, &["STARTED", "DURATION"]);
    for execution in executions {
        let change = execution.trigger.as_ref().and_then(|trigger| trigger.change);
        table.add_row([
            toned(execution.status, status_tone(execution.status)),
            Cell::new(outcome(execution)),
            Cell::new(change.map(|it| it.to_string()).unwrap_or_default()),
            Cell::new(format::printable(execution.key().unwrap_or("(no S3 event)"))),
            Cell::new(format::ago(now - execution.started)),
            Cell::new(execution.duration().map(format::seconds).unwrap_or_default()),
        ]);
    }
    render(&table)
}

fn status_tone(status: Status) -> Tone {
    match status {
        Status::Succeeded => Tone::Good,
        Status::Running | Status::PendingRedrive => Tone::Notable,
        _ => Tone::Bad,
    }
}

/// Formats the outcome, marked if it was stale and so was not recorded.
fn outcome(execution: &Execution) -> String {
    let stale = if execution.is_stale() { " (stale)" } else { "" };
    format!("{}{stale}", execution.outcome())
}

/// Formats an execution and the states that it went through.
fn details(execution: &Execution, steps: &[Step]) -> String {
    let key = format::printable(execution.key().unwrap_or_default());
    let mut text = format!("{} {}", style(key).bold(), execution.status);
    // Writing to a string cannot fail.
    if !matches!(execution.outcome(), Outcome::Running | Outcome::Other) {
        let _written = write!(text, ", {}", outcome(execution));
    }
    if let Some(duration) = execution.duration() {
        let _written = write!(text, ", {}", format::seconds(duration));
    }
    let _written = writeln!(text, "\n{}", style(&execution.arn).dim());
    for (number, step) in (1..).zip(steps) {
        text.push('\n');
        text.push_str(&one_step(number, step));
    }
    text.push('\n');
    text
}

fn one_step(number: usize, step: &Step) -> String {
    let mut text = String::new();
    let took = step.duration.map(format::seconds).unwrap_or_default();
    let result = result(&step.result);
    // Writing to a string cannot fail.
    let _written = writeln!(
        text,
        "{number:>2}. {} ({}) {result}  +{} {}",
        style(&step.state).bold(),
        step.kind,
        format::seconds(step.start),
        style(took).dim(),
    );
    if step.attempts.len() > 1 {
        for (number, attempt) in (1..).zip(&step.attempts) {
            let _written = writeln!(text, "    attempt {number}  {}", one_attempt(attempt));
        }
    }
    push_json(&mut text, "input", &step.input);
    if let Some(output) = &step.output {
        push_json(&mut text, "output", output);
    }
    text
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

/// Formats an error's name and message.
fn failure(error: &str, cause: &str) -> String {
    let message = format::cause(cause);
    if message.is_empty() { error.to_owned() } else { format!("{error}: {message}") }
}

#[cfg(test)]
mod tests;
