//! A deployed stack, and the clients to use it with.

mod outputs;
mod program;
pub mod state;

use std::sync::Arc;

use serde_json::Value;

pub use self::outputs::Outputs;
pub use self::program::ProgramFilesError;
pub(crate) use self::program::architecture;
use crate::access_key::AccessKey;
use crate::api::Api;
use crate::aws::Aws;
use crate::build::{self, Archive, BuildError, Profile};
use crate::deploy::{self, DeployError, Failure};
use crate::emulator::{Emulator, EmulatorError, EmulatorOptions};
use crate::executions::Executions;
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;

/// Environment variable with the URL of a running emulator, such as `LocalStack`. If it is set, no
/// emulator is started. Requests are then signed with the access key in the environment variables
/// of the AWS CLI.
pub const ENDPOINT_VARIABLE: &str = "PIXGAUGE_ENDPOINT";

/// Options to start a stack with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The stack's name, which is part of the names of its resources.
    pub name: String,
    /// The Cargo profile to compile the functions with.
    pub profile: Profile,
    /// Packages to build and pack in addition to the functions.
    pub packages: Vec<String>,
    /// Options of the emulator that is started if `endpoint` is `None`.
    pub emulator: EmulatorOptions,
    /// The URL of a running emulator; if `None`, a new one is started.
    pub endpoint: Option<String>,
    /// Configuration values that are added to those of `Pulumi.local.yaml`, or replace them.
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
    /// The default options. If `PIXGAUGE_ENDPOINT` is set, the stack uses the emulator at that URL.
    #[must_use]
    pub fn from_environment() -> Self {
        let endpoint = std::env::var(ENDPOINT_VARIABLE).ok().filter(|it| !it.is_empty());
        Self { endpoint, ..Self::default() }
    }
}

/// A stack could not be started or deployed.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The emulator did not start.
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    /// The functions could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The program or its configuration is unreadable or invalid.
    #[error(transparent)]
    Program(#[from] ProgramFilesError),
    /// The program could not be deployed.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// A function's code could not be replaced.
    #[error("replacing a function failed: {0}")]
    Replace(#[from] Failure),
    /// An output that the local stack needs is missing or has the wrong type.
    #[error(
        "the local stack cannot use the program's outputs: {0}. Check `outputs` in pulumi/Main.yaml"
    )]
    Outputs(#[from] serde_json::Error),
}

/// A deployed stack. Dropping the stack stops the emulator, if this process started the emulator.
#[derive(Debug)]
pub struct Stack {
    /// Clients for the AWS services in the emulator.
    pub aws: Aws,
    /// The program's outputs.
    pub outputs: Outputs,
    /// The executions of the state machine that measures images.
    pub executions: Arc<Executions>,
    /// The number of resources that this process deployed.
    pub resources: usize,
    /// The archives of the functions and of [`Options::packages`], if [`Stack::start`] built them.
    pub archives: Vec<Archive>,
    emulator: Option<Emulator>,
}

impl Stack {
    /// Builds the functions and at the same time starts an emulator, unless `options` name a
    /// running one. Then deploys `pulumi/Main.yaml` to the emulator.
    ///
    /// # Errors
    /// When one of these steps fails. A mistake in the program or its configuration is reported
    /// before anything is built.
    pub async fn start(
        workspace: &Workspace,
        options: &Options,
        progress: &Progress,
    ) -> Result<Self, StackError> {
        let (program, stack) = program::load(workspace, &options.name, &options.settings)?;
        deploy::check(&program, &stack)?;
        let (emulator, archives) =
            tokio::try_join!(emulator(workspace, options, progress), async {
                Ok(build::build(workspace, &options.packages, options.profile, progress).await?)
            })?;
        let aws = match (&emulator, &options.endpoint) {
            (Some(emulator), _) => emulator.aws(),
            (None, endpoint) => {
                Aws::connect(endpoint.as_deref().unwrap_or_default(), AccessKey::from_environment())
            }
        };
        let stack = Self::deploy(workspace, aws, &options.name, &options.settings, progress);
        Ok(Self { archives, emulator, ..stack.await? })
    }

    /// Builds the functions and at the same time starts an emulator, for another program to deploy
    /// to.
    ///
    /// # Errors
    /// When one of these steps fails.
    pub async fn prepare(
        workspace: &Workspace,
        options: &Options,
        progress: &Progress,
    ) -> Result<Emulator, StackError> {
        let emulator =
            async { Ok(Emulator::start(workspace, options.emulator.clone(), progress).await?) };
        let build = async {
            Ok(build::build(workspace, &options.packages, options.profile, progress).await?)
        };
        tokio::try_join!(emulator, build).map(|(emulator, _)| emulator)
    }

    /// Deploys the program to the emulator that `aws` connects to, with archives that are already
    /// built. Stacks with different names can share an emulator.
    ///
    /// # Errors
    /// When the program is not valid or cannot be applied.
    pub async fn deploy(
        workspace: &Workspace,
        aws: Aws,
        name: &str,
        settings: &[(String, Value)],
        progress: &Progress,
    ) -> Result<Self, StackError> {
        progress.doing(Step::Deploy, "checking pulumi/Main.yaml");
        let (program, stack) = program::load(workspace, name, settings)?;
        let mut listener = |event: deploy::Event<'_>| {
            let (done, total) = (event.index as u64, event.total as u64);
            progress.advanced(Step::Deploy, done, total, event.resource);
        };
        let deployment = deploy::deploy(&aws, &program, &stack, &mut listener).await?;
        progress.done(Step::Deploy, format!("{} resources deployed", deployment.resources));
        let outputs = Outputs::read(deployment.outputs, aws.endpoint())?;
        let executions = Executions::new(aws.sfn.clone(), &outputs.state_machine_arn);
        let executions = Arc::new(executions);
        let (archives, resources) = (Vec::new(), deployment.resources);
        Ok(Self { aws, outputs, executions, resources, archives, emulator: None })
    }

    /// A stack that another process runs.
    #[must_use]
    pub fn attached(outputs: Outputs, aws: Aws) -> Self {
        let executions = Arc::new(Executions::new(aws.sfn.clone(), &outputs.state_machine_arn));
        Self { aws, outputs, executions, resources: 0, archives: Vec::new(), emulator: None }
    }

    /// A client of the stack's query API.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(&self.outputs.api_url, self.outputs.key_prefix.clone())
    }

    /// The emulator, if this process started it.
    #[must_use]
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// If this process started the emulator, checks that the emulator still runs.
    ///
    /// # Errors
    /// [`EmulatorError::Died`], with the last lines of the emulator's log, if the emulator has
    /// exited. [`EmulatorError::Io`] if the status of its process cannot be read.
    pub fn check(&mut self) -> Result<(), EmulatorError> {
        self.emulator.as_mut().map_or(Ok(()), Emulator::check)
    }
}

/// Starts an emulator. If the options name a running emulator, returns `None` instead.
async fn emulator(
    workspace: &Workspace,
    options: &Options,
    progress: &Progress,
) -> Result<Option<Emulator>, StackError> {
    if let Some(endpoint) = &options.endpoint {
        let unfenced = format!(
            "using the emulator at {endpoint}, which {ENDPOINT_VARIABLE} names. It is not fenced: \
             web pages and other users may reach it, and run code as you"
        );
        progress.done(Step::Emulator, unfenced);
        return Ok(None);
    }
    Ok(Some(Emulator::start(workspace, options.emulator.clone(), progress).await?))
}
