//! `cargo local reconcile`.

use clap::Args;
use comfy_table::Cell;

use super::{CommandError, Ended, print, print_json};
use crate::aws::Aws;
use crate::progress::Step;
use crate::reconciliation::{Report, Tally, reconcile};
use crate::stack::state::StateFile;
use crate::terminal::bars;
use crate::terminal::table::{Tone, render, table, toned};
use crate::workspace::Workspace;

/// Makes the catalog equal to the bucket, whatever went wrong before.
///
/// Analyses objects that have no record or that of another object, removes
/// records whose object is gone, and recounts the totals. What agrees is
/// only compared.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local reconcile\n  cargo local reconcile --json")]
pub(super) struct Reconcile {
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

impl Reconcile {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<Ended, CommandError> {
        let outputs = StateFile::of(workspace).outputs()?;
        let sfn = Aws::connect(&outputs.endpoint).sfn;
        let progress = bars::bars();
        progress.doing(Step::Process, "comparing the catalog with the bucket");
        let report = reconcile(&sfn, &outputs.reconcile_state_machine_arn).await?;
        progress.done(Step::Process, format!("{} repaired", report.repaired));
        if self.json {
            print_json(&report)?;
        } else {
            print(&shown(&report))?;
        }
        Ok(if report.failed == 0 { Ended::Well } else { Ended::WithProblems })
    }
}

/// The report as a table.
fn shown(report: &Report) -> String {
    let titles = ["COMPARED", "EXAMINED", "REPAIRED", "FAILED"];
    let mut table = table(&titles, &titles[1..]);
    let rows = [
        ("objects with their records", report.objects),
        ("records with the bucket", report.records),
        ("totals with a count, per shard", report.totals),
    ];
    for (what, Tally { examined, repaired, failed }) in rows {
        let repaired_tone = if repaired == 0 { Tone::Good } else { Tone::Notable };
        let failed_tone = if failed == 0 { Tone::Good } else { Tone::Bad };
        table.add_row([
            Cell::new(what),
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
        insta::assert_snapshot!(console::strip_ansi_codes(&shown(&report)), @r"
        COMPARED                        EXAMINED  REPAIRED  FAILED
        objects with their records          1000        60       0
        records with the bucket             1000        30       0
        totals with a count, per shard         8         1       2
        ");
    }
}
