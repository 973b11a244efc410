//! `cargo local outputs`: the outputs of a running stack.

use clap::Args;

use super::{CommandError, ExitStatus, print_json};
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Print the outputs of the running stack as JSON.
///
/// These are the outputs that `pulumi stack output --json` prints, and `endpoint`, the emulator's
/// URL.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  curl \"$(cargo local outputs | jq -r .apiUrl)/images/info\"")]
pub(super) struct OutputsCommand {
    /// Accepted for consistency with the other commands; the result is always JSON.
    #[arg(long)]
    json: bool,
}

impl OutputsCommand {
    pub(super) fn run(self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let Self { json: _ } = self;
        print_json(&StateFile::of(workspace).outputs()?)?;
        Ok(ExitStatus::Success)
    }
}
