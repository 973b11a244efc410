//! Empty pipeline: a state machine that `analyze-image` is compared with. The three functions of
//! the empty pipeline return their input.

use std::path::Path;
use std::sync::Arc;

use pulumi_program::{Program, Stack as Configuration};
use serde_json::Value;

use super::LoadError;
use crate::deploy;
use crate::executions::Executions;
use crate::progress::{Progress, Step};
use crate::stack::{self, ProgramFilesError, Stack};
use crate::workspace::Workspace;

/// Cargo package of the empty pipeline's three functions. It must be built in addition to the
/// functions of the stack.
pub const PACKAGE: &str = "empty-function";

/// Directory of the empty pipeline's Pulumi program, relative to the project's root.
const PROGRAM: &str = "tools/local/empty-pipeline";

/// An upload whose key has this prefix starts an execution of the empty pipeline.
pub(super) const PREFIX: &str = "empty-pipeline/";

/// Name of the stack that `Pulumi.local.yaml` in [`PROGRAM`] configures.
const LOCAL: &str = "local";

/// A deployed empty pipeline.
#[derive(Debug)]
pub struct EmptyPipeline {
    pub(super) executions: Arc<Executions>,
}

impl EmptyPipeline {
    /// Deploys the empty pipeline to the emulator of `stack`. An upload below `empty-pipeline/` in
    /// the bucket of `stack` then starts an execution of the empty pipeline. `name` is the name of
    /// `stack`. The archive of [`PACKAGE`] must have been built.
    ///
    /// # Errors
    /// If the program cannot be read or deployed.
    pub async fn deploy(
        workspace: &Workspace,
        stack: &Stack,
        name: &str,
        progress: &Progress,
    ) -> Result<Self, LoadError> {
        progress.doing(Step::Deploy, "deploying the empty pipeline");
        let root = workspace.root().join(PROGRAM);
        let program = Program::load(&root).map_err(ProgramFilesError::from)?;
        let configuration = configuration(&root, &program, workspace, stack, name)?;
        let deployed = deploy::deploy_to_emulator(&stack.aws, &program, &configuration).await?;
        let arn = deployed.outputs.get("stateMachineArn").and_then(Value::as_str);
        let executions = Executions::new(stack.aws.sfn.clone(), arn.unwrap_or_default());
        progress.done(Step::Deploy, "empty pipeline deployed");
        Ok(Self { executions: Arc::new(executions) })
    }
}

fn configuration(
    root: &Path,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pulumi_program::Evaluation;

    use super::*;

    #[test]
    fn rule_selects_the_prefix_that_uploads_have() {
        let root = Workspace::find().unwrap().root().join(PROGRAM);
        let program = Program::load(&root).unwrap();
        let configuration = Configuration::load(&root, &program, LOCAL).unwrap();
        let evaluation = Evaluation::new(&program, &configuration, &BTreeMap::new()).unwrap();
        let rule = evaluation.resource("objectEvents").unwrap();
        let pattern = rule.inputs["eventPattern"].as_str().unwrap();
        let pattern: Value = serde_json::from_str(pattern).unwrap();
        assert_eq!(pattern["detail"]["object"]["key"][0]["prefix"], PREFIX);
    }
}
