//! `cargo local up`: a stack that runs until it is stopped.
//!
//! `cargo local demo --keep` shares its functions.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::executions::line;
use super::ready::ready;
use super::{CommandError, ExitStatus, page, print, print_json};
use crate::build::Profile;
use crate::emulator::Emulator;
use crate::executions::Tail;
use crate::stack::state::{Claim, State, StateFile};
use crate::stack::{Options, Stack, StackError};
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Interval between queries for executions that have ended.
const POLL: Duration = Duration::from_millis(500);

/// Build and deploy the stack on a new emulator and run it until Ctrl-C.
///
/// Prints a line for each execution that ends. While the stack runs, other terminals can use it
/// with `cargo local env`, `outputs`, `executions`, `reconcile`, `redrive` and `down`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo local up\n  cargo local up --port 4566 --release")]
pub(super) struct Up {
    /// Port of the emulator on 127.0.0.1 [default: a free port].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Build the functions with optimizations, as for AWS; takes minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Print the stack's outputs, and then each execution that ends, as JSON.
    #[arg(long)]
    json: bool,
    /// Open the stack's page in the browser.
    #[arg(long, conflicts_with = "json")]
    open: bool,
}

impl Up {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let mut options = Options::from_environment();
        options.emulator.port = self.port;
        options.profile = profile(self.release);
        let mut claim = claim(workspace, &options)?;
        let mut stack = Stack::start(workspace, &options, &bars::bars()).await?;
        let page = page::serve(workspace, &stack).await?;
        announce(&mut claim, &stack)?;
        if self.json {
            print_json(&stack.outputs)?;
        } else {
            print(&ready(&stack.outputs))?;
            page::show(&page.address(), workspace, self.open)?;
        }
        watch(&mut stack, self.json).await
    }
}

/// Returns the build profile for the option `--release`.
pub(super) fn profile(release: bool) -> Profile {
    if release { Profile::Release } else { Profile::Dev }
}

/// Registers this process as the one that runs the stack.
pub(super) fn claim(workspace: &Workspace, options: &Options) -> Result<Claim, CommandError> {
    let mut claim = StateFile::of(workspace).claim()?;
    claim.write(&State::starting(options.endpoint.is_none()))?;
    Ok(claim)
}

/// Publishes the stack's outputs in the state file, for the other commands.
pub(super) fn announce(claim: &mut Claim, stack: &Stack) -> Result<(), CommandError> {
    let emulator = stack.emulator();
    claim.write(&State {
        emulator_process: emulator.map(Emulator::process_id),
        log: emulator.map(Emulator::log),
        access_key: emulator.map(Emulator::access_key_file),
        outputs: Some(stack.outputs.clone()),
        ..State::starting(emulator.is_some())
    })?;
    Ok(())
}

/// Prints each execution that ends from now on. Returns only with an error, such as the end of the
/// emulator.
pub(super) async fn watch(stack: &mut Stack, json: bool) -> Result<ExitStatus, CommandError> {
    let mut tail = Tail::start(Arc::clone(&stack.executions)).await?;
    loop {
        stack.check().map_err(StackError::from)?;
        for execution in tail.ended().await? {
            print(&line(&execution, json)?)?;
        }
        tokio::time::sleep(POLL).await;
    }
}
