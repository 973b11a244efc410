//! `cargo local executions`: lists executions, or shows the states of one object's executions.

mod details;
mod list;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::types::AttributeValue;
use clap::{Args, ValueEnum};
use serde_json::json;

use self::details::{details, verbose};
pub(super) use self::list::line;
use self::list::{list, outcome};
use super::{CommandError, ExitStatus, print, print_json};
use crate::error_text::chain;
use crate::executions::{Execution, Executions, Filter, Found, Status, Tail};
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::workspace::Workspace;

/// Number of executions to list if there is no `--limit`.
const LISTED: usize = 20;

/// Interval between queries for executions that have ended.
const POLL: Duration = Duration::from_millis(500);

/// List recent executions, or show the states of one.
///
/// WHAT selects by the beginning of an id, by an ARN, or by a part of the key, in upper or lower
/// case. If WHAT is a whole key or an id, or if only one execution matches, shows the states that
/// the execution went through, and whether the execution wrote the key's record. For each state,
/// shows how long it took, what it added, and its errors. With `--verbose`, shows the input and the
/// output of each state instead of what it added, as the Step Functions console does for a stack on
/// AWS.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local executions\n  cargo local executions photo.jpg\n  cargo local executions holiday/ --failed\n  cargo local executions 5f3a9c01 --verbose\n  cargo local executions --status running,timed-out --limit 100 --json\n  cargo local executions --follow"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(super) struct ExecutionsCommand {
    /// Id or ARN of an execution, or a part of a key.
    what: Option<String>,
    /// Only executions that failed, timed out or were aborted.
    #[arg(long, conflicts_with = "status")]
    failed: bool,
    /// Only executions of these statuses.
    #[arg(long, value_enum, value_delimiter = ',', ignore_case = true)]
    status: Vec<StatusName>,
    /// Maximum number of executions to show, newest first [default: 20; 1 if WHAT is a whole key].
    #[arg(long, value_parser = limit)]
    limit: Option<usize>,
    /// Show the inputs and outputs of each state.
    #[arg(long, short)]
    verbose: bool,
    /// Keep running, and print a line for each matching execution that ends, until Ctrl-C.
    #[arg(long, short)]
    follow: bool,
    /// Print JSON, with nothing shortened.
    #[arg(long)]
    json: bool,
}

/// A status, in the spelling of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StatusName {
    Running,
    Succeeded,
    Failed,
    #[value(alias = "TIMED_OUT")]
    TimedOut,
    Aborted,
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Running => Self::Running,
            StatusName::Succeeded => Self::Succeeded,
            StatusName::Failed => Self::Failed,
            StatusName::TimedOut => Self::TimedOut,
            StatusName::Aborted => Self::Aborted,
        }
    }
}

/// Parses the value of `--limit`: a whole number, at least 1.
pub(super) fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("must be a whole number, 1 or more".to_owned()),
        Ok(limit) => Ok(limit),
    }
}

