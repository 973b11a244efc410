//! The state machine of three functions that do nothing.

use std::sync::Arc;

use pulumi_program::{Program, Stack as Configuration};
use serde_json::Value;

use super::LoadError;
use crate::deploy;
use crate::executions::Executions;
use crate::progress::{Progress, Step};
use crate::stack::{self, ProgramFilesError, Stack};
use crate::workspace::Workspace;

/// The package of the function, which has to be built beside the project's functions.
pub const PACKAGE: &str = "empty-function";

/// Where the program that deploys it is, from the project's root.
const PROGRAM: &str = "tools/local/empty-pipeline";

/// What uploads to it are under.
pub(super) const PREFIX: &str = "floor/";

/// The stack file of that program.
const LOCAL: &str = "local";

/// A deployed state machine whose three functions answer with their input.
#[derive(Debug)]
pub struct Floor {
    pub(super) executions: Arc<Executions>,
}

impl Floor {
    /// Deploys it beside `stack`, whose name is `name`, behind the same bucket. The archive of
    /// [`PACKAGE`] must have been built.
    ///
    /// # Errors
    /// When the program cannot be read or applied.
    pub async fn deploy(
        workspace: &Workspace,
        stack: &Stack,
        name: &str,
        progress: &Progress,
    ) -> Result<Self, LoadError> {
        progress.doing(Step::Deploy, "three functions to compare with");
        let root = workspace.root().join(PROGRAM);
        let program = Program::load(&root).map_err(ProgramFilesError::from)?;
        let configuration = configuration(&root, &program, workspace, stack, name)?;
        let deployed = deploy::deploy_to_emulator(&stack.aws, &program, &configuration).await?;
        let arn = deployed.outputs.get("stateMachineArn").and_then(Value::as_str);
        let executions = Executions::new(stack.aws.sfn.clone(), arn.unwrap_or_default());
        progress.done(Step::Deploy, "three functions to compare with deployed");
        Ok(Self { executions: Arc::new(executions) })
    }
}

fn configuration(
    root: &std::path::Path,
    program: &Program,
    workspace: &Workspace,
    stack: &Stack,
    name: &str,
) -> Result<Configuration, ProgramFilesError> {
    let artifacts = workspace.artifacts().to_string_lossy().into_owned();
    let configuration = Configuration::load(root, program, LOCAL)?
        .named(name)
        .with("artifacts", artifacts)?
        .with("architecture", stack::architecture())?
        .with("bucket", stack.outputs.bucket_name.clone())?;
    Ok(configuration)
}
