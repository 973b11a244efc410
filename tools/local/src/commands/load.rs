//! `cargo local load`: measures analyses under a steady stream of uploads.

use clap::Args;
use serde::Serialize;

use super::{CommandError, ExitStatus, print, print_json, up};
use crate::build::Profile;
use crate::load::{self, EmptyPipeline, LoadReport, Measured, Pace, Percentiles};
use crate::stack::{Options, Stack};
use crate::terminal::bars;
use crate::terminal::table::{Cell, Tone, render, table, toned};
use crate::workspace::Workspace;

/// Upload images at a steady rate and measure how long their analyses take.
///
/// Starts a new emulator and stops it at the end. At the same time and rate, the same images are
/// also uploaded for an "empty pipeline", a state machine whose three functions do nothing. The
/// times of the empty pipeline are the emulator's share of an analysis; the rest is pixgauge's own.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local load --uploads 300 --rate 5 --release\n  cargo local load --json | jq .latencyRatio"
)]
pub(super) struct Load {
    /// Uploads for each of the two state machines.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    uploads: u32,
    /// Uploads per second for each of the two state machines.
    #[arg(long, default_value_t = 2.0, value_parser = rate)]
    rate: f64,
    /// Build the functions with optimizations, as for AWS; takes minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Print the report as JSON, with durations in seconds.
    #[arg(long)]
    json: bool,
}

/// JSON output: the report, and the build profile of the functions.
#[derive(Debug, Serialize)]
struct Output<'a> {
    profile: &'static str,
    #[serde(flatten)]
    report: &'a LoadReport,
}

impl Load {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let options = Options {
            profile: up::profile(self.release),
            packages: vec![load::PACKAGE.to_owned()],
            // A load run leaves all its objects and resources behind, so it starts a new emulator
            // even if PIXGAUGE_ENDPOINT is set.
            ..Options::default()
        };
        let progress = bars::bars();
        let mut stack = Stack::start(workspace, &options, &progress).await?;
        let empty = EmptyPipeline::deploy(workspace, &stack, &options.name, &progress).await?;
        let pace = Pace::new(self.uploads, self.rate);
        let report = load::run(&mut stack, &empty, pace, &progress).await?;
        if self.json {
            let profile = if options.profile == Profile::Release { "release" } else { "dev" };
            print_json(&Output { profile, report: &report })?;
        } else {
            print(&text(&report, options.profile))?;
        }
        Ok(if report.all_completed() { ExitStatus::Success } else { ExitStatus::Failure })
    }
}

/// Parses a rate, in uploads per second. The upper limit is far above what an emulator on one
/// machine can handle. At the lower limit, the largest number of uploads (10,000) takes about 28
/// hours.
fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.1..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("must be a number from 0.1 to 1000".to_owned()),
    }
}

fn text(report: &LoadReport, profile: Profile) -> String {
    let note = if profile == Profile::Dev { UNOPTIMIZED } else { "" };
    [counts(report), times(report), ratios(report) + note].join("\n")
}

const UNOPTIMIZED: &str =
    "The functions were built without optimizations; use --release to build them as for AWS.\n";

/// Formats the ratios of the two state machines' median durations. Returns an empty text if there
/// are no ratios, for example because no upload for one of the state machines was completed.
fn ratios(report: &LoadReport) -> String {
    let (Some(latency), Some(inside)) = (report.latency_ratio, report.inside_ratio) else {
        return String::new();
    };
    format!(
        "From upload to end, an analysis takes {latency:.2} times as long as the empty pipeline;\n\
         in its states alone, without the emulator's delay before the first, {inside:.2} times.\n"
    )
}

/// The measurements of the two state machines, each with the name under which it is shown.
fn both(report: &LoadReport) -> [(&'static str, &Measured); 2] {
    [("analyze-image", &report.pipeline), ("empty pipeline", &report.empty_pipeline)]
}

/// Formats a table of completed and failed uploads.
fn counts(report: &LoadReport) -> String {
    let titles = ["STATE MACHINE", "UPLOADS", "COMPLETED", "FAILED", "PER SECOND", "FAILURES"];
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
            Cell::new(reasons.collect::<Vec<_>>().join(", ")),
        ]);
    }
    render(&table)
}

/// Formats a table of durations in milliseconds.
fn times(report: &LoadReport) -> String {
    let titles = ["MILLISECONDS", "MEDIAN", "P90", "P99", "MAX"];
    let mut table = table(&titles, &titles[1..]);
    for (name, measured) in both(report) {
        let rows = [
            ("upload due → uploaded", measured.upload),
            ("uploaded → execution ended", measured.latency),
            ("execution started → ended", measured.execution),
            ("first state entered → last exited", measured.inside),
        ];
        table.add_row([Cell::new(name)]);
        for (title, percentiles) in rows {
            let Some(Percentiles { p50, p90, p99, max }) = percentiles else { continue };
            let values = [p50, p90, p99, max].map(|seconds| Cell::new(milliseconds(seconds)));
            table.add_row([Cell::new(format!("  {title}"))].into_iter().chain(values));
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
            failures: [("did not end in time".to_owned(), 20 - completed)].into(),
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
        let (pipeline, empty_pipeline) = (measured(19, 0.25), measured(20, 0.2));
        let empty_pipeline = Measured { failures: [].into(), ..empty_pipeline };
        let report = LoadReport {
            uploads: 20,
            rate: 2.0,
            latency_ratio: Some(1.25),
            inside_ratio: Some(2.0),
            pipeline,
            empty_pipeline,
        };
        let shown = text(&report, Profile::Dev);
        insta::assert_snapshot!(console::strip_ansi_codes(&shown), @r"
        STATE MACHINE   UPLOADS  COMPLETED  FAILED  PER SECOND  FAILURES
        analyze-image        20         19       1        2.00  1 × did not end in time
        empty pipeline       20         20       0        2.00

        MILLISECONDS                         MEDIAN    P90    P99    MAX
        analyze-image
          upload due → uploaded                 4.9    4.9    4.9    4.9
          uploaded → execution ended          250.0  250.0  250.0  250.0
          execution started → ended           250.0  250.0  250.0  250.0
          first state entered → last exited   100.0  100.0  100.0  100.0
            HeadObject                         15.1
        empty pipeline
          upload due → uploaded                 4.9    4.9    4.9    4.9
          uploaded → execution ended          200.0  200.0  200.0  200.0
          execution started → ended           200.0  200.0  200.0  200.0
          first state entered → last exited    50.0   50.0   50.0   50.0
            HeadObject                         15.1

        From upload to end, an analysis takes 1.25 times as long as the empty pipeline;
        in its states alone, without the emulator's delay before the first, 2.00 times.
        The functions were built without optimizations; use --release to build them as for AWS.
        ");
        assert!(!report.all_completed());
    }

    #[test]
    fn rates_have_limits() {
        assert_eq!(rate("2.5"), Ok(2.5));
        for text in ["0", "-1", "1001", "NaN", "inf", "fast"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
