//! A deployed stack, with all that is needed to use it.

mod outputs;
mod program;
pub mod state;

pub use outputs::Outputs;
pub use program::ProgramFilesError;
pub(crate) use program::architecture;

use std::sync::Arc;

use serde_json::Value;

use crate::api::Api;
use crate::aws::Aws;
use crate::build::{self, BuildError, Profile};
use crate::deploy::{self, DeployError};
use crate::emulator::{Emulator, EmulatorError, EmulatorOptions};
use crate::executions::Executions;
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;

/// Names an emulator or `LocalStack` that already runs, to be used instead of a new one.
pub const ENDPOINT_VARIABLE: &str = "PIXGAUGE_ENDPOINT";

/// How to start a stack.
#[derive(Debug, Clone)]
pub struct Options {
    /// The stack's name, a part of its resources' names.
    pub name: String,
    /// How the functions are compiled.
    pub profile: Profile,
    /// Packages that are built and packed as the functions are, beside them.
    pub packages: Vec<String>,
    /// How the emulator is started.
    pub emulator: EmulatorOptions,
    /// An emulator that already runs; a new one is started when `None`.
    pub endpoint: Option<String>,
    /// Configuration of the stack beyond `Pulumi.local.yaml`.
    pub settings: Vec<(String, Value)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "local".to_owned(),
            profile: Profile::default(),
            packages: Vec::new(),
            emulator: EmulatorOptions::default(),
            endpoint: None,
            settings: Vec::new(),
        }
    }
}

impl Options {
    /// The default options, on the emulator that `PIXGAUGE_ENDPOINT` names, if it does.
    #[must_use]
    pub fn from_environment() -> Self {
        let endpoint = std::env::var(ENDPOINT_VARIABLE).ok().filter(|it| !it.is_empty());
        Self { endpoint, ..Self::default() }
    }
}

/// The stack is not there.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// No emulator.
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    /// No functions.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The program could not be read.
    #[error(transparent)]
    Program(#[from] ProgramFilesError),
    /// The program was not applied.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// The program's outputs lack one that is needed.
    #[error(
        "the program's outputs are not those that are needed: {0}. See `outputs` in pulumi/Main.yaml"
    )]
    Outputs(#[from] serde_json::Error),
}

/// A deployed stack. Dropping it stops the emulator, if this process started it.
#[derive(Debug)]
pub struct Stack {
    /// Clients for every AWS service of the emulator.
    pub aws: Aws,
    /// The program's outputs.
    pub outputs: Outputs,
    /// The executions of its state machine.
    pub executions: Arc<Executions>,
    /// The number of resources.
    pub resources: usize,
    emulator: Option<Emulator>,
}

impl Stack {
    /// Builds the functions, starts an emulator meanwhile, and deploys
    /// `pulumi/Main.yaml` to it.
    ///
    /// # Errors
    /// When any of this fails; a mistake in the program or its configuration at once, before
    /// anything is built.
    pub async fn start(
        workspace: &Workspace,
        options: &Options,
        progress: &Progress,
    ) -> Result<Self, StackError> {
        let (program, stack) = program::load(workspace, &options.name, &options.settings)?;
        deploy::check(&program, &stack)?;
        let (emulator, ()) = tokio::try_join!(emulator(workspace, options, progress), async {
            Ok(build::build(workspace, &options.packages, options.profile, progress).await?)
        })?;
        let endpoint = match (&emulator, &options.endpoint) {
            (Some(emulator), _) => emulator.endpoint(),
            (None, endpoint) => endpoint.clone().unwrap_or_default(),
        };
        let stack = Self::deploy(workspace, &endpoint, &options.name, &options.settings, progress);
        Ok(Self { emulator, ..stack.await? })
    }

    /// Deploys the program to the emulator at `endpoint`, from archives that
    /// were built before. Stacks of different names may share an emulator.
    ///
    /// # Errors
    /// When the program is not valid or cannot be applied.
    pub async fn deploy(
        workspace: &Workspace,
        endpoint: &str,
        name: &str,
        settings: &[(String, Value)],
        progress: &Progress,
    ) -> Result<Self, StackError> {
        progress.doing(Step::Deploy, "checking pulumi/Main.yaml");
        let (program, stack) = program::load(workspace, name, settings)?;
        let aws = Aws::connect(endpoint);
        let mut listener = |event: deploy::Event<'_>| {
            let (done, total) = (event.index as u64, event.total as u64);
            progress.advanced(Step::Deploy, done, total, event.resource);
        };
        let deployment = deploy::deploy(&aws, &program, &stack, &mut listener).await?;
        progress.done(Step::Deploy, format!("{} resources deployed", deployment.resources));
        let outputs = Outputs::read(deployment.outputs, endpoint)?;
        let executions = Executions::new(aws.sfn.clone(), &outputs.state_machine_arn);
        let executions = Arc::new(executions);
        Ok(Self { aws, outputs, executions, resources: deployment.resources, emulator: None })
    }

    /// A client of the stack's query API.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(&self.outputs.api_url)
    }

    /// The emulator, if this process started it.
    #[must_use]
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// Fails when the emulator has ended by itself.
    ///
    /// # Errors
    /// [`EmulatorError::Died`], with the last lines of its log.
    pub fn check(&mut self) -> Result<(), EmulatorError> {
        self.emulator.as_mut().map_or(Ok(()), Emulator::check)
    }
}

/// A new emulator, unless one is named.
async fn emulator(
    workspace: &Workspace,
    options: &Options,
    progress: &Progress,
) -> Result<Option<Emulator>, StackError> {
    if let Some(endpoint) = &options.endpoint {
        progress.done(Step::Emulator, format!("using the emulator at {endpoint}"));
        return Ok(None);
    }
    Ok(Some(Emulator::start(workspace, options.emulator, progress).await?))
}
