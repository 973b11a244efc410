//! The Pulumi program, configured for this machine.

use pulumi_program::{ConfigError, Program, ProgramError, Stack};
use serde_json::Value;

use crate::workspace::Workspace;

/// Name of the stack whose configuration, `Pulumi.local.yaml`, every local stack uses.
const LOCAL: &str = "local";

/// The program or its configuration is unreadable or invalid.
#[derive(Debug, thiserror::Error)]
pub enum ProgramFilesError {
    /// A file of the program cannot be read or is invalid.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A configuration value is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Loads the program, and a stack called `name` with the configuration in `Pulumi.local.yaml`. In
/// the configuration, sets `architecture` to this machine's architecture, and `artifacts` to the
/// directory of this checkout's archives. Then sets each key in `settings` to its value.
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

/// Lambda's name for the processor architecture that the functions are built for.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}
