//! `cargo local reset`: deletes the data of the stack.

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{CommandError, ExitStatus, print, print_json};
use crate::emulator::KeptData;
use crate::emulator::control;
use crate::stack::state::{State, StateError, StateFile};
use crate::stack::{Options, Stack};
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Delete all objects, records, executions and messages of the running stack, and deploy it again.
///
/// Addresses and the access key stay the same. Without a running stack, deletes the data that
/// `cargo local up --keep` has kept.
#[derive(Debug, Args)]
pub(super) struct Reset {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Result of the command.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Done {
    /// The running stack has no data any more.
    Reset,
    /// The kept data of earlier runs is deleted.
    KeptDataDeleted,
    /// There was nothing to delete.
    Nothing,
}

impl Reset {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let file = StateFile::of(workspace);
        let done = match file.running() {
            Ok((state, _)) => {
                deploy_again(workspace, &file, &state).await?;
                Done::Reset
            }
            Err(StateError::Empty { .. }) => {
                control::reset(&file.connect_to_emulator()?).await?;
                Done::Reset
            }
            Err(StateError::NotRunning | StateError::Stale { .. }) => {
                delete_kept_data(workspace).await?
            }
            Err(error) => return Err(error.into()),
        };
        if self.json {
            print_json(&json!({ "result": done }))?;
        } else {
            print(match done {
                Done::Reset => "The stack has no objects, records or executions any more.\n",
                Done::KeptDataDeleted => {
                    "No stack is running; deleted the data that `cargo local up --keep` had kept.\n"
                }
                Done::Nothing => "No stack is running, and there is no kept data.\n",
            })?;
        }
        Ok(ExitStatus::Success)
    }
}

/// Resets the emulator and deploys the stack to it again, with the same settings.
async fn deploy_again(
    workspace: &Workspace,
    file: &StateFile,
    state: &State,
) -> Result<(), CommandError> {
    if !state.owns_emulator {
        let endpoint = state.endpoint.clone().unwrap_or_default();
        return Err(CommandError::NotOurs { endpoint });
    }
    let (_, aws) = file.connect()?;
    control::reset(&aws).await?;
    let name = Options::default().name;
    let stack = Stack::deploy(workspace, aws, &name, &state.settings, &bars::bars()).await?;
    crate::result_events::keep(&stack.aws, &stack.outputs).await?;
    Ok(())
}

async fn delete_kept_data(workspace: &Workspace) -> Result<Done, CommandError> {
    let data = KeptData::of(workspace);
    data.saved(|| ()).await;
    let deleted = data.delete().map_err(CommandError::KeptData)?;
    Ok(if deleted { Done::KeptDataDeleted } else { Done::Nothing })
}
