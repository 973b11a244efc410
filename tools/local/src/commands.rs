//! Command line of `cargo local`: argument parsing, and one module per subcommand.

mod costs;
mod demo;
mod down;
mod env;
mod executions;
mod load;
mod outputs;
mod page;
mod ready;
mod reconcile;
mod redrive;
mod scale;
mod up;

use std::io::Write as _;

use clap::{Parser, Subcommand};
use pulumi_program::NoCheckout;

use crate::api::ApiError;
use crate::executions::ExecutionsError;
use crate::load::LoadError;
use crate::page::PageError;
use crate::reconciliation::ReconciliationError;
use crate::redrive::RedriveError;
use crate::samples::SampleError;
use crate::stack::StackError;
use crate::stack::state::StateError;
use crate::workspace::Workspace;

/// Run pixgauge on this machine with an AWS emulator, without an AWS account or Docker.
///
/// The emulator is installed on first use and needs Python 3.10 or later. Set
/// `PIXGAUGE_ENDPOINT=http://host:port` to make `demo` and `up` use an emulator that is already
/// running. Requests to it are signed with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`
/// (`test`/`test` if they are not set).
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
    Env(env::Env),
    Page(page::PageCommand),
    Executions(executions::ExecutionsCommand),
    Reconcile(reconcile::Reconcile),
    Redrive(redrive::Redrive),
    Costs(costs::Costs),
    Scale(scale::Scale),
    Down(down::Down),
}

/// Exit status of a command that ran to completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// The command found no problem.
    Success,
    /// The command worked, and its result shows a problem, such as a failed execution.
    Failure,
}

/// Reason why a command could not run to completion.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The project was not found.
    #[error(transparent)]
    Workspace(#[from] NoCheckout),
    /// The stack did not start, or its emulator ended.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No stack is running although the command needs one, or one is running already.
    #[error(transparent)]
    State(#[from] StateError),
    /// A call to Step Functions failed.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// A request to the query API failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A sample image could not be encoded.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The files to upload are missing, unreadable or ambiguous.
    #[error(transparent)]
    Files(#[from] demo::FilesError),
    /// An object could not be uploaded or deleted.
    #[error("{call} failed for {key:?}: {message}")]
    Object {
        /// Name of the S3 operation, or of the step before it.
        call: &'static str,
        /// Key of the object.
        key: String,
        /// Error message of S3 or of the operating system.
        message: String,
    },
    /// A reconciliation failed.
    #[error(transparent)]
    Reconciliation(#[from] ReconciliationError),
    /// A load run could not be carried out.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The page could not be served, or there is none.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A call to the failure queue failed.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
    /// The process that runs the stack survived SIGTERM and SIGKILL.
    #[error("process {process}, which runs the stack, did not stop: try `kill -9 {process}`")]
    StillRunning {
        /// Process id.
        process: u32,
    },
    /// The result could not be printed.
    #[error("cannot print the result: {0}")]
    Print(#[from] std::io::Error),
    /// The result could not be printed as JSON.
    #[error("cannot print the result as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl CommandError {
    /// True if the reader of standard output has closed it, as `head` does. That is not a failure.
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

/// Runs the command. Dropping the future stops everything that the command has started.
///
/// # Errors
/// If the command fails. The message says what to do.
pub async fn run(cli: Cli) -> Result<ExitStatus, CommandError> {
    let workspace = Workspace::find()?;
    match cli.command {
        Command::Demo(command) => command.run(&workspace).await,
        Command::Up(command) => command.run(&workspace).await,
        Command::Load(command) => command.run(&workspace).await,
        Command::Outputs(command) => command.run(&workspace),
        Command::Env(command) => command.run(&workspace),
        Command::Page(command) => command.run(&workspace),
        Command::Executions(command) => command.run(&workspace).await,
        Command::Reconcile(command) => command.run(&workspace).await,
        Command::Redrive(command) => command.run(&workspace).await,
        Command::Costs(command) => command.run(),
        Command::Scale(command) => command.run(),
        Command::Down(command) => command.run(&workspace).await,
    }
}

/// Prints `value` on standard output, as indented JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    writeln!(output)?;
    Ok(())
}

/// Prints `text` on standard output, without adding a newline.
fn print(text: &str) -> Result<(), CommandError> {
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
    fn closed_output_is_not_a_failure() {
        let closed = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(CommandError::Print(closed).is_closed_output());
        assert!(!CommandError::State(StateError::NotRunning).is_closed_output());
    }
}
