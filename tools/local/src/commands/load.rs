//! `cargo local load`.

use clap::Args;
use comfy_table::Cell;
use serde::Serialize;

use super::{CommandError, Ended, print, print_json, up};
use crate::build::Profile;
use crate::load::{self, Floor, LoadReport, Measured, Pace, Percentiles};
use crate::stack::{Options, Stack};
use crate::terminal::bars;
use crate::terminal::table::{Tone, render, table, toned};
use crate::workspace::Workspace;

/// Uploads images at a steady rate, and shows how long analyses take.
///
/// Everything runs on a fresh emulator, which is stopped at the end. The same uploads go to a
/// state machine of three functions that do nothing, at the same rate and the same time: what
/// that takes is the emulator's share, the rest is ours.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local load --uploads 300 --rate 5 --release\n  cargo local load --json | jq .latencyRatio"
)]
pub(super) struct Load {
    /// Uploads to each of the two state machines.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    uploads: u32,
    /// Uploads per second to each of them.
    #[arg(long, default_value_t = 2.0, value_parser = rate)]
    rate: f64,
    /// Compile the functions as for AWS: minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Print the report as JSON, durations in seconds.
    #[arg(long)]
    json: bool,
}

/// The report, and how its functions were compiled.
#[derive(Debug, Serialize)]
struct Output<'a> {
    profile: &'static str,
    #[serde(flatten)]
    report: &'a LoadReport,
}

impl Load {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<Ended, CommandError> {
        let options = Options {
            profile: up::profile(self.release),
            packages: vec![load::PACKAGE.to_owned()],
            // Never on an emulator that somebody uses: nothing of a load is ever removed.
            ..Options::default()
        };
        let progress = bars::bars();
        let mut stack = Stack::start(workspace, &options, &progress).await?;
        let floor = Floor::deploy(workspace, &stack, &options.name, &progress).await?;
        let pace = Pace::new(self.uploads, self.rate);
        let report = load::run(&mut stack, &floor, pace, &progress).await?;
        if self.json {
            let profile = if options.profile == Profile::Release { "release" } else { "dev" };
            print_json(&Output { profile, report: &report })?;
        } else {
            print(&text(&report, options.profile))?;
        }
        Ok(if report.is_good() { Ended::Well } else { Ended::WithProblems })
    }
}

/// A rate that a machine can take, and at which ten thousand uploads end within a day.
fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.1..=1000.0).contains(&rate) { Ok(rate) } else { Err("not from 0.1 to 1000".to_owned()) }
}

fn text(report: &LoadReport, profile: Profile) -> String {
    let note = if profile == Profile::Dev { UNOPTIMIZED } else { "" };
    [counts(report), times(report), ratios(report) + note].join("\n")
}

const UNOPTIMIZED: &str =
    "The functions were compiled without optimization; --release compiles them as for AWS.\n";

/// The comparison, if both completed something.
fn ratios(report: &LoadReport) -> String {
    let (Some(latency), Some(inside)) = (report.latency_ratio, report.inside_ratio) else {
        return String::new();
    };
    format!(
        "An analysis takes {latency:.2} times as long as three functions that do nothing, from the \
         upload's answer to its end;\n{inside:.2} times in its states alone, without the \
         emulator's wait before the first.\n"
    )
}

