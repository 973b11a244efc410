//! `cargo local down`: stops a running stack.

use std::time::{Duration, Instant};

use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;
use serde_json::json;

use super::{CommandError, ExitStatus, print, print_json};
use crate::stack::state::{Liveness, State, StateFile};
use crate::workspace::Workspace;

/// Time that the process gets to end after SIGTERM, and again after SIGKILL. Longer than the
/// emulator gets to save its data.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Interval between checks that the process has ended.
const POLL: Duration = Duration::from_millis(20);

/// Stop the stack that `cargo local up` or `cargo local demo --keep` runs.
///
/// An emulator that `PIXGAUGE_ENDPOINT` named keeps running.
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
    /// It was running, and has been stopped.
    Stopped,
    /// Not running.
    Nothing,
    /// Not running, but a process that was killed had left its state file behind.
    Leftover,
}

impl Down {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let file = StateFile::of(workspace);
        let found = match file.read()? {
            None => Found::Nothing,
            Some((_, Liveness::Ended)) => Found::Leftover,
            Some((state, Liveness::Alive)) => {
                stop(&state).await?;
                Found::Stopped
            }
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

/// Stops the process that runs the stack. Before each signal, it checks that the process is still
/// the one that the state names.
async fn stop(state: &State) -> Result<(), CommandError> {
    let process = state.process;
    let still_running = || CommandError::StillRunning { process };
    let id = Pid::from_raw(i32::try_from(process).map_err(|_| still_running())?);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        if state.liveness() == Liveness::Ended {
            return Ok(());
        }
        // Fails if the process has just ended, which the next check shows.
        let _sent = kill(id, signal);
        if ended(state).await {
            return Ok(());
        }
    }
    Err(still_running())
}

/// Waits until the process has ended; false after [`STOP_TIMEOUT`].
async fn ended(state: &State) -> bool {
    let deadline = Instant::now() + STOP_TIMEOUT;
    while Instant::now() < deadline {
        match state.liveness() {
            Liveness::Ended => return true,
            Liveness::Alive => tokio::time::sleep(POLL).await,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(process: u32, started: &str) -> State {
        State { process, started: started.to_owned(), ..State::starting(true) }
    }

    #[tokio::test]
    async fn only_the_process_that_the_state_names_is_stopped() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let started = crate::process::start_time(child.id()).unwrap();
        stop(&state(child.id(), "earlier")).await.unwrap();
        assert!(child.try_wait().unwrap().is_none(), "another process was stopped");
        stop(&state(child.id(), &started)).await.unwrap();
        child.wait().unwrap();
    }
}
