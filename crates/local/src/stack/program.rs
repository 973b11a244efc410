//! The Pulumi program, configured for this machine.

use ::program::{ConfigError, Program, ProgramError, Stack};
use serde_json::Value;

use crate::workspace::Workspace;

/// The stack file that every local stack starts from.
const STACK_FILE: &str = "Pulumi.local.yaml";

/// The program or its configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramFilesError {
    /// A file of the program is not valid.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A configuration value is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The stack file cannot be copied.
    #[error("reading {STACK_FILE} failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Loads the program, and `Pulumi.local.yaml` as the stack `name`.
pub(super) fn load(
    workspace: &Workspace,
    name: &str,
    settings: &[(String, Value)],
) -> Result<(Program, Stack), ProgramFilesError> {
    let program = Program::load(workspace.root())?;
    let mut stack = load_as(workspace, &program, name)?
        .with("architecture", architecture())?
        .with("artifacts", workspace.artifacts().to_string_lossy().into_owned())?;
    for (key, value) in settings {
        stack = stack.with(key, value.clone())?;
    }
    Ok((program, stack))
}

/// A stack's name is that of its file. One of another name is read from a copy.
fn load_as(
    workspace: &Workspace,
    program: &Program,
    name: &str,
) -> Result<Stack, ProgramFilesError> {
    let file = format!("Pulumi.{name}.yaml");
    if file == STACK_FILE {
        return Ok(Stack::load(workspace.root(), program, name)?);
    }
    let directory = workspace.local().join("stacks");
    std::fs::create_dir_all(&directory)?;
    std::fs::copy(workspace.root().join(STACK_FILE), directory.join(file))?;
    Ok(Stack::load(&directory, program, name)?)
}

/// What the functions are built for, as Lambda calls it.
fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}
