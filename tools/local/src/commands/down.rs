//! `cargo local down`: stops a running stack.

use std::time::{Duration, Instant};

use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;
use serde_json::json;

use super::{CommandError, ExitStatus, print, print_json};
use crate::process::Identity;
use crate::stack::state::{Liveness, StateError, StateFile};
use crate::workspace::Workspace;

/// Longest wait for the end of the stack's process after SIGTERM, and again after SIGKILL. It is
/// longer than the time that the process gives the emulator to save its data.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Interval between two checks of whether the stack's process has ended.
const POLL: Duration = Duration::from_millis(20);

/// Stop the stack that `cargo local up` or `cargo local demo --keep` runs.
///
/// If `PIXGAUGE_ENDPOINT` named an emulator that was already running, that emulator keeps running.
#[derive(Debug, Args)]
pub(super) struct Down {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// State in which the command found the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Found {
    /// The stack was running, and has been stopped.
    Stopped,
    /// No stack was running, and there was no state file.
    Nothing,
    /// No stack was running, but there was a state file. The file was invalid, or it was left
    /// behind by a process that was killed.
    Leftover,
}

impl Down {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let file = StateFile::of(workspace);
        let (named, otherwise) = match file.read() {
            Ok(None) => (None, Found::Nothing),
            Ok(Some((state, Liveness::Alive))) => (Some(state.process), Found::Leftover),
            Ok(Some((_, Liveness::Ended))) | Err(StateError::Invalid { .. }) => {
                (None, Found::Leftover)
            }
            Err(error) => return Err(error.into()),
        };
        let found = match named.or_else(|| file.holder()) {
            Some(process) => {
                stop(&process).await?;
                Found::Stopped
            }
            None => otherwise,
        };
        file.remove()?;
        if self.json {
            print_json(&json!({ "result": found }))?;
        } else {
            print(match found {
                Found::Stopped => "The stack has been stopped.\n",
                Found::Nothing => "No stack is running.\n",
                Found::Leftover => "No stack is running; removed the state file of the last one.\n",
            })?;
        }
        Ok(ExitStatus::Success)
    }
}

/// Stops the process that runs the stack. Before each signal, checks that the id still belongs to
/// that process.
async fn stop(process: &Identity) -> Result<(), CommandError> {
    let still_running = || CommandError::StillRunning { process: process.id };
    let id = Pid::from_raw(i32::try_from(process.id).map_err(|_| still_running())?);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        if !process.is_running() {
            return Ok(());
        }
        // The signal cannot be sent if the process has just ended. The next check notices the end.
        let _sent = kill(id, signal);
        if ended(process).await {
            return Ok(());
        }
    }
    Err(still_running())
}

/// Waits until the process has ended. Returns false if it still runs after [`STOP_TIMEOUT`].
async fn ended(process: &Identity) -> bool {
    let deadline = Instant::now() + STOP_TIMEOUT;
    while Instant::now() < deadline {
        if !process.is_running() {
            return true;
        }
        tokio::time::sleep(POLL).await;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_process_that_the_state_names_is_stopped() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let started = crate::process::start_time(child.id()).unwrap();
        let process = |started: &str| Identity { id: child.id(), started: started.to_owned() };
        let (earlier, running) = (process("earlier"), process(&started));
        stop(&earlier).await.unwrap();
        assert!(child.try_wait().unwrap().is_none(), "another process was stopped");
        stop(&running).await.unwrap();
        child.wait().unwrap();
    }
}
