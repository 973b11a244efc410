//! `cargo local redrive`: starts failed executions again.

use clap::Args;

use super::executions::limit;
use super::{CommandError, ExitStatus, print, print_json};
use crate::redrive::{Redriven, redrive};
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::terminal::table::{Cell, Tone, render, table, toned};
use crate::workspace::Workspace;

/// Start failed executions again, from their events in the failure queue.
///
/// Deletes each message once its execution has started. An event that a newer one has superseded
/// changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local redrive\n  cargo local redrive --limit 1 --json")]
pub(super) struct Redrive {
    /// Maximum number of executions to start.
    #[arg(long, default_value_t = 1000, value_parser = limit)]
    limit: usize,
    /// Print the result of each message as JSON.
    #[arg(long)]
    json: bool,
}

impl Redrive {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let redriven = redrive(&aws, &outputs, self.limit).await?;
        if self.json {
            print_json(&redriven)?;
        } else if redriven.is_empty() {
            print("The failure queue is empty.\n")?;
        } else {
            print(&text(&redriven))?;
            print("Follow the executions with `cargo local executions`.\n")?;
        }
        let all_started = redriven.iter().all(|it| it.execution.is_some());
        Ok(if all_started { ExitStatus::Success } else { ExitStatus::Failure })
    }
}

/// Formats a table with a row for each message. The row names the new execution, if it started.
fn text(redriven: &[Redriven]) -> String {
    let mut table = table(&["RESULT", "ERROR", "KEY", "EXECUTION"], &[]);
    for Redriven { key, error, execution, problem } in redriven {
        let name = execution.as_deref().and_then(|arn| arn.rsplit(':').next());
        let result = match problem {
            None => toned("started", Tone::Good),
            Some(problem) => {
                toned(format!("not started: {}", format::printable(problem)), Tone::Bad)
            }
        };
        table.add_row([
            result,
            Cell::new(format::printable(error.as_deref().unwrap_or_default())),
            Cell::new(format::printable(key.as_deref().unwrap_or("(no S3 event)"))),
            Cell::new(name.unwrap_or_default()),
        ]);
    }
    render(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_shown_as_started_or_with_its_problem() {
        let started = Redriven {
            key: Some("uploads/a.png".to_owned()),
            error: Some("TableUnavailable".to_owned()),
            execution: Some("arn:aws:states:us-east-1:0:execution:it:7".to_owned()),
            problem: None,
        };
        let problem = Some("not a failure report".to_owned());
        let not_started = Redriven { key: None, error: None, execution: None, problem };
        let text = text(&[started, not_started]);
        insta::assert_snapshot!(console::strip_ansi_codes(&text), @r"
        RESULT                             ERROR             KEY            EXECUTION
        started                            TableUnavailable  uploads/a.png  7
        not started: not a failure report                    (no S3 event)
        ");
    }
}
