//! `cargo local outputs`.

use clap::Args;

use super::{CommandError, Ended, print_json};
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Prints the outputs of the stack that `cargo local up` runs, as JSON.
///
/// The names are those of `pulumi stack output --json`, and `endpoint`: the
/// emulator's URL.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  curl \"$(cargo local outputs | jq -r .apiUrl)/images/info\"")]
pub(super) struct OutputsCommand {
    /// For likeness with the other commands: the result is JSON in any case.
    #[arg(long)]
    json: bool,
}

impl OutputsCommand {
    pub(super) fn run(self, workspace: &Workspace) -> Result<Ended, CommandError> {
        let Self { json: _ } = self;
        print_json(&StateFile::of(workspace).outputs()?)?;
        Ok(Ended::Well)
    }
}
