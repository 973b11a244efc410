//! `cargo local down`.

use std::time::{Duration, Instant};

use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;
use serde_json::json;

use super::{CommandError, Ended, print, print_json};
use crate::stack::state::{Liveness, State, StateFile};
use crate::workspace::Workspace;

/// How long a stack may take to end by itself, and after SIGKILL.
const PATIENCE: Duration = Duration::from_secs(10);

/// Stops the stack that `cargo local up` runs.
///
/// An emulator that `PIXGAUGE_ENDPOINT` named is left alone.
#[derive(Debug, Args)]
pub(super) struct Down {
    /// Print what happened as JSON.
    #[arg(long)]
    json: bool,
}

/// What there was to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Found {
    /// A stack, which has been stopped.
    Stopped,
    /// No stack.
    Nothing,
    /// What a killed process left behind.
    Leftover,
}

impl Down {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<Ended, CommandError> {
        let file = StateFile::of(workspace);
        let found = match file.read()? {
            None => Found::Nothing,
            Some((_, Liveness::Ended)) => Found::Leftover,
            Some((state, Liveness::Alive)) => {
                stop(&file, &state).await?;
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
                Found::Leftover => "No stack is running; removed what the last one left behind.\n",
            })?;
        }
        Ok(Ended::Well)
    }
}

/// Ends the process that runs the stack. It holds the lock of the state file,
/// so the id in there is its own and no other program's.
async fn stop(file: &StateFile, state: &State) -> Result<(), CommandError> {
    let process = state.process;
    let still_running = || CommandError::StillRunning { process };
    let id = Pid::from_raw(i32::try_from(process).map_err(|_| still_running())?);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        // Fails when the process has ended meanwhile; the lock tells.
        let _sent = kill(id, signal);
        if ended(file).await? {
            return Ok(());
        }
    }
    Err(still_running())
}

async fn ended(file: &StateFile) -> Result<bool, CommandError> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match file.read()? {
            None | Some((_, Liveness::Ended)) => return Ok(true),
            Some((_, Liveness::Alive)) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    Ok(false)
}