/// The state machines and what they are called.
fn both(report: &LoadReport) -> [(&'static str, &Measured); 2] {
    [("analyze-image", &report.pipeline), ("three empty functions", &report.floor)]
}

/// How many uploads there were, and what became of them.
fn counts(report: &LoadReport) -> String {
    let titles =
        ["STATE MACHINE", "UPLOADS", "COMPLETED", "FAILED", "PER SECOND", "FAILED BECAUSE"];
    let mut table = table(&titles, &titles[1..5]);
    for (name, measured) in both(report) {
        let tone = if measured.failed == 0 { Tone::Good } else { Tone::Bad };
        let reasons = measured.failures.iter().map(|(reason, times)| format!("{times} × {reason}"));
        table.add_row([
            Cell::new(name),
            Cell::new(measured.uploads),
            toned(measured.completed, tone),
            toned(measured.failed, tone),
            Cell::new(measured.throughput.map(|it| format!("{it:.2}")).unwrap_or_default()),
            Cell::new(reasons.collect::<Vec<_>>().join("\n")),
        ]);
    }
    render(&table)
}

/// How long everything took, in milliseconds.
fn times(report: &LoadReport) -> String {
    let titles = ["MILLISECONDS", "MEDIAN", "P90", "P99", "MAX"];
    let mut table = table(&titles, &titles[1..]);
    for (name, measured) in both(report) {
        let rows = [
            ("upload due → answered", measured.upload),
            ("upload answered → execution ended", measured.latency),
            ("execution started → ended", measured.execution),
            ("first state entered → last left", measured.inside),
        ];
        table.add_row([Cell::new(name)]);
        for (what, percentiles) in rows {
            let Some(Percentiles { p50, p90, p99, max }) = percentiles else { continue };
            let values = [p50, p90, p99, max].map(|seconds| Cell::new(milliseconds(seconds)));
            table.add_row([Cell::new(format!("  {what}"))].into_iter().chain(values));
        }
        for state in &measured.states {
            let (name, median) = (&state.state, milliseconds(state.p50));
            table.add_row([Cell::new(format!("    {name}")), Cell::new(median)]);
        }
    }
    render(&table)
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1}", seconds * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::StateTime;

    fn measured(completed: usize, seconds: f64) -> Measured {
        let percentiles = Percentiles::of(vec![seconds]);
        Measured {
            uploads: 20,
            completed,
            failed: 20 - completed,
            failures: [("not ended in time".to_owned(), 20 - completed)].into(),
            throughput: Some(2.0),
            upload: Percentiles::of(vec![0.0049]),
            latency: percentiles,
            execution: percentiles,
            inside: Percentiles::of(vec![seconds - 0.15]),
            states: vec![StateTime { state: "HeadObject".to_owned(), p50: 0.0151 }],
        }
    }

    #[test]
    fn both_state_machines_are_shown_with_their_ratio() {
        let (pipeline, floor) = (measured(19, 0.25), measured(20, 0.2));
        let floor = Measured { failures: [].into(), ..floor };
        let report = LoadReport {
            uploads: 20,
            rate: 2.0,
            latency_ratio: Some(1.25),
            inside_ratio: Some(2.0),
            pipeline,
            floor,
        };
        let shown = text(&report, Profile::Dev);
        insta::assert_snapshot!(console::strip_ansi_codes(&shown), @r"
        STATE MACHINE          UPLOADS  COMPLETED  FAILED  PER SECOND  FAILED BECAUSE
        analyze-image               20         19       1        2.00  1 × not ended in time
        three empty functions       20         20       0        2.00

        MILLISECONDS                         MEDIAN    P90    P99    MAX
        analyze-image
          upload due → answered                 4.9    4.9    4.9    4.9
          upload answered → execution ended   250.0  250.0  250.0  250.0
          execution started → ended           250.0  250.0  250.0  250.0
          first state entered → last left     100.0  100.0  100.0  100.0
            HeadObject                         15.1
        three empty functions
          upload due → answered                 4.9    4.9    4.9    4.9
          upload answered → execution ended   200.0  200.0  200.0  200.0
          execution started → ended           200.0  200.0  200.0  200.0
          first state entered → last left      50.0   50.0   50.0   50.0
            HeadObject                         15.1

        An analysis takes 1.25 times as long as three functions that do nothing, from the upload's answer to its end;
        2.00 times in its states alone, without the emulator's wait before the first.
        The functions were compiled without optimization; --release compiles them as for AWS.
        ");
        assert!(!report.is_good());
    }

    #[test]
    fn rates_have_limits() {
        assert_eq!(rate("2.5"), Ok(2.5));
        for text in ["0", "-1", "1001", "NaN", "inf", "fast"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
