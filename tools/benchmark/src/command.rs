//! The command line.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Parser;
use pulumi_program::Checkout;

use crate::aws::Aws;
use crate::error::BenchmarkError;
use crate::figures::Report;
use crate::measure::Benchmark;
use crate::project::Settings;
use crate::workload::EMPTY_FUNCTION;
use crate::{baseline, binaries, callgrind, confinement, project, table};

/// Measures the released functions as Lambda runs them, next to a function that does nothing.
///
/// Times are medians on one processor of this machine. Counts (instructions, bytes) are nearly the
/// same on any machine of one architecture; × is a count divided by that of
/// `empty-function`.
#[derive(Debug, Parser)]
#[command(name = "cargo benchmark", bin_name = "cargo benchmark")]
#[expect(clippy::struct_excessive_bools, reason = "they are independent flags")]
pub(crate) struct Cli {
    /// Functions to measure; all functions by default.
    functions: Vec<String>,
    /// Directory of the binaries: DIR/FUNCTION/bootstrap.zip, DIR/FUNCTION/bootstrap or
    /// DIR/FUNCTION. By default they are built with the release profile.
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Fail if a count is more than 10 % above the committed one, or resident memory more than
    /// 25 %.
    #[arg(long)]
    check: bool,
    /// Write the counts to tools/benchmark/baseline.json, to be committed.
    #[arg(long, conflicts_with = "check")]
    write_baseline: bool,
    /// Do not count instructions. Counting takes the longest, and needs valgrind.
    #[arg(long, conflicts_with = "write_baseline")]
    no_instructions: bool,
}

/// Measures the functions and prints the figures. With `--check`, compares them with the baseline;
/// with `--write-baseline`, writes a new one. Returns false if the check failed, or if
/// instructions could not be counted for the comparison or for the new baseline.
pub(crate) fn run(cli: &Cli) -> Result<bool, BenchmarkError> {
    let checkout = Checkout::find()?;
    let root = checkout.root();
    let report = measure(cli, &checkout)?;
    if cli.json {
        print_json(&report)?;
    } else {
        print(&table::render(&report))?;
    }
    let complete = !lacks_instructions(cli, &report);
    if cli.check {
        return Ok(check(cli, root, &report)? && complete);
    }
    if cli.write_baseline && complete {
        write(cli, root, report)?;
    }
    Ok(complete || !cli.write_baseline)
}

fn measure(cli: &Cli, checkout: &Checkout) -> Result<Report, BenchmarkError> {
    let root = checkout.root();
    let known = checkout.functions().map_err(BenchmarkError::io("listing functions/"))?;
    let is_known = |name: &String| name == EMPTY_FUNCTION || known.contains(name);
    if let Some(name) = cli.functions.iter().find(|name| !is_known(name)) {
        return Err(BenchmarkError::NoFunction(name.clone()));
    }
    let wanted = |name: &String| cli.functions.is_empty() || cli.functions.contains(name);
    let functions: Vec<_> = known.into_iter().filter(wanted).collect();
    let names = functions.iter().map(String::as_str).chain([EMPTY_FUNCTION]);
    let places = binaries::places(root, cli.binaries.as_deref(), &names.collect::<Vec<_>>())?;
    let benchmark = prepare(cli, root)?;
    let mut report = Report { architecture: std::env::consts::ARCH.into(), ..Report::default() };
    for (name, directory) in &places {
        note(&format!("measuring {name}"));
        report.functions.insert((*name).to_owned(), benchmark.measure(name, directory)?);
    }
    Ok(report)
}

fn prepare(cli: &Cli, root: &Path) -> Result<Benchmark, BenchmarkError> {
    let mut settings = project::settings(root)?;
    let memory = settings.values().map(|settings| settings.memory).max().unwrap_or(256);
    let name = EMPTY_FUNCTION.to_owned();
    settings.insert(name.clone(), Settings { name, environment: [].into(), memory });
    let valgrind = if cli.no_instructions { None } else { callgrind::find() };
    confinement::make_room();
    let aws = Aws::start().map_err(BenchmarkError::io("starting the stand-in for AWS"))?;
    Ok(Benchmark { root: root.to_owned(), settings, aws, valgrind })
}

/// True if instructions should have been counted, but were not. In this case, prints how to get
/// them counted.
fn lacks_instructions(cli: &Cli, report: &Report) -> bool {
    let lacking = !cli.no_instructions && !report.has_instructions();
    if lacking {
        note(callgrind::ADVICE);
    }
    lacking
}

fn write(cli: &Cli, root: &Path, mut report: Report) -> Result<(), BenchmarkError> {
    if !cli.functions.is_empty() {
        // Functions that were not measured keep their counts in the baseline.
        let mut functions = baseline::read(root)?.functions;
        functions.append(&mut report.functions);
        report.functions = functions;
    }
    baseline::write(root, &report)?;
    note(&format!("written: {}", baseline::file(root).display()));
    Ok(())
}

/// Compares a report with the baseline, and prints the regressions and gains. Returns true if there
/// are no regressions.
fn check(cli: &Cli, root: &Path, report: &Report) -> Result<bool, BenchmarkError> {
    let mut baseline = baseline::read(root)?;
    if !cli.functions.is_empty() {
        baseline.functions.retain(|name, _| report.functions.contains_key(name));
    }
    if !report.has_instructions() {
        baseline.forget_instructions();
    }
    let regressions = baseline::regressions(&baseline, report);
    report_all(
        &regressions,
        "if the change is worth it, write a new baseline (see tools/benchmark/README.md)",
    );
    let gains = baseline::gains(&baseline, report);
    report_all(&gains, "better than before: keep the gain with a new baseline");
    Ok(regressions.is_empty())
}

fn print_json(report: &Report) -> Result<(), BenchmarkError> {
    let text = serde_json::to_string_pretty(report);
    let text = text.map_err(|error| BenchmarkError::io("writing JSON")(error.into()))?;
    print(&(text + "\n"))
}

fn print(text: &str) -> Result<(), BenchmarkError> {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    written.map_err(BenchmarkError::io("printing the figures"))
}

/// Prints the sentences to standard error, and then the advice; nothing if there are no sentences.
fn report_all(sentences: &[String], advice: &str) {
    for sentence in sentences {
        note(sentence);
    }
    if !sentences.is_empty() {
        note(advice);
    }
}

fn note(text: &str) {
    // If standard error is closed, there is nowhere left to report the failure.
    let _written = writeln!(std::io::stderr(), "{text}");
}