impl ExecutionsCommand {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let key = self.what.as_ref().map(|what| outputs.key_prefix.full_key(what));
        let recorded = match &key {
            Some(key) => recorded_by(&aws.dynamodb, &outputs.table_name, key).await?,
            None => None,
        };
        let named = self.what.as_deref().zip(key.as_deref());
        let executions = Arc::new(Executions::new(aws.sfn, outputs.state_machine_arn));
        // The tail starts before the list is read, so that it reports the end of every execution
        // that the list shows as running.
        let tail =
            if self.follow { Some(Tail::start(Arc::clone(&executions)).await?) } else { None };
        let status = self.show(&executions, named, recorded.as_deref()).await?;
        match tail {
            Some(tail) => self.follow(tail).await,
            None => Ok(status),
        }
    }

    fn filter(&self) -> Filter {
        let failures = [Status::Failed, Status::TimedOut, Status::Aborted];
        let statuses = if self.failed {
            failures.into()
        } else {
            self.status.iter().map(|&name| name.into()).collect()
        };
        Filter { statuses, outcome: None, text: self.what.clone().unwrap_or_default() }
    }

    /// Finds the executions and shows them. `named` is a pair: the argument WHAT, and the full key
    /// that WHAT stands for if it is a key. `recorded` is the ARN of the execution that wrote the
    /// record of that key.
    async fn show(
        &self,
        executions: &Executions,
        named: Option<(&str, &str)>,
        recorded: Option<&str>,
    ) -> Result<ExitStatus, CommandError> {
        let Found { executions: mut found, more } = self.find(executions).await?;
        self.add_recorded(executions, recorded, &mut found).await?;
        if let Some((what, key)) = named
            && let Some(selected) = selected(&found, what, key)
        {
            let limit = self.limit.unwrap_or(1);
            let left_out = selected.len().saturating_sub(limit);
            let shown = &selected[..selected.len() - left_out];
            return self.details(executions, recorded, shown, left_out, more).await;
        }
        let shown = &found[..found.len().min(self.limit.unwrap_or(LISTED))];
        if self.json && self.follow {
            for execution in shown.iter().rev() {
                print(&format!("{}\n", serde_json::to_string(execution)?))?;
            }
        } else if self.json {
            print_json(&shown)?;
        } else if shown.is_empty() {
            print(&self.nothing())?;
        } else {
            print(&list(shown, format::now()))?;
            if more || shown.len() < found.len() {
                print(&left_out(shown.len(), &self.filter()))?;
            }
        }
        let failed = shown.is_empty() && self.what.is_some() && !self.follow;
        Ok(if failed { ExitStatus::Failure } else { ExitStatus::Success })
    }

    async fn find(&self, executions: &Executions) -> Result<Found, CommandError> {
        match &self.what {
            Some(arn) if arn.starts_with("arn:") => {
                let found = executions.describe(arn.clone()).await?;
                Ok(Found { executions: found.into_iter().collect(), more: false })
            }
            // A `--limit` below `LISTED` does not shorten the search. If the search ended after one
            // match, this match would look like the only one, and its states would be shown instead
            // of a list.
            Some(_) => {
                let limit = self.limit.unwrap_or(LISTED).max(LISTED);
                Ok(executions.search(&self.filter(), limit).await?)
            }
            None => Ok(executions.search(&self.filter(), self.limit.unwrap_or(LISTED)).await?),
        }
    }

    /// Adds to `found` the execution that wrote the key's record, unless the filter excludes it.
    /// `recorded` is the ARN of that execution. The search misses it if too many newer executions
    /// match the filter.
    async fn add_recorded(
        &self,
        executions: &Executions,
        recorded: Option<&str>,
        found: &mut Vec<Execution>,
    ) -> Result<(), CommandError> {
        let Some(recorded) = recorded else { return Ok(()) };
        if found.iter().any(|execution| execution.arn == recorded) {
            return Ok(());
        }
        let described = executions.describe(recorded.to_owned()).await?;
        found.extend(described.filter(|execution| self.filter().matches(execution)));
        found.sort_by(|a, b| b.started.total_cmp(&a.started));
        Ok(())
    }

    /// Shows the states of the executions in `shown`. `left_out` is the number of older executions
    /// that are not shown. If `more` is true, that number may be too low.
    async fn details(
        &self,
        executions: &Executions,
        recorded: Option<&str>,
        shown: &[&Execution],
        left_out: usize,
        more: bool,
    ) -> Result<ExitStatus, CommandError> {
        let mut with_steps = Vec::new();
        for execution in shown {
            with_steps.push((*execution, executions.steps(&execution.arn).await?));
        }
        if self.json {
            let shown: Vec<_> = with_steps
                .iter()
                .map(|(execution, steps)| {
                    let wrote_record = recorded == Some(execution.arn.as_str());
                    json!({ "execution": execution, "steps": steps, "wroteRecord": wrote_record })
                })
                .collect();
            print_json(&shown)?;
            return Ok(ExitStatus::Success);
        }
        for (execution, steps) in &with_steps {
            let text = if self.verbose { verbose } else { details };
            print(&text(execution, steps))?;
            if recorded == Some(execution.arn.as_str()) {
                print("This execution wrote the record.\n")?;
            }
        }
        if let Some(note) = left_out_of_details(shown.len(), left_out, more) {
            print(&note)?;
        }
        if !self.verbose
            && let Some(execution) = shown.first()
        {
            let id = format::short_id(execution.id());
            print(&format!(
                "Inputs and outputs: `cargo local executions {id} --verbose`; log lines: `cargo local logs {id}`.\n"
            ))?;
        }
        Ok(ExitStatus::Success)
    }

    /// Prints each execution that ends and matches the command's arguments. Returns only if a call
    /// fails or the output cannot be written.
    async fn follow(&self, mut tail: Tail) -> Result<ExitStatus, CommandError> {
        let filter = self.filter();
        loop {
            for execution in tail.ended().await?.iter().filter(|it| filter.matches(it)) {
                print(&line(execution, self.json)?)?;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Says why the list is empty, and in most cases which command to run next.
    fn nothing(&self) -> String {
        let filter = self.filter();
        let status = match filter.statuses.as_slice() {
            [] => String::new(),
            statuses => {
                let names: Vec<_> = statuses.iter().map(ToString::to_string).collect();
                format!(" with status {}", names.join(" or "))
            }
        };
        match &self.what {
            Some(what) => format!(
                "There is no execution{status} whose key contains {what}, or whose id begins with it. `cargo local executions` lists the newest ones.\n",
                what = format::quoted(what)
            ),
            None if status.is_empty() => {
                "No executions yet. Start one with `cargo local upload FILE`.\n".to_owned()
            }
            None => format!("There is no execution{status}.\n"),
        }
    }
}

/// The ARN of the execution that wrote the record of `key`; `None` if no record states the ARN.
async fn recorded_by(
    client: &DynamoDb,
    table: &str,
    key: &str,
) -> Result<Option<String>, CommandError> {
    let request = client.get_item().table_name(table).consistent_read(true);
    let request = request.key("s3objectkey", AttributeValue::S(key.to_owned()));
    let response = request.projection_expression("execution").send().await;
    let response = response.map_err(|error| CommandError::Record(chain(&error)))?;
    let mut item = response.item.unwrap_or_default();
    Ok(item.remove("execution").and_then(|value| match value {
        AttributeValue::S(arn) => Some(arn),
        _ => None,
    }))
}

/// Returns the executions to show in detail: those of `key`, and those whose id or ARN is `what`.
/// If there are none, returns the only execution in `found`, or `None` if `found` has none or
/// several.
fn selected<'a>(found: &'a [Execution], what: &str, key: &str) -> Option<Vec<&'a Execution>> {
    let named = |it: &&Execution| it.key() == Some(key) || it.id() == what || it.arn == what;
    let named: Vec<_> = found.iter().filter(named).collect();
    match (named.is_empty(), found) {
        (false, _) => Some(named),
        (true, [only]) => Some(vec![only]),
        (true, _) => None,
    }
}

/// Formats the note below a list that leaves out older executions.
fn left_out(shown: usize, filter: &Filter) -> String {
    let newest = format::count(shown, "execution", "executions");
    let more = shown * 5;
    let or = if filter.is_empty() {
        ", or select with a part of a key, --failed or --status"
    } else {
        ""
    };
    format!("The newest {newest}. There are older ones: add --limit {more}{or}.\n")
}

/// Formats the note that follows the details of executions. `left_out` is the number of older
/// executions that were found but are not shown. If `more` is true, there may be older executions
/// that were not found. Returns `None` if there is nothing to note.
fn left_out_of_details(shown: usize, left_out: usize, more: bool) -> Option<String> {
    if more {
        let newest = format::count(shown, "execution", "executions");
        let higher = (shown + left_out) * 5;
        return Some(format!(
            "The newest {newest}. There may be older ones: add --limit {higher}.\n"
        ));
    }
    let others = format::count(left_out, "older execution", "older executions");
    let all = shown + left_out;
    (left_out > 0).then(|| format!("{others} not shown: add --limit {all} to see them.\n"))
}

#[cfg(test)]
mod tests;
