//! Executions as rows of a table, and as single lines.

use console::style;

use crate::executions::{Execution, Outcome, Status};
use crate::terminal::format;
use crate::terminal::table::{Cell, Tone, render, table, toned};

/// Shown in place of the key if the execution's input is not an S3 event.
const NO_EVENT: &str = "(no S3 event)";

/// Formats a table of executions. `now` is in seconds since 1970.
pub(super) fn list(executions: &[Execution], now: f64) -> String {
    let titles = ["STATUS", "OUTCOME", "EVENT", "STARTED", "DURATION", "ID", "KEY"];
    let mut table = table(&titles, &["STARTED", "DURATION"]).about("KEY").flexible("OUTCOME");
    let ids = short_ids(executions);
    for (execution, id) in executions.iter().zip(ids) {
        let change = execution.trigger.as_ref().and_then(|trigger| trigger.change);
        table.add_row([
            toned(execution.status, status_tone(execution.status)),
            Cell::new(outcome(execution)),
            Cell::new(change.map(|it| it.to_string()).unwrap_or_default()),
            Cell::new(format::ago(now - execution.started)),
            Cell::new(execution.duration().map(format::seconds).unwrap_or_default()),
            Cell::new(id),
            Cell::new(format::printable(execution.key().unwrap_or(NO_EVENT))),
        ]);
    }
    render(&table)
}

/// The beginnings of the executions' ids, long enough to tell these executions apart.
fn short_ids(executions: &[Execution]) -> Vec<String> {
    let ids: Vec<&str> = executions.iter().map(Execution::id).collect();
    let is_unique = |length: usize| {
        let shorts: std::collections::HashSet<_> =
            ids.iter().map(|id| format::beginning(id, length)).collect();
        shorts.len() == ids.len()
    };
    let length = (format::SHORT_ID..64).find(|&length| is_unique(length));
    ids.iter().map(|id| format::beginning(id, length.unwrap_or(usize::MAX)).to_owned()).collect()
}

fn status_tone(status: Status) -> Tone {
    match status {
        Status::Succeeded => Tone::Good,
        Status::Running | Status::PendingRedrive => Tone::Notable,
        _ => Tone::Bad,
    }
}

/// Formats the outcome. A rejection includes its reason. The mark `(stale)` means that the outcome
/// was not recorded: see [`Execution::is_stale`].
pub(super) fn outcome(execution: &Execution) -> String {
    let outcome = execution.outcome();
    let stale = if execution.is_stale() { " (stale)" } else { "" };
    match execution.rejection().filter(|_| matches!(outcome, Outcome::Rejected(_))) {
        Some(why) => format!("{outcome}: {}{stale}", format::printable(why)),
        None => format!("{outcome}{stale}"),
    }
}

/// Formats an ended execution as one line: text for people, or JSON.
///
/// # Errors
/// If it cannot be formatted as JSON.
pub(in crate::commands) fn line(execution: &Execution, json: bool) -> serde_json::Result<String> {
    if json {
        return Ok(format!("{}\n", serde_json::to_string(execution)?));
    }
    let key = format::printable(execution.key().unwrap_or(NO_EVENT));
    let change = execution.trigger.as_ref().and_then(|trigger| trigger.change);
    let text = outcome(execution);
    let outcome = match execution.outcome() {
        Outcome::Image | Outcome::Absent => style(text).green(),
        Outcome::Failed(_) => style(text).red(),
        _ => style(text).yellow(),
    };
    let change = change.map(|it| format!("{it} ")).unwrap_or_default();
    let took = format::seconds(execution.duration().unwrap_or_default());
    let id = format::short_id(execution.id());
    Ok(format!("{key}  {change}→ {outcome}  {}\n", style(format!("{took}  {id}")).dim()))
}
