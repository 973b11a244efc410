//! The commands of `cargo local`, one per file.

mod costs;
mod demo;
mod down;
mod executions;
mod load;
mod outputs;
mod ready;
mod reconcile;
mod redrive;
mod scale;
mod up;

use clap::{Parser, Subcommand};
use pulumi_program::NoCheckout;

use crate::api::ApiError;
use crate::executions::ExecutionsError;
use crate::load::LoadError;
use crate::reconciliation::ReconciliationError;
use crate::redrive::RedriveError;
use crate::samples::SampleError;
use crate::stack::StackError;
use crate::stack::state::StateError;
use crate::workspace::Workspace;

/// Runs pixgauge on this machine, on an AWS emulator: no account, no Docker.
///
/// The emulator is installed on first use and needs Python 3.10 or newer.
/// `PIXGAUGE_ENDPOINT=http://host:port` names an emulator that already runs, to
/// be used instead of a new one.
#[derive(Debug, Parser)]
#[command(name = "cargo local", bin_name = "cargo local", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Up(up::Up),
    Load(load::Load),
    Outputs(outputs::OutputsCommand),
    Executions(executions::ExecutionsCommand),
    Reconcile(reconcile::Reconcile),
    Redrive(redrive::Redrive),
    Costs(costs::Costs),
    Scale(scale::Scale),
    Down(down::Down),
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All is as it should be.
    Well,
    /// What was to be shown is shown, and it shows a problem.
    WithProblems,
}

/// A command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Not inside the project.
    #[error(transparent)]
    Workspace(#[from] NoCheckout),
    /// The stack did not start, or its emulator ended.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No running stack, or one that is in the way.
    #[error(transparent)]
    State(#[from] StateError),
    /// Step Functions does not answer.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// The query API does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The samples could not be made.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The files to upload are not there.
    #[error(transparent)]
    Files(#[from] demo::FilesError),
    /// S3 refused an upload or a deletion.
    #[error("{call} of {key:?} failed: {message}")]
    Object {
        /// The API's name of the call.
        call: &'static str,
        /// The object's key.
        key: String,
        /// What S3 said.
        message: String,
    },
    /// A reconciliation did not reach its end.
    #[error(transparent)]
    Reconciliation(#[from] ReconciliationError),
    /// A load was not applied.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The failure queue does not answer.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
    /// The process of the stack does not end.
    #[error("the stack's process {process} does not end: stop it with `kill -9 {process}`")]
    StillRunning {
        /// The process.
        process: u32,
    },
    /// The result could not be printed.
    #[error("printing the result failed: {0}")]
    Print(#[from] std::io::Error),
    /// The result could not be written as JSON.
    #[error("writing the result as JSON failed: {0}")]
    Json(#[from] serde_json::Error),
}

impl CommandError {
    /// Whether the reader of standard output has gone, as `head` does: no failure.
    #[must_use]
    pub fn is_closed_output(&self) -> bool {
        let kind = match self {
            Self::Print(error) => Some(error.kind()),
            Self::Json(error) => error.io_error_kind(),
            _ => None,
        };
        kind == Some(std::io::ErrorKind::BrokenPipe)
    }
}

/// Runs the command. Dropping the future stops everything it has started.
///
/// # Errors
/// When the command fails; the message says what to do.
pub async fn run(cli: Cli) -> Result<Ended, CommandError> {
    let workspace = Workspace::find()?;
    match cli.command {
        Command::Demo(command) => command.run(&workspace).await,
        Command::Up(command) => command.run(&workspace).await,
        Command::Load(command) => command.run(&workspace).await,
        Command::Outputs(command) => command.run(&workspace),
        Command::Executions(command) => command.run(&workspace).await,
        Command::Reconcile(command) => command.run(&workspace).await,
        Command::Redrive(command) => command.run(&workspace).await,
        Command::Costs(command) => command.run(),
        Command::Scale(command) => command.run(),
        Command::Down(command) => command.run(&workspace).await,
    }
}

/// Prints `value` as JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> Result<(), CommandError> {
    use std::io::Write as _;
    let mut output = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    writeln!(output)?;
    Ok(())
}

/// Prints `text` on standard output.
fn print(text: &str) -> Result<(), CommandError> {
    use std::io::Write as _;
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn closed_output_is_no_failure() {
        let closed = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(CommandError::Print(closed).is_closed_output());
        assert!(!CommandError::State(StateError::NotRunning).is_closed_output());
    }
}
