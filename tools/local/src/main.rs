//! `cargo local`: parses the command line and runs the command. The library `local` does the work.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use local::commands::{self, Cli, CommandError, ExitStatus};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Exit codes of a program that SIGINT or SIGTERM has ended, as shells report them: 128 plus the
/// signal's number.
const INTERRUPTED: u8 = 128 + 2;
const TERMINATED: u8 = 128 + 15;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let code = runtime.block_on(run(cli));
    // Does not wait for a thread that is still packing functions.
    runtime.shutdown_background();
    code
}

/// Runs the command until it ends or a signal arrives. Either way, the command's future is dropped.
/// That stops every process that the command has started, except a browser and a stack that is
/// ready in the background.
async fn run(cli: Cli) -> ExitCode {
    let (mut interrupt, mut terminate, mut hangup) = match signals() {
        Ok(signals) => signals,
        Err(error) => return fail(&error),
    };
    tokio::select! {
        result = commands::run(cli) => exit_code(result),
        _ = interrupt.recv() => stopped(INTERRUPTED),
        _ = terminate.recv() => stopped(TERMINATED),
        _ = hangup.recv() => stopped(TERMINATED),
    }
}

/// SIGINT, SIGTERM and SIGHUP.
fn signals() -> std::io::Result<(Signal, Signal, Signal)> {
    Ok((
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    ))
}

fn exit_code(result: Result<ExitStatus, CommandError>) -> ExitCode {
    match result {
        Ok(ExitStatus::Success) => ExitCode::SUCCESS,
        Ok(ExitStatus::Failure) => ExitCode::FAILURE,
        Err(error) if error.is_closed_output() => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    let label = console::style("error:").red().bold().for_stderr();
    message(&format!("{label} {error}"));
    ExitCode::FAILURE
}

fn stopped(code: u8) -> ExitCode {
    message("Stopped.");
    ExitCode::from(code)
}

fn message(text: &str) {
    // If standard error is closed, there is nowhere to report the failed write.
    let _written = writeln!(std::io::stderr(), "{text}");
}
