//! The Pulumi program, configured for this machine.

use pulumi_program::{ConfigError, Program, ProgramError, Stack};
use serde_json::Value;

use crate::workspace::Workspace;

/// The stack whose configuration every local stack has: `Pulumi.local.yaml`.
const LOCAL: &str = "local";

/// The program or its configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramFilesError {
    /// A file of the program is not valid.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A configuration value is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Loads the program, and `Pulumi.local.yaml` as the stack `name`.
pub(super) fn load(
    workspace: &Workspace,
    name: &str,
    settings: &[(String, Value)],
) -> Result<(Program, Stack), ProgramFilesError> {
    let program = Program::load(workspace.root())?;
    let mut stack = Stack::load(workspace.root(), &program, LOCAL)?
        .named(name)
        .with("architecture", architecture())?
        .with("artifacts", workspace.artifacts().to_string_lossy().into_owned())?;
    for (key, value) in settings {
        stack = stack.with(key, value.clone())?;
    }
    Ok((program, stack))
}

/// What the functions are built for, as Lambda calls it.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}
