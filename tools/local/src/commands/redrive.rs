//! `cargo local redrive`.

use clap::Args;
use comfy_table::Cell;

use super::executions::limit;
use super::{CommandError, Ended, print, print_json};
use crate::aws::Aws;
use crate::redrive::{Redriven, redrive};
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::terminal::table::{Tone, render, table, toned};
use crate::workspace::Workspace;

/// Starts executions again that failed, from their events in the failure queue.
///
/// A message is deleted once its execution has started. An event that
/// something newer has overtaken changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local redrive\n  cargo local redrive --limit 1 --json")]
pub(super) struct Redrive {
    /// How many executions to start at the most.
    #[arg(long, default_value_t = 1000, value_parser = limit)]
    limit: usize,
    /// Print what was started as JSON.
    #[arg(long)]
    json: bool,
}

impl Redrive {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<Ended, CommandError> {
        let outputs = StateFile::of(workspace).outputs()?;
        let aws = Aws::connect(&outputs.endpoint);
        let redriven = redrive(&aws, &outputs, self.limit).await?;
        if self.json {
            print_json(&redriven)?;
        } else if redriven.is_empty() {
            print("The failure queue is empty.\n")?;
        } else {
            print(&shown(&redriven))?;
            print("See what becomes of them with `cargo local executions`.\n")?;
        }
        let all_started = redriven.iter().all(|one| one.execution.is_some());
        Ok(if all_started { Ended::Well } else { Ended::WithProblems })
    }
}

/// A table of messages and the executions that they started.
fn shown(redriven: &[Redriven]) -> String {
    let mut table = table(&["RESULT", "FAILED WITH", "KEY", "EXECUTION"], &[]);
    for one in redriven {
        let name = one.execution.as_deref().and_then(|arn| arn.rsplit(':').next());
        table.add_row([
            match &one.problem {
                None => toned("started", Tone::Good),
                Some(problem) => toned(format!("left: {}", format::printable(problem)), Tone::Bad),
            },
            Cell::new(format::printable(one.error.as_deref().unwrap_or_default())),
            Cell::new(format::printable(one.key.as_deref().unwrap_or("(no S3 event)"))),
            Cell::new(name.unwrap_or_default()),
        ]);
    }
    render(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_started_and_what_was_not_are_told_apart() {
        let started = Redriven {
            key: Some("uploads/a.png".to_owned()),
            error: Some("TableUnavailable".to_owned()),
            execution: Some("arn:aws:states:us-east-1:0:execution:it:7".to_owned()),
            problem: None,
        };
        let problem = Some("no failed execution's message".to_owned());
        let left = Redriven { key: None, error: None, execution: None, problem };
        let shown = shown(&[started, left]);
        insta::assert_snapshot!(console::strip_ansi_codes(&shown), @r"
        RESULT                               FAILED WITH       KEY            EXECUTION
        started                              TableUnavailable  uploads/a.png  7
        left: no failed execution's message                    (no S3 event)
        ");
    }
}
