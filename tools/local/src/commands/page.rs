//! `cargo local page`: the address of the running stack's page.

use clap::Args;

use super::{CommandError, ExitStatus, print};
use crate::page::{self, Page, opener};
use crate::stack::Stack;
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Print an address that opens the running stack's page.
///
/// The page shows executions, images and failures in a browser. Each address works in one browser
/// only. Once an address has been used, the command prints a new address.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local page\n  cargo local page --open")]
pub(super) struct PageCommand {
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

impl PageCommand {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        StateFile::of(workspace).outputs()?;
        let address = address(workspace)?;
        print(&format!("{address}\n"))?;
        if self.open {
            open(&address, workspace).await?;
        }
        Ok(ExitStatus::Success)
    }
}

/// Serves the page of a stack.
pub(super) fn serve(workspace: &Workspace, stack: &Stack) -> Result<Page, CommandError> {
    let file = workspace.local().join(page::ADDRESS_FILE);
    Ok(Page::serve(stack.aws.clone(), stack.outputs.clone(), Some(file))?)
}

/// Returns the address that opens the page of the running stack.
pub(super) fn address(workspace: &Workspace) -> Result<String, CommandError> {
    Ok(page::read_address(&workspace.local().join(page::ADDRESS_FILE))?)
}

/// Opens the page in the browser. If that fails, only prints the reason, because the stack does not
/// need the browser.
pub(super) async fn open(address: &str, workspace: &Workspace) -> Result<(), CommandError> {
    match opener::open(address, &workspace.local().join(page::OPENING_FILE)).await {
        Ok(()) => Ok(()),
        Err(error) => print(&format!("{error}\n")),
    }
}
