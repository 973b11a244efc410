//! Command line of `cargo local`: argument parsing, and one module per subcommand.

mod completions;
mod costs;
mod demo;
mod down;
mod env;
mod events;
mod executions;
mod load;
mod logs;
mod outputs;
mod page;
mod ready;
mod reconcile;
mod redrive;
mod reset;
mod scale;
mod up;
mod upload;
mod uploads;

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use pulumi_program::NoCheckout;

use crate::api::ApiError;
use crate::emulator::control::ControlError;
use crate::executions::ExecutionsError;
use crate::load::LoadError;
use crate::logs::LogsError;
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
    Upload(upload::Upload),
    Executions(executions::ExecutionsCommand),
    Logs(logs::LogsCommand),
    Events(events::EventsCommand),
    Reconcile(reconcile::Reconcile),
    Redrive(redrive::Redrive),
    Costs(costs::Costs),
    Scale(scale::Scale),
    Down(down::Down),
    Reset(reset::Reset),
    Completions(completions::Completions),
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
    /// The state of the stack does not allow the command, or a file of the stack is unusable.
    #[error(transparent)]
    State(#[from] StateError),
    /// A call to Step Functions failed.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// The record of a key could not be read.
    #[error("GetItem failed: {0}. Is the emulator still running?")]
    Record(String),
    /// The log group or the rule that keeps the stack's result events could not be created.
    #[error("{0}. Is the emulator still running?")]
    Events(#[from] crate::deploy::Failure),
    /// A call to CloudWatch Logs failed.
    #[error(transparent)]
    Logs(#[from] LogsError),
    /// A request to the query API failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A sample image could not be encoded.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// Files to upload are missing or unreadable, or two of them would get the same name.
    #[error(transparent)]
    Files(#[from] uploads::files::FilesError),
    /// An object could not be uploaded or deleted.
    #[error("{call} failed for {key:?}: {message}")]
    Object {
        /// Name of the S3 operation that failed, or `Reading the file`.
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
    /// The page could not be served, or the running stack serves no page.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A call to the failure queue failed.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
    /// The emulator did not delete its data, or did not return credentials of a function's role.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The settings of a function could not be read, usually because the stack has no function with
    /// the given name.
    #[error(
        "cannot read the settings of the function {function}: {message}. `ls functions` lists the \
         functions"
    )]
    Function {
        /// Name of the function, as it was given.
        function: String,
        /// Error message of Lambda.
        message: String,
    },
    /// The stack has no output with the given name.
    #[error("the stack has no output `{name}`: choose one of {names}")]
    NoOutput {
        /// Name that was given.
        name: String,
        /// Names of the outputs, separated by commas.
        names: String,
    },
    /// `--empty`, `--keep` and `--port` apply to an emulator that the command starts, but the
    /// environment names an emulator that is already running.
    #[error(
        "--empty, --keep and --port are for an emulator that this command starts: unset {variable}, \
         or leave the option out"
    )]
    OtherEmulator {
        /// Name of the environment variable with the URL of the running emulator.
        variable: &'static str,
    },
    /// The data of an emulator was to be deleted, but `cargo local` did not start that emulator.
    #[error(
        "the emulator at {endpoint} was not started by `cargo local up`: its data is not deleted. \
         Reset it by its own means"
    )]
    NotOurs {
        /// URL of the emulator.
        endpoint: String,
    },
    /// The kept data could not be deleted.
    #[error("cannot delete the kept data in target/local/data: {0}")]
    KeptData(std::io::Error),
    /// The files that the stack is built from could not be watched.
    #[error("cannot watch the project's files: {0}")]
    Watch(std::io::Error),
    /// The stack could not be started in the background.
    #[error("cannot start the stack in the background: {0}")]
    Background(std::io::Error),
    /// The stack in the background ended before it was ready.
    #[error("{message}\nThe whole output is in {}", .log.display())]
    Detached {
        /// Error message of the stack. If there is none, the last lines of its output.
        message: String,
        /// File with the whole output of the stack.
        log: PathBuf,
    },
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
    /// The measured request counts, which are part of this program, could not be read.
    #[error("tools/costs-and-scale/counts.json does not contain request counts: {0}")]
    Counts(#[source] serde_json::Error),
}

impl CommandError {
    /// True if the error is only that the reader of standard output has closed it, as `head` does.
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

/// Runs the command. Dropping the future stops the build, the emulator and the functions that the
/// command has started. Executions that the command has started on the stack of another process
/// continue.
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
        Command::Env(command) => command.run(&workspace).await,
        Command::Upload(command) => command.run(&workspace).await,
        Command::Page(command) => command.run(&workspace).await,
        Command::Executions(command) => command.run(&workspace).await,
        Command::Logs(command) => command.run(&workspace).await,
        Command::Events(command) => command.run(&workspace).await,
        Command::Reconcile(command) => command.run(&workspace).await,
        Command::Redrive(command) => command.run(&workspace).await,
        Command::Costs(command) => command.run(),
        Command::Scale(command) => command.run(),
        Command::Down(command) => command.run(&workspace).await,
        Command::Reset(command) => command.run(&workspace).await,
        Command::Completions(command) => command.run(),
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
