//! `cargo local reconcile`: compares the catalog with the bucket and repairs differences.

use clap::Args;

use super::{CommandError, ExitStatus, print, print_json};
use crate::progress::Step;
use crate::reconciliation::{Report, Tally, reconcile, remeasure};
use crate::stack::state::StateFile;
use crate::terminal::bars;
use crate::terminal::table::{Cell, Tone, render, table, toned};
use crate::workspace::Workspace;

/// Make the catalog match the bucket.
///
/// Starts an analysis for each object whose record is missing or describes an object that has been
/// replaced, removes records whose object is gone, and recounts the totals. Writes nothing where
/// the catalog and the bucket already agree.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local reconcile\n  cargo local reconcile --json")]
pub(super) struct Reconcile {
    /// Also measure again what an older version of pixgauge measured.
    #[arg(long)]
    remeasure: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Reconcile {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let sfn = aws.sfn;
        let progress = bars::bars();
        progress.doing(Step::Process, "comparing the catalog with the bucket");
        let state_machine = &outputs.reconcile_state_machine_arn;
        let report = if self.remeasure {
            remeasure(&sfn, state_machine).await?
        } else {
            reconcile(&sfn, state_machine).await?
        };
        progress.done(Step::Process, format!("{} repaired", report.repaired));
        if self.json {
            print_json(&report)?;
        } else {
            print(&text(&report))?;
        }
        Ok(if report.failed == 0 { ExitStatus::Success } else { ExitStatus::Failure })
    }
}

/// Formats the report as a table.
fn text(report: &Report) -> String {
    let titles = ["COMPARISON", "EXAMINED", "REPAIRED", "FAILED"];
    let mut table = table(&titles, &titles[1..]);
    let rows = [
        ("objects with their records", report.objects),
        ("records with the bucket", report.records),
        ("each shard's totals with a recount", report.totals),
    ];
    for (name, Tally { examined, repaired, failed }) in rows {
        let repaired_tone = if repaired == 0 { Tone::Good } else { Tone::Notable };
        let failed_tone = if failed == 0 { Tone::Good } else { Tone::Bad };
        table.add_row([
            Cell::new(name),
            Cell::new(examined),
            toned(repaired, repaired_tone),
            toned(failed, failed_tone),
        ]);
    }
    render(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_a_row() {
        let tally = |repaired| Tally { examined: 1000, repaired, failed: 0 };
        let report = Report {
            objects: tally(60),
            records: tally(30),
            totals: Tally { examined: 8, repaired: 1, failed: 2 },
            repaired: 91,
            failed: 2,
        };
        insta::assert_snapshot!(console::strip_ansi_codes(&text(&report)), @r"
        COMPARISON                          EXAMINED  REPAIRED  FAILED
        objects with their records              1000        60       0
        records with the bucket                 1000        30       0
        each shard's totals with a recount         8         1       2
        ");
    }
}
